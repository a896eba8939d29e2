// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>
#include <random>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

bool same(const Status& a, const Status& b)
{
    return a.activity == b.activity && a.orphaned == b.orphaned && a.exiting == b.exiting && a.waitsFor == b.waitsFor
        && a.daemon == b.daemon;
}

QByteArray shown(const Status& status)
{
    return QByteArray("activity ") + QByteArray::number(static_cast<int>(status.activity)) + " orphaned "
        + QByteArray::number(status.orphaned) + " exiting " + QByteArray::number(status.exiting) + " waits for "
        + QByteArray::number(status.waitsFor.value_or(-1)) + " daemon "
        + (status.daemon ? QByteArray::number(*status.daemon) : QByteArray("none"));
}

/// A program of random processes: starts, forks, joins, stops, kills, exits.
Story randomStory(unsigned seed)
{
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    Story story;
    struct Living {
        ProcessId id;
        ProcessId parent;
        bool python = false;
        bool stopped = false;
    };
    std::vector<Living> living;
    const ProcessId root = story.launchPython(0ms);
    living.push_back({root, root, true, false});
    int name = 0;
    for (milliseconds t = 100ms; t < 3000ms && !living.empty(); t += 20ms) {
        const std::size_t i = below(living.size());
        const Living process = living[i];
        switch (below(9)) {
        case 0:
        case 1:
        case 2:
            if (process.python) {
                const ProcessId child = story.child(t, process.id, "Process-" + std::to_string(++name),
                    {.daemon = below(2) == 0, .daemonExplicit = below(2) == 0});
                living.push_back({child, process.id, true, false});
            }
            break;
        case 3:
            living.push_back({story.fork(t, process.id), process.id, false, false});
            break;
        case 4:
            if (process.id != root && process.python)
                story.join(t, below(2) == 0 ? std::optional<milliseconds>(t + 15ms) : std::nullopt, process.parent,
                    process.id);
            break;
        case 5:
            story.kernel(
                t, process.id, process.stopped ? Payload(payload::Continued{}) : Payload(payload::Stopped{SIGSTOP}));
            living[i].stopped = !process.stopped;
            break;
        case 6:
            if (process.python)
                story.runtime(t, process.id,
                    payload::DaemonSet{{process.id, ""}, "", false, below(2) == 0, true, "self", {}, {}});
            break;
        case 7:
            if (process.id == root && t < 2000ms)
                break; // a story that goes on
            story.exited(t, process.id, static_cast<int>(below(3)));
            living.erase(living.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        default:
            if (process.python)
                story.mainCodeEnds(t, process.id, {}, {});
            break;
        }
    }
    return story;
}

} // namespace

/// The state of a process at a time is a function of the events up to then: seeking and living through give the same.
class TestStatus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void prefixTellsTheSame_data();
    void prefixTellsTheSame();
    void beforeBirth();
    void stateWords();
};

void TestStatus::prefixTellsTheSame_data()
{
    QTest::addColumn<int>("seed");
    QTest::newRow("reference") << -1;
    for (int seed = 0; seed < 20; ++seed)
        QTest::addRow("random %d", seed) << seed;
}

void TestStatus::prefixTellsTheSame()
{
    QFETCH(int, seed);
    const Story story = seed < 0 ? ReferenceStory().story : randomStory(static_cast<unsigned>(seed));
    std::vector<Event> events = story.events();
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    ProcessTree all;
    for (const Event& event : events)
        all.apply(event);
    ProcessTree prefix;
    int compared = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        prefix.apply(events[i]);
        if (i + 1 < events.size() && events[i + 1].time == events[i].time)
            continue;
        const EventTime t = events[i].time;
        for (const Process& process : all.processes()) {
            const Status later = statusAt(process, t);
            const Status then = static_cast<std::size_t>(process.index) < prefix.size()
                ? statusAt(prefix.at(process.index), t)
                : Status{};
            QVERIFY2(same(later, then),
                "at " + QByteArray::number(static_cast<qlonglong>((t - Story::kStart) / 1ms)) + " ms, process "
                    + QByteArray::number(process.index) + ": " + shown(later) + ", but was " + shown(then));
            ++compared;
        }
    }
    QVERIFY(compared > 10);
}

void TestStatus::beforeBirth()
{
    const ReferenceStory reference;
    const ProcessTree tree = reference.story.tree();
    QVERIFY(statusAt(tree.at(1), Story::time(100ms)).activity == Activity::NotBorn);
    QVERIFY(statusAt(tree.at(1), Story::time(101ms)).activity == Activity::Running);
    QVERIFY(!statusAt(tree.at(1), Story::time(101ms)).daemon);
    QCOMPARE(*statusAt(tree.at(1), Story::time(103ms)).daemon, true);
}

void TestStatus::stateWords()
{
    const ReferenceStory reference;
    const ProcessTree tree = reference.story.tree();
    QCOMPARE(stateText(tree, 0, Story::time(2000ms)), std::string("running"));
    QCOMPARE(stateText(tree, 0, Story::time(3001ms)), std::string("in its exit sequence"));
    QCOMPARE(stateText(tree, 0, Story::time(4000ms)), std::string("waits for Process-2"));
    QCOMPARE(stateText(tree, 0, Story::time(5020ms)), std::string("finished, exit 0"));
    QCOMPARE(stateText(tree, 1, Story::time(50ms)), std::string("not started yet"));
    QCOMPARE(stateText(tree, 1, Story::time(3004ms)), std::string("killed by SIGTERM"));
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId child = story.fork(1ms, shell);
    story.exited(10ms, shell, 0);
    story.kernel(20ms, child, payload::Stopped{SIGSTOP});
    const ProcessTree other = story.tree();
    QCOMPARE(stateText(other, 1, Story::time(15ms)), std::string("orphaned, running"));
    QCOMPARE(stateText(other, 1, Story::time(25ms)), std::string("orphaned, stopped"));
}

QTEST_APPLESS_MAIN(TestStatus)
#include "tst_status.moc"
