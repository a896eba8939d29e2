// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "timelinestories.h"

#include "recording/reader.h"
#include "ui/model/timelinelanes.h"
#include "ui/model/timelinetext.h"

#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace daemonscope;

namespace {

std::vector<Event> eventsOf(void (*write)(RecordingWriter&))
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("story.dscope")).toStdString();
    stories::record(path, write);
    auto reader = RecordingReader::open(path);
    std::vector<Event> events;
    while (reader.ok()) {
        std::vector<Event> more = reader.value().poll();
        if (more.empty()) {
            break;
        }
        std::move(more.begin(), more.end(), std::back_inserter(events));
    }
    return events;
}

ProcessTree folded(const std::vector<Event>& events)
{
    ProcessTree tree;
    for (const Event& event : events) {
        tree.apply(event);
    }
    return tree;
}

QString describe(const TimelineLanes& lanes)
{
    QStringList lines;
    for (int i = 0; i < lanes.size(); ++i) {
        const TimelineLane& lane = lanes.at(i);
        QStringList stretches;
        for (const LaneStretch& stretch : lane.stretches) {
            stretches.append(QStringLiteral("%1:%2-%3>%4")
                                 .arg(int(stretch.kind))
                                 .arg(stretch.beginNs)
                                 .arg(stretch.endNs)
                                 .arg(stretch.child));
        }
        const LaneKill* kill = lanes.killOf(lane.process);
        lines.append(QStringLiteral("%1 p%2 d%3 k%4 e%5 %6-%7 o%8 [%9]")
                         .arg(lane.process)
                         .arg(lane.parent)
                         .arg(lane.depth)
                         .arg(int(lane.kind))
                         .arg(int(lane.end))
                         .arg(lane.bornNs)
                         .arg(lane.endedNs)
                         .arg(lane.orphanedNs)
                         .arg(stretches.join(u' '))
            + (kill ? QStringLiteral(" killed by %1 at %2 how %3")
                          .arg(kill->killer)
                          .arg(kill->sentNs)
                          .arg(int(kill->how))
                    : QString()));
    }
    return lines.join(u'\n');
}

void oneFamily(RecordingWriter& writer)
{
    stories::writeFamilies(writer, 300, 5, 1);
}

} // namespace

class TimelineLanesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void teachingStory();
    void batchesLikeRebuild_data();
    void batchesLikeRebuild();
    void treeOrder();
    void orphanAndStop();
    void liveCountsLikeBruteForce();
    void words();
};

