// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"
#include "ui/view/laneraster.h"

#include <QTest>

#include <random>

using namespace daemonscope;

namespace {

TimelineLanes randomLanes(int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<TimelineLane> lanes(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        TimelineLane& lane = lanes[static_cast<std::size_t>(i)];
        lane.process = i;
        lane.kind = random() % 3 == 0 ? Kind::Daemon : Kind::NonDaemon;
        lane.bornNs = static_cast<std::int64_t>(random() % 90'000) * 1'000'000;
        lane.endedNs = lane.bornNs + static_cast<std::int64_t>(random() % 20'000) * 1'000'000;
        lane.end = random() % 50 == 0 ? LaneEnd::Killed : LaneEnd::Finished;
        if (random() % 4 == 0) {
            lane.stretches.push_back({(lane.bornNs + lane.endedNs) / 2, lane.endedNs, -1, LaneStretch::Kind::Waiting});
        }
    }
    TimelineLanes all;
    all.assign(std::move(lanes));
    return all;
}

TimelineViewport viewOf(double laneHeight, double beginColumn = 0, double scroll = 0)
{
    TimelineViewport view;
    const double column = 0.2; // seconds
    view.scale = {{beginColumn * column, beginColumn * column + 500 * column}, 216, 500, 1};
    view.top = 28;
    view.height = 228;
    view.scroll = scroll;
    view.lane.height = laneHeight;
    return view;
}

constexpr std::int64_t kAll = 200'000'000'000;

} // namespace

class LaneRasterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsCoverAllLanesOnce_data();
    void rowsCoverAllLanesOnce();
    void likeBruteForce_data();
    void likeBruteForce();
    void shiftedLikeAnew_data();
    void shiftedLikeAnew();
    void unchangedCostsNothing();
};

void LaneRasterTest::rowsCoverAllLanesOnce_data()
{
    QTest::addColumn<double>("height");
    for (const double height : {2.0, 1.0, 0.5, 0.25, 1.0 / 64}) {
        QTest::addRow("%g", height) << height;
    }
}

void LaneRasterTest::rowsCoverAllLanesOnce()
{
    QFETCH(double, height);
    std::vector<int> seen(1000, 0);
    for (int row = 0; row < 2100; ++row) {
        const LaneRaster::Rows rows = LaneRaster::lanesOfRow(row, height, 1000);
        for (int lane = rows.first; lane <= rows.last; ++lane) {
            ++seen[static_cast<std::size_t>(lane)];
        }
    }
    for (const int times : seen) {
        QCOMPARE(times, std::max(1, static_cast<int>(height)));
    }
}

void LaneRasterTest::likeBruteForce_data()
{
    QTest::addColumn<double>("height");
    QTest::addColumn<QString>("theme");
    QTest::newRow("2 px") << 2.0 << QStringLiteral("light");
    QTest::newRow("1 px") << 1.0 << QStringLiteral("dark");
    QTest::newRow("8 lanes a row") << 0.125 << QStringLiteral("light");
    QTest::newRow("32 lanes a row") << 1.0 / 32 << QStringLiteral("dark");
}

void LaneRasterTest::likeBruteForce()
{
    QFETCH(double, height);
    QFETCH(QString, theme);
    const Theme& look = *Theme::byName(theme);
    const TimelineLanes lanes = randomLanes(3000, 17);
    const TimelineViewport view = viewOf(height, 40);
    LaneRaster raster;
    const QImage picture = raster.picture(lanes, view, kAll, look);
    QCOMPARE(picture.size(), QSize(500, 200));
    int alive = 0;
    int kills = 0;
    for (int y = 0; y < picture.height(); y += 3) {
        const LaneRaster::Rows rows = LaneRaster::lanesOfRow(y, height, lanes.size());
        for (int x = 0; x < picture.width(); x += 7) {
            bool killed = false;
            bool any = false;
            for (int i = rows.first; i <= rows.last; ++i) {
                const TimelineLane& lane = lanes.at(i);
                const int last = view.scale.column(lane.endedNs);
                any = any || (view.scale.column(lane.bornNs) <= x && x <= last);
                killed = killed || (lane.end == LaneEnd::Killed && last == x);
            }
            const QRgb pixel = picture.pixel(x, y);
            QCOMPARE(pixel == look.kill.rgb(), killed);
            QCOMPARE(pixel != look.panel.rgb(), any);
            alive += any ? 1 : 0;
            kills += killed ? 1 : 0;
        }
    }
    QVERIFY(alive > 50);
    QVERIFY(kills > 0 || height >= 1);
}

void LaneRasterTest::shiftedLikeAnew_data()
{
    QTest::addColumn<double>("columns");
    QTest::addColumn<double>("rows");
    QTest::addColumn<bool>("shifted");
    QTest::newRow("right") << 12.0 << 0.0 << true;
    QTest::newRow("left") << -12.0 << 0.0 << true;
    QTest::newRow("down") << 0.0 << 9.0 << true;
    QTest::newRow("up") << 0.0 << -9.0 << true;
    QTest::newRow("both") << 3.0 << 9.0 << false;
    QTest::newRow("not a whole column") << 0.5 << 0.0 << false;
    QTest::newRow("far") << 400.0 << 0.0 << false;
}

void LaneRasterTest::shiftedLikeAnew()
{
    QFETCH(double, columns);
    QFETCH(double, rows);
    QFETCH(bool, shifted);
    const TimelineLanes lanes = randomLanes(3000, 23);
    LaneRaster moved;
    moved.picture(lanes, viewOf(0.5, 40, 100), kAll, Theme::light());
    const TimelineViewport view = viewOf(0.5, 40 + columns, 100 + rows);
    const QImage there = moved.picture(lanes, view, kAll, Theme::light()).copy();
    LaneRaster fresh;
    const QImage anew = fresh.picture(lanes, view, kAll, Theme::light());
    int different = 0;
    for (int y = 0; y < anew.height(); ++y) {
        for (int x = 0; x < anew.width(); ++x) {
            different += there.pixel(x, y) != anew.pixel(x, y) ? 1 : 0;
        }
    }
    // Times that lie on the edge of a column may be rounded to either side.
    QVERIFY2(different <= (shifted && columns != 0 ? 100 : 0), qPrintable(QString::number(different)));
    if (shifted && rows != 0) {
        QCOMPARE(moved.computedRows(), 9);
    }
}

void LaneRasterTest::unchangedCostsNothing()
{
    TimelineLanes lanes = randomLanes(500, 2);
    LaneRaster raster;
    raster.picture(lanes, viewOf(0.5), kAll, Theme::light());
    QCOMPARE(raster.computedRows(), 200);
    raster.picture(lanes, viewOf(0.5), kAll, Theme::light());
    QCOMPARE(raster.computedRows(), 0);
    raster.picture(lanes, viewOf(0.5), kAll, Theme::darkTheme());
    QCOMPARE(raster.computedRows(), 200);
    lanes.assign({lanes.at(0)}, {}); // news: the old picture is not true any more
    raster.picture(lanes, viewOf(0.5), kAll, Theme::darkTheme());
    QCOMPARE(raster.computedRows(), 200);
}

QTEST_GUILESS_MAIN(LaneRasterTest)
#include "tst_laneraster.moc"
