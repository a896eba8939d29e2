// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinelayout.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace daemonscope;

class TimelineScaleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mapsTimeToPixels_data();
    void mapsTimeToPixels();
    void choosesTicks_data();
    void choosesTicks();
    void zoomKeepsAnchorAndLimits_data();
    void zoomKeepsAnchorAndLimits();
    void laneHeightFits_data();
    void laneHeightFits();
    void laneHeightsAreWholeDevicePixels();
    void marksAreSpreadInOrder_data();
    void marksAreSpreadInOrder();
};

void TimelineScaleTest::mapsTimeToPixels_data()
{
    QTest::addColumn<double>("ratio");
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<int>("column");
    QTest::newRow("begin") << 1.0 << qint64(0) << 0;
    QTest::newRow("inside the first column") << 1.0 << qint64(9'999'999) << 0;
    QTest::newRow("second column") << 1.0 << qint64(10'000'000) << 1;
    QTest::newRow("last column") << 1.0 << qint64(9'999'999'999) << 999;
    QTest::newRow("behind the end") << 1.0 << qint64(10'000'000'000) << 1000;
    QTest::newRow("before the begin") << 1.0 << qint64(-1) << -1;
    QTest::newRow("far before") << 1.0 << std::numeric_limits<qint64>::min() / 2 << -1;
    QTest::newRow("not yet") << 1.0 << qint64(kNotYet) << 1000;
    QTest::newRow("two device pixels a pixel") << 2.0 << qint64(5'000'000) << 1;
}

void TimelineScaleTest::mapsTimeToPixels()
{
    QFETCH(double, ratio);
    QFETCH(qint64, ns);
    QFETCH(int, column);
    const TimelineScale scale{{0, 10}, 100, 1000, ratio}; // 10 ms a pixel
    QCOMPARE(scale.column(ns), column);
    QCOMPARE(scale.x(2.5), 350.0);
    QCOMPARE(scale.seconds(350), 2.5);
    QCOMPARE(scale.columnX(0), 100.0);
    QCOMPARE(scale.columnX(scale.columns()), 1100.0);
}

void TimelineScaleTest::choosesTicks_data()
{
    QTest::addColumn<double>("span");
    QTest::addColumn<int>("most");
    QTest::addColumn<double>("interval");
    QTest::addColumn<int>("decimals");
    QTest::newRow("6 s") << 6.0 << 7 << 1.0 << 0;
    QTest::newRow("8 s") << 8.0 << 7 << 2.0 << 0;
    QTest::newRow("exactly seven") << 7.0 << 7 << 1.0 << 0;
    QTest::newRow("0.5 s") << 0.5 << 7 << 0.1 << 1;
    QTest::newRow("3 ms") << 0.003 << 7 << 0.0005 << 4;
    QTest::newRow("an hour") << 3600.0 << 7 << 1000.0 << 0;
    QTest::newRow("one tick") << 6.0 << 1 << 10.0 << 0;
    QTest::newRow("nothing") << 0.0 << 7 << 5e-7 << 7;
}

void TimelineScaleTest::choosesTicks()
{
    QFETCH(double, span);
    QFETCH(int, most);
    QFETCH(double, interval);
    QFETCH(int, decimals);
    const TimelineTicks ticks = chooseTicks(span, most);
    QVERIFY2(std::abs(ticks.interval / interval - 1) < 1e-9, qPrintable(QString::number(ticks.interval)));
    QCOMPARE(ticks.decimals, decimals);
    const std::vector<double> places = tickPositions({0, span}, ticks);
    QVERIFY(places.size() <= static_cast<std::size_t>(most) + 1);
    QCOMPARE(places.front(), 0.0);
}

void TimelineScaleTest::zoomKeepsAnchorAndLimits_data()
{
    QTest::addColumn<double>("anchor");
    QTest::addColumn<double>("factor");
    QTest::addColumn<double>("begin");
    QTest::addColumn<double>("end");
    QTest::newRow("in, at the middle") << 5.0 << 0.5 << 3.5 << 6.5;
    QTest::newRow("in, at the begin") << 2.0 << 0.5 << 2.0 << 5.0;
    QTest::newRow("out, to the limits") << 5.0 << 10.0 << 0.0 << 11.0;
    QTest::newRow("out, pushed from the edge") << 2.0 << 1.6 << 1.4 << 11.0;
    QTest::newRow("not shorter than can be shown")
        << 5.0 << 1e-12 << 5.0 - kShortestRange / 2 << 5.0 + kShortestRange / 2;
}

void TimelineScaleTest::zoomKeepsAnchorAndLimits()
{
    QFETCH(double, anchor);
    QFETCH(double, factor);
    QFETCH(double, begin);
    QFETCH(double, end);
    const TimelineRange range = zoomedRange({2, 8}, anchor, factor, {0, 11});
    QVERIFY2(std::abs(range.begin - begin) < 1e-9, qPrintable(QString::number(range.begin, 'g', 12)));
    QVERIFY2(std::abs(range.end - end) < 1e-9, qPrintable(QString::number(range.end, 'g', 12)));
    QCOMPARE(pannedRange({2, 4}, -5, {0, 10}), (TimelineRange{0, 2}));
    QCOMPARE(pannedRange({2, 4}, 50, {0, 10}), (TimelineRange{8, 10}));
}

void TimelineScaleTest::laneHeightFits_data()
{
    QTest::addColumn<int>("lanes");
    QTest::addColumn<double>("available");
    QTest::addColumn<double>("height");
    QTest::newRow("three: teaching size") << 3 << 200.0 << 66.0;
    QTest::newRow("a little too low") << 3 << 190.0 << 44.0;
    QTest::newRow("24: normal") << 24 << 640.0 << 26.0;
    QTest::newRow("24 in a low panel: scrolled, not unreadable") << 24 << 200.0 << 20.0;
    QTest::newRow("160: all at once") << 160 << 680.0 << 4.0;
    QTest::newRow("10,000") << 10000 << 700.0 << 0.0625;
    QTest::newRow("100,000") << 100000 << 700.0 << 0.00390625;
    QTest::newRow("none") << 0 << 100.0 << 66.0;
}

void TimelineScaleTest::laneHeightFits()
{
    QFETCH(int, lanes);
    QFETCH(double, available);
    QFETCH(double, height);
    QCOMPARE(fittingLaneHeight(lanes, available, 1), height);
}

void TimelineScaleTest::laneHeightsAreWholeDevicePixels()
{
    for (const double ratio : {1.0, 1.25, 1.5, 2.0, 3.0}) {
        double last = 1e9;
        for (const double height : laneHeights(ratio)) {
            QVERIFY(height < last);
            last = height;
            const double device = height * ratio;
            if (device >= 1) {
                QVERIFY(std::abs(device - std::round(device)) < 1e-9);
            }
        }
    }
}

void TimelineScaleTest::marksAreSpreadInOrder_data()
{
    using Places = std::vector<double>;
    QTest::addColumn<Places>("wanted");
    QTest::addColumn<Places>("places");
    QTest::newRow("none") << Places{} << Places{};
    QTest::newRow("far apart") << Places{10, 50} << Places{10, 50};
    QTest::newRow("same place") << Places{10, 10, 10} << Places{10, 30, 50};
    QTest::newRow("pushed from the edge") << Places{85, 90} << Places{80, 100};
    QTest::newRow("beyond the edge") << Places{150} << Places{100};
}

void TimelineScaleTest::marksAreSpreadInOrder()
{
    QFETCH(std::vector<double>, wanted);
    QFETCH(std::vector<double>, places);
    QCOMPARE(spreadMarks(wanted, 20, 100), places);
}

QTEST_GUILESS_MAIN(TimelineScaleTest)
#include "tst_timelinescale.moc"