void TimelineLanesTest::teachingStory()
{
    const ProcessTree tree = folded(eventsOf(stories::writeTeaching));
    TimelineLanes lanes;
    lanes.rebuild(tree);
    QCOMPARE(lanes.size(), 3);
    QCOMPARE(lanes.at(0).kind, Kind::Main);
    QCOMPARE(lanes.at(1).kind, Kind::Daemon);
    QCOMPARE(lanes.at(1).end, LaneEnd::Killed);
    QCOMPARE(lanes.at(2).kind, Kind::NonDaemon);
    QCOMPARE(lanes.at(2).end, LaneEnd::Finished);
    QCOMPARE(lanes.at(2).endedNs, qint64(5'000'000'000));
    QCOMPARE(lanes.at(1).parent, 0);
    QCOMPARE(lanes.at(1).depth, 1);
    const LaneKill* kill = lanes.killOf(1);
    QVERIFY(kill != nullptr);
    QCOMPARE(kill->killer, 0);
    QCOMPARE(kill->signal, Signal(15));
    QCOMPARE(int(kill->how), int(EndedHow::ExitSequence));
    QVERIFY(kill->sentNs >= 3'000'000'000 && kill->sentNs <= kill->endedNs);
    QCOMPARE(lanes.killOf(2), nullptr);
    bool waitsForWorker = false;
    for (const LaneStretch& stretch : lanes.at(0).stretches) {
        waitsForWorker = waitsForWorker || (stretch.child == 2 && stretch.endNs - stretch.beginNs > 1'900'000'000);
    }
    QVERIFY(waitsForWorker);
    LaneMarks marks;
    marks.main = marks.nonDaemon = marks.daemon = marks.waiting = marks.waitedFor = marks.finished = marks.killed =
        marks.killArrow = true;
    QVERIFY(lanes.marks() == marks);
}

void TimelineLanesTest::batchesLikeRebuild_data()
{
    QTest::addColumn<int>("story");
    QTest::addColumn<unsigned>("seed");
    for (int story = 0; story < 3; ++story) {
        for (unsigned seed = 1; seed <= 4; ++seed) {
            QTest::addRow("story %d, seed %u", story, seed) << story << seed;
        }
    }
}

void TimelineLanesTest::batchesLikeRebuild()
{
    QFETCH(int, story);
    QFETCH(unsigned, seed);
    const std::vector<Event> events = eventsOf(story == 0 ? stories::writeTeaching
            : story == 1                                  ? stories::writeOddities
                                                          : oneFamily);
    QVERIFY(events.size() > 10);
    std::mt19937 random(seed);
    ProcessTree tree;
    TimelineLanes followed;
    std::uint64_t revision = followed.revision();
    for (std::size_t i = 0; i < events.size();) {
        for (std::size_t batch = 1 + random() % 40; batch > 0 && i < events.size(); --batch, ++i) {
            tree.apply(events[i]);
        }
        followed.update(tree, tree.takeChanges());
        QVERIFY(followed.revision() > revision);
        revision = followed.revision();
        if (story < 2 || i == events.size() || random() % 20 == 0) {
            TimelineLanes anew;
            anew.rebuild(tree);
            QCOMPARE(describe(followed), describe(anew));
        }
    }
}

void TimelineLanesTest::treeOrder()
{
    const ProcessTree tree = folded(eventsOf(oneFamily));
    TimelineLanes lanes;
    lanes.rebuild(tree);
    QCOMPARE(lanes.size(), 300);
    for (int i = 0; i < lanes.size(); ++i) {
        const TimelineLane& lane = lanes.at(i);
        QCOMPARE(lanes.laneOf(lane.process), i);
        if (lane.parent >= 0) {
            // Between a parent and its child stand only the parent's other descendants.
            const int parent = lanes.laneOf(lane.parent);
            QVERIFY(parent < i);
            QCOMPARE(lane.depth, lanes.at(parent).depth + 1);
            for (int between = parent + 1; between < i; ++between) {
                QVERIFY(lanes.at(between).depth > lanes.at(parent).depth);
            }
        }
    }
    QCOMPARE(lanes.laneOf(-1), -1);
    QCOMPARE(lanes.laneOf(300), -1);
}

void TimelineLanesTest::orphanAndStop()
{
    const ProcessTree tree = folded(eventsOf(stories::writeOddities));
    TimelineLanes lanes;
    lanes.rebuild(tree);
    QCOMPARE(lanes.of(4).orphanedNs, qint64(1'200'000'000));
    QCOMPARE(lanes.of(3).end, LaneEnd::Failed);
    QCOMPARE(lanes.of(1).stretches.size(), std::size_t(1));
    QCOMPARE(lanes.of(1).stretches[0], (LaneStretch{1'000'000'000, 1'900'000'000, -1, LaneStretch::Kind::Stopped}));
    QCOMPARE(lanes.killOf(5)->killer, -1);
    QCOMPARE(timelinetext::decider(*lanes.killOf(2)), QStringLiteral("terminate() at story.py:27"));
}

void TimelineLanesTest::liveCountsLikeBruteForce()
{
    const ProcessTree tree = folded(eventsOf(oneFamily));
    TimelineLanes lanes;
    lanes.rebuild(tree);
    const auto alive = [&lanes](std::int64_t ns) {
        int count = 0;
        for (int i = 0; i < lanes.size(); ++i) {
            count += lanes.at(i).bornNs <= ns && lanes.at(i).endedNs > ns ? 1 : 0;
        }
        return count;
    };
    const std::int64_t all = kNotYet - 1;
    const std::vector<LiveCount> exact = liveCounts(lanes, all, 10000);
    int greatest = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        QVERIFY(i == 0 || exact[i].seconds > exact[i - 1].seconds);
        QCOMPARE(exact[i].count, alive(std::llround(exact[i].seconds * 1e9)));
        greatest = std::max(greatest, exact[i].count);
    }
    QCOMPARE(exact.back().count, 0);
    // Decimated: few points, but neither the greatest count nor the end is lost.
    const std::int64_t end = std::llround(exact.back().seconds * 1e9);
    const std::vector<LiveCount> few = liveCounts(lanes, end, 40);
    QVERIFY2(few.size() <= 44, qPrintable(QString::number(few.size())));
    QCOMPARE(few.back().count, 0);
    int fewGreatest = 0;
    for (const LiveCount& step : few) {
        fewGreatest = std::max(fewGreatest, step.count);
    }
    QCOMPARE(fewGreatest, greatest);
}

void TimelineLanesTest::words()
{
    const ProcessTree tree = folded(eventsOf(stories::writeTeaching));
    TimelineLanes lanes;
    lanes.rebuild(tree);
    const auto at = [&tree](
                        double seconds) { return tree.start() + EventTime(static_cast<std::int64_t>(seconds * 1e9)); };
    QCOMPARE(timelinetext::end(tree, lanes, 1, false), QStringLiteral("killed at 3.00 s: SIGTERM (15), exit code −15"));
    QCOMPARE(timelinetext::end(tree, lanes, 2, false), QStringLiteral("ended at 5.00 s, exit code 0"));
    QCOMPARE(timelinetext::end(tree, lanes, 0, false), QStringLiteral("process ended at 5.02 s, exit code 0"));
    QCOMPARE(timelinetext::end(tree, lanes, 1, true), QStringLiteral("SIGTERM 3.00 s, Python's exit sequence"));
    QCOMPARE(timelinetext::killedBriefly(tree, 1), QStringLiteral("SIGTERM 3.00 s"));
    QCOMPARE(timelinetext::waiting(tree, 2), QStringLiteral("waits for Process-2"));
    QCOMPARE(timelinetext::work(tree, 2), QStringLiteral("runs five_steps()"));
    QCOMPARE(timelinetext::lane(tree, 2, at(0.1)), QStringLiteral("Process-2, PID 4244, non-daemon, not started yet"));
    const QString dead = timelinetext::lane(tree, 1, at(4));
    QVERIFY2(dead.startsWith(QStringLiteral("Process-1, PID 4243, daemon, killed by SIGTERM")), qPrintable(dead));
    QVERIFY2(dead.endsWith(QStringLiteral("from 0.12 s to 3.00 s")), qPrintable(dead));
    const QString alive = timelinetext::lane(tree, 1, at(2.9));
    QVERIFY2(!alive.contains(QStringLiteral("killed")), qPrintable(alive));

    const ProcessTree odd = folded(eventsOf(stories::writeOddities));
    const QString hostile = timelinetext::lane(odd, 1, odd.latest());
    for (const QChar c : hostile) {
        QVERIFY2(c.unicode() >= 0x20 && c.unicode() != 0x202e, qPrintable(hostile));
    }
    QVERIFY(hostile.contains(QStringLiteral("%1"))); // a name is text, not a format
}

QTEST_GUILESS_MAIN(TimelineLanesTest)
#include "tst_timelinelanes.moc"
