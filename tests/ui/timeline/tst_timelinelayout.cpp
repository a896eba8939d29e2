// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinelayout.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace daemonscope;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// 0 to 10 s over 1000 pixels from x = 100 on: 10 ms a pixel.
TimelineScale plainScale(double ratio = 1)
{
    return {{0, 10}, 100, 1000, ratio};
}

TimelineLane life(std::int64_t bornNs, std::int64_t endedNs, LaneEnd end = LaneEnd::Finished)
{
    TimelineLane lane;
    lane.bornNs = bornNs;
    lane.endedNs = endedNs;
    lane.end = end;
    lane.kind = Kind::NonDaemon;
    return lane;
}

/// MainProcess (0 to 5 s, waits for the third from 3 to 4.5 s), a daemon killed by it at 3 s, a worker until 4.5 s.
TimelineLanes threeLanes()
{
    TimelineLane main = life(0, 5 * kSecond);
    main.kind = Kind::Main;
    main.stretches.push_back({3 * kSecond, 4'500'000'000, 2, LaneStretch::Kind::Waiting});
    TimelineLane daemon = life(kSecond, 3 * kSecond, LaneEnd::Killed);
    daemon.process = 1;
    daemon.kind = Kind::Daemon;
    TimelineLane worker = life(2 * kSecond, 4'500'000'000);
    worker.process = 2;
    LaneKill kill;
    kill.target = 1;
    kill.killer = 0;
    kill.sentNs = 2'990'000'000;
    kill.endedNs = 3 * kSecond;
    kill.signal = Signal(15);
    kill.how = EndedHow::ExitSequence;
    TimelineLanes lanes;
    lanes.assign({main, daemon, worker}, {kill});
    return lanes;
}

TimelineViewport viewOf(double laneHeight, std::int64_t cursorNs, double height = 300)
{
    TimelineViewport view;
    view.scale = plainScale();
    view.top = 20;
    view.height = height;
    view.lane.height = laneHeight;
    view.cursorNs = cursorNs;
    return view;
}

} // namespace

class TimelineLayoutTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void piecesOfALife_data();
    void piecesOfALife();
    void piecesLikeBruteForce();
    void ticksLikeBruteForce();
    void sceneAtATime_data();
    void sceneAtATime();
    void arrowRunsFromSenderToTarget();
    void returnArrowOnlyForTheOneWaitedFor();
    void hits_data();
    void hits();
};

void TimelineLayoutTest::piecesOfALife_data()
{
    QTest::addColumn<qint64>("untilMs");
    QTest::addColumn<QString>("pieces");
    // 10 ms a column; born at 1 s, waits from 3 s for 7, is stopped from 4 s to 4.2 s, runs from 5 s, ends at 6 s.
    QTest::newRow("before its birth") << qint64(999) << QString();
    QTest::newRow("at its birth") << qint64(1000) << QStringLiteral("100-100r");
    QTest::newRow("running") << qint64(2000) << QStringLiteral("100-200r");
    QTest::newRow("waiting") << qint64(3500) << QStringLiteral("100-299r 300-350w7");
    QTest::newRow("stopped") << qint64(4105) << QStringLiteral("100-299r 300-399w7 400-410s");
    QTest::newRow("all") << qint64(9000) << QStringLiteral("100-299r 300-399w7 400-419s 420-499w7 500-600r");
}

void TimelineLayoutTest::piecesOfALife()
{
    QFETCH(qint64, untilMs);
    QFETCH(QString, pieces);
    TimelineLane lane = life(kSecond, 6 * kSecond);
    lane.stretches.push_back({3 * kSecond, 5 * kSecond, 7, LaneStretch::Kind::Waiting});
    lane.stretches.push_back({4 * kSecond, 4'200'000'000, -1, LaneStretch::Kind::Stopped});
    QStringList found;
    for (const LanePiece& piece : lanePieces(lane, plainScale(), untilMs * 1'000'000)) {
        QString text = QStringLiteral("%1-%2").arg(piece.first).arg(piece.last);
        text += piece.state == LaneState::Running ? u'r' : piece.state == LaneState::Stopped ? u's' : u'w';
        if (piece.child >= 0) {
            text += QString::number(piece.child);
        }
        found.append(text);
    }
    QCOMPARE(found.join(u' '), pieces);
}

void TimelineLayoutTest::piecesLikeBruteForce()
{
    // Every nanosecond of 40 columns is looked at: 1 us of time, 25 ns a column.
    std::mt19937 random(11);
    const TimelineScale scale{{1e-6, 2e-6}, 0, 40, 1};
    for (int round = 0; round < 400; ++round) {
        const auto number = [&random](int from, int to) {
            return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1));
        };
        TimelineLane lane = life(number(0, 1800), 0);
        lane.endedNs = lane.bornNs + number(0, 1500);
        for (int i = number(0, 12); i > 0; --i) {
            LaneStretch stretch;
            stretch.beginNs = number(static_cast<int>(lane.bornNs), static_cast<int>(lane.endedNs));
            stretch.endNs = number(static_cast<int>(stretch.beginNs), static_cast<int>(lane.endedNs));
            stretch.kind = number(0, 3) == 0 ? LaneStretch::Kind::Stopped : LaneStretch::Kind::Waiting;
            lane.stretches.push_back(stretch);
        }
        std::sort(lane.stretches.begin(), lane.stretches.end(),
            [](const auto& a, const auto& b) { return a.beginNs < b.beginNs; });
        const std::int64_t until = number(0, 3500);
        QString expected(40, u'.');
        for (int column = 0; column < 40; ++column) {
            int lived = 0;
            int waited = 0;
            int stopped = 0;
            bool touched = false;
            for (std::int64_t ns = 1000 + column * 25; ns < 1000 + (column + 1) * 25; ++ns) {
                const std::int64_t end = std::min(lane.endedNs, until);
                touched = touched || (ns >= lane.bornNs && ns <= end && lane.bornNs <= until);
                if (ns < lane.bornNs || ns >= end) {
                    continue;
                }
                ++lived;
                bool isWaiting = false;
                bool isStopped = false;
                for (const LaneStretch& stretch : lane.stretches) {
                    if (ns >= stretch.beginNs && ns < stretch.endNs) {
                        (stretch.kind == LaneStretch::Kind::Stopped ? isStopped : isWaiting) = true;
                    }
                }
                waited += isWaiting ? 1 : 0;
                stopped += isStopped ? 1 : 0;
            }
            if (touched && lived == 0 && column > 0 && expected[column - 1] != u'.') {
                expected[column] = expected[column - 1]; // its end stands on the edge of this column
            } else if (touched) {
                const bool isStopped = stopped > 0 && 2 * stopped >= lived;
                const bool isWaiting = waited > 0 && 2 * (waited + stopped) >= lived;
                expected[column] = isStopped ? u's' : isWaiting ? u'w' : u'r';
            }
        }
        QString found(40, u'.');
        for (const LanePiece& piece : lanePieces(lane, scale, until)) {
            for (int column = piece.first; column <= piece.last; ++column) {
                QVERIFY(column >= 0 && column < 40);
                QCOMPARE(found[column], u'.');
                found[column] = piece.state == LaneState::Running ? u'r'
                    : piece.state == LaneState::Stopped           ? u's'
                                                                  : u'w';
            }
        }
        QCOMPARE(found, expected);
    }
}

void TimelineLayoutTest::ticksLikeBruteForce()
{
    std::mt19937 random(3);
    const TimelineScale scale{{2, 5}, 0, 300, 2};
    for (const int count : {0, 1, 7, 500, 60000}) {
        std::vector<std::int64_t> times;
        for (int i = 0; i < count; ++i) {
            times.push_back(static_cast<std::int64_t>(random() % 7'000'000'000ULL));
        }
        std::sort(times.begin(), times.end());
        int asked = 0;
        OutputTimes output;
        output.count = times.size();
        output.at = [&](std::size_t i) {
            ++asked;
            return times[i];
        };
        output.isStderr = [](std::size_t i) { return i % 2 == 1; };
        const std::int64_t until = 4'300'000'000;
        std::vector<bool> columns(600, false);
        for (const std::int64_t time : times) {
            if (time <= until && scale.column(time) >= 0 && scale.column(time) < 600) {
                columns[static_cast<std::size_t>(scale.column(time))] = true;
            }
        }
        std::vector<bool> found(600, false);
        int last = -1;
        for (const OutputTick& tick : outputTicks(output, scale, until)) {
            QVERIFY(tick.column >= last);
            last = tick.column;
            found[static_cast<std::size_t>(tick.column)] = true;
        }
        QCOMPARE(found, columns);
        // Costs columns times a logarithm (and the 64 that tell streams apart), not events.
        QVERIFY2(asked <= 600 * 120 + 100, qPrintable(QString::number(asked)));
    }
}

void TimelineLayoutTest::sceneAtATime_data()
{
    QTest::addColumn<qint64>("cursorMs");
    QTest::addColumn<QString>("born");
    QTest::addColumn<int>("arrows");
    QTest::addColumn<int>("returns");
    QTest::addColumn<QString>("ends");
    QTest::addColumn<int>("futures");
    QTest::newRow("start") << qint64(0) << QStringLiteral("100") << 0 << 0 << QStringLiteral("000") << 3;
    QTest::newRow("all run") << qint64(2500) << QStringLiteral("111") << 0 << 0 << QStringLiteral("000") << 3;
    QTest::newRow("signal sent, not ended by it yet")
        << qint64(2995) << QStringLiteral("111") << 0 << 0 << QStringLiteral("000") << 3;
    QTest::newRow("daemon killed") << qint64(3000) << QStringLiteral("111") << 1 << 0 << QStringLiteral("010") << 2;
    QTest::newRow("worker ended") << qint64(4500) << QStringLiteral("111") << 1 << 1 << QStringLiteral("011") << 1;
    QTest::newRow("end") << qint64(9000) << QStringLiteral("111") << 1 << 1 << QStringLiteral("111") << 0;
}

void TimelineLayoutTest::sceneAtATime()
{
    QFETCH(qint64, cursorMs);
    QFETCH(QString, born);
    QFETCH(int, arrows);
    QFETCH(int, returns);
    QFETCH(QString, ends);
    QFETCH(int, futures);
    const TimelineLanes lanes = threeLanes();
    const TimelineScene scene = layOut(lanes, viewOf(66, cursorMs * 1'000'000), 1200);
    QCOMPARE(scene.lanes.size(), std::size_t(3));
    QString foundBorn;
    QString foundEnds;
    int foundFutures = 0;
    for (const LaneGeometry& lane : scene.lanes) {
        foundBorn += lane.born ? u'1' : u'0';
        foundEnds += lane.endX ? u'1' : u'0';
        foundFutures += lane.future ? 1 : 0;
        // Nothing of the past is drawn right of the cursor, nothing of the future left of it.
        if (!lane.pieces.empty()) {
            QVERIFY(lane.bar.right() <= scene.cursorX + 1.01);
        }
        if (lane.future) {
            QVERIFY(lane.future->left() >= std::floor(scene.cursorX));
        }
    }
    QCOMPARE(foundBorn, born);
    QCOMPARE(foundEnds, ends);
    QCOMPARE(foundFutures, futures);
    QCOMPARE(scene.arrows.size(), static_cast<std::size_t>(arrows));
    QCOMPARE(scene.returns.size(), static_cast<std::size_t>(returns));
    QCOMPARE(scene.cursorX, 100 + static_cast<double>(cursorMs) / 10);
}

void TimelineLayoutTest::arrowRunsFromSenderToTarget()
{
    const TimelineLanes lanes = threeLanes();
    const TimelineScene scene = layOut(lanes, viewOf(66, 9 * kSecond), 1200);
    QCOMPARE(scene.arrows.size(), std::size_t(1));
    QCOMPARE(scene.arrows[0].x, 399.0);                               // 2.99 s
    QCOMPARE(scene.arrows[0].fromY, 20 + 33.0);                       // the middle of the sender's lane
    QCOMPARE(scene.arrows[0].toY, 20 + 66 + 33 - 15.0);               // the upper edge of the target's bar
    QCOMPARE(scene.lanes[1].bar, QRectF(200, 20 + 66 + 18, 201, 30)); // 1 s to 3 s, both columns included
    QCOMPARE(*scene.lanes[1].endX, 401.0);
    // Scrolled so far that both ends are outside, on either side, it is still drawn.
    TimelineViewport view = viewOf(66, 9 * kSecond, 60);
    view.scroll = 60;
    QCOMPARE(layOut(lanes, view, 1200).arrows.size(), std::size_t(1));
    view.scroll = 140;
    QCOMPARE(layOut(lanes, view, 1200).arrows.size(), std::size_t(0));
}

void TimelineLayoutTest::returnArrowOnlyForTheOneWaitedFor()
{
    const TimelineLanes lanes = threeLanes();
    const TimelineScene scene = layOut(lanes, viewOf(66, 9 * kSecond), 1200);
    QCOMPARE(scene.returns.size(), std::size_t(1));
    QCOMPARE(scene.returns[0].child, 2);
    QCOMPARE(scene.returns[0].parent, 0);
    QCOMPARE(scene.returns[0].toY, 20 + 33 + 15.0);
    // A wait that timed out before the child ended is not ended by it.
    TimelineLane main = lanes.of(0);
    main.stretches[0].endNs = 4 * kSecond;
    TimelineLanes timedOut;
    timedOut.assign({main, lanes.of(1), lanes.of(2)});
    QCOMPARE(layOut(timedOut, viewOf(66, 9 * kSecond), 1200).returns.size(), std::size_t(0));
}

void TimelineLayoutTest::hits_data()
{
    using Part = TimelineHit::Part;
    QTest::addColumn<QPointF>("point");
    QTest::addColumn<int>("part");
    QTest::addColumn<int>("process");
    QTest::newRow("strip above") << QPointF(300, 10) << int(Part::Nothing) << -1;
    QTest::newRow("below all") << QPointF(300, 290) << int(Part::Nothing) << -1;
    QTest::newRow("gutter") << QPointF(50, 53) << int(Part::Gutter) << 0;
    QTest::newRow("bar") << QPointF(300, 53) << int(Part::Bar) << 0;
    QTest::newRow("above the bar") << QPointF(300, 22) << int(Part::Lane) << 0;
    QTest::newRow("waiting") << QPointF(450, 53) << int(Part::Waiting) << 0;
    QTest::newRow("before birth") << QPointF(150, 119) << int(Part::Lane) << 1;
    QTest::newRow("kill cross") << QPointF(412, 119) << int(Part::End) << 1;
    QTest::newRow("long after") << QPointF(700, 119) << int(Part::Lane) << 1;
    QTest::newRow("third") << QPointF(549, 185) << int(Part::Bar) << 2;
}

void TimelineLayoutTest::hits()
{
    QFETCH(QPointF, point);
    QFETCH(int, part);
    QFETCH(int, process);
    const TimelineHit hit = hitTest(threeLanes(), viewOf(66, 9 * kSecond), point);
    QCOMPARE(int(hit.part), part);
    QCOMPARE(hit.process, process);
    if (hit.part == TimelineHit::Part::Waiting) {
        QCOMPARE(hit.child, 2);
        QCOMPARE(hit.timeNs, qint64(3'500'000'000));
    }
}

QTEST_GUILESS_MAIN(TimelineLayoutTest)
#include "tst_timelinelayout.moc"
