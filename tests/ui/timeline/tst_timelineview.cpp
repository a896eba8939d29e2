// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "timelinestage.h"

#include "ui/view/timelinecharts.h"
#include "ui/view/timelinelegend.h"

#include <QAccessible>

using namespace daemonscope;

namespace {

void manyThousand(RecordingWriter& writer)
{
    stories::writeFamilies(writer, 5000, 7);
}

} // namespace

class TimelineViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pixelsThatMatter_data();
    void pixelsThatMatter();
    void nothingOfTheFuture();
    void cursorIsDrawn();
    void overlayIsTheChartsPlot();
    void legendExplainsWhatOccurs();
    void liveCountAtTheCursor();
    void accessibleLanes();
    void manyLanesAreSeenAtOnce();
    void pixelLanes();
    void anotherRecording();
    void oddStoryIsPainted();
    void growsWithTheRecording();
};

void TimelineViewTest::pixelsThatMatter_data()
{
    QTest::addColumn<QString>("theme");
    QTest::newRow("light") << QStringLiteral("light");
    QTest::newRow("dark") << QStringLiteral("dark");
}

void TimelineViewTest::pixelsThatMatter()
{
    QFETCH(QString, theme);
    const Theme& look = *Theme::byName(theme);
    const Stage stage(stories::writeTeaching, look);
    QCOMPARE(stage.lanes->laneHeight(), 66.0);
    QCOMPARE(stage.pixel(stage.point(0, 2.2)), look.nonDaemon.bar);
    QCOMPARE(stage.pixel(stage.point(1, 2.2)), look.daemon.bar);
    QCOMPARE(stage.pixel(stage.point(2, 4.2)), look.nonDaemon.bar);
    // Before its birth and after its end there is no bar.
    QVERIFY(stage.pixel(stage.point(1, 0.05)) != look.daemon.bar);
    QVERIFY(stage.pixel(stage.point(1, 4.9)) != look.daemon.bar);
    // The hatch: tint with lines in it, no solid bar.
    const QRect hatch(stage.point(0, 3.2) - QPoint(0, 10), stage.point(0, 3.5) + QPoint(0, 10));
    QVERIFY(stage.count(look.nonDaemon.tint, hatch) > hatch.width() * hatch.height() / 4);
    QCOMPARE(stage.count(look.nonDaemon.bar, hatch), 0);
    // The kill cross stands beside the daemon's end, within 30 pixels, not on the bar.
    const QPoint end = stage.point(1, 3.0006);
    QVERIFY(stage.count(look.kill, QRect(end + QPoint(4, -11), QSize(24, 22))) > 100);
    QCOMPARE(stage.count(look.kill, QRect(end + QPoint(-60, -11), QSize(50, 22))), 0);
    // The arrow runs between the two bars at the time of the signal.
    const QPoint between = (stage.point(0, 3.0002) + stage.point(1, 3.0002)) / 2;
    QVERIFY(stage.count(look.kill, QRect(between + QPoint(-3, -4), QSize(7, 8))) >= 8);
    QCOMPARE(stage.count(look.kill, QRect(between + QPoint(-40, -4), QSize(30, 8))), 0);
}

void TimelineViewTest::nothingOfTheFuture()
{
    const Theme& look = Theme::light();
    Stage stage(stories::writeTeaching, look);
    stage.state.setTime(stage.at(2.0));
    const QRect right(
        stage.point(0, 2.05) - QPoint(0, 33), QSize(stage.lanes->width() - stage.point(0, 2.05).x(), 198));
    QCOMPARE(stage.count(look.kill, right), 0);
    QCOMPARE(stage.count(look.nonDaemon.bar, right), 0);
    QCOMPARE(stage.count(look.daemon.bar, right), 0);
    QCOMPARE(stage.count(look.ended, right), 0);
    QCOMPARE(stage.pixel(stage.point(1, 1.9)), look.daemon.bar);
    // The same moment looks the same, whichever way the cursor came.
    const QImage before = stage.view->grab().toImage();
    stage.state.setTime(stage.at(5.0));
    stage.state.setTime(stage.at(2.0));
    QCOMPARE(stage.view->grab().toImage(), before);
}

void TimelineViewTest::cursorIsDrawn()
{
    const Theme& look = Theme::light();
    Stage stage(stories::writeTeaching, look);
    for (const double seconds : {0.7, 2.6, 4.3}) {
        stage.state.setTime(stage.at(seconds));
        const double x = stage.lanes->viewport().scale.x(seconds);
        const int gapBelowFirst = static_cast<int>(stage.lanes->rowOf(0).bottom()) - 4;
        QCOMPARE(stage.pixel(QPoint(static_cast<int>(std::round(x)), gapBelowFirst)), look.selectionLine);
        QVERIFY(stage.pixel(QPoint(static_cast<int>(std::round(x)) - 6, gapBelowFirst)) != look.selectionLine);
    }
}

void TimelineViewTest::overlayIsTheChartsPlot()
{
    const Stage stage(stories::writeTeaching);
    const TimelineScale scale = stage.lanes->viewport().scale;
    for (const auto* name : {"timelineAxis", "timelineLiveCount"}) {
        const auto* chart = stage.view->findChild<QChartView*>(QLatin1String(name));
        QVERIFY(chart != nullptr);
        const QRectF plot = chart->chart()->plotArea();
        QCOMPARE(plot.left(), scale.left);
        QCOMPARE(plot.width(), scale.width);
        const QPointF three = chart->chart()->mapToPosition(QPointF(3.0, 0), chart->chart()->series().constFirst());
        QVERIFY2(std::abs(three.x() - scale.x(3.0)) < 1, name);
    }
}

void TimelineViewTest::legendExplainsWhatOccurs()
{
    using Mark = TimelineLegend::Mark;
    Stage stage(stories::writeTeaching);
    const auto* legend = stage.view->findChild<TimelineLegend*>(QStringLiteral("timelineLegend"));
    const std::vector<Mark> all{Mark::NonDaemon, Mark::Daemon, Mark::Waiting, Mark::Stdout, Mark::Stderr,
        Mark::KillArrow, Mark::Killed, Mark::Finished, Mark::WaitEnds};
    QVERIFY(legend->marks() == all);
    QVERIFY(legend->accessibleName().contains(QStringLiteral("waits for a child (join)")));
    stage.state.setTime(stage.at(1));
    QCOMPARE(legend->marks().back(), Mark::Later);
}

void TimelineViewTest::liveCountAtTheCursor()
{
    Stage stage(stories::writeTeaching);
    const auto* chart = stage.view->findChild<LiveCountChart*>(QStringLiteral("timelineLiveCount"));
    for (const auto& [seconds, count] : {std::pair{0.05, 1}, {0.14, 2}, {1.0, 3}, {3.5, 2}, {5.01, 1}, {5.02, 0}}) {
        stage.state.setTime(stage.at(seconds));
        QCOMPARE(chart->current(), count);
    }
}

void TimelineViewTest::accessibleLanes()
{
    Stage stage(stories::writeTeaching);
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(stage.lanes);
    QVERIFY(list != nullptr);
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), 3);
    QAccessibleInterface* lane = list->child(1);
    QVERIFY(lane != nullptr);
    QCOMPARE(list->child(1), lane);
    QCOMPARE(list->indexOfChild(lane), 1);
    const QString text = lane->text(QAccessible::Name);
    QVERIFY2(text.contains(QStringLiteral("daemon")) && text.contains(QStringLiteral("killed by SIGTERM")),
        qPrintable(text));
    stage.state.setTime(stage.at(1));
    QVERIFY(lane->text(QAccessible::Name).contains(QStringLiteral("running")));
    QVERIFY(lane->rect().contains(stage.lanes->mapToGlobal(stage.point(1, 2))));
    const QPoint on = stage.lanes->mapToGlobal(stage.point(1, 2));
    QCOMPARE(list->childAt(on.x(), on.y()), lane);
    lane->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(1));
    QCOMPARE(list->child(3), nullptr);
}

void TimelineViewTest::manyLanesAreSeenAtOnce()
{
    Stage stage(hundredAndSixty, Theme::light(), QSize(1400, 900));
    QVERIFY(stage.lanes->laneHeight() >= 3);
    QCOMPARE(stage.lanes->greatestScroll(), 0.0);
    int killed = 0;
    for (ProcessIndex process = 0; process < 160; ++process) {
        const TimelineLane& lane = stage.view->lanes().of(process);
        QCOMPARE(stage.lanes->rowOf(process).intersects(QRectF(stage.lanes->rect())), true);
        if (lane.end == LaneEnd::Killed) {
            ++killed;
            const QPoint end = stage.point(process, static_cast<double>(lane.endedNs) * 1e-9);
            QVERIFY(stage.count(Theme::light().kill, QRect(end - QPoint(3, 1), QSize(7, 2))) > 0);
        }
    }
    QVERIFY(killed > 10);
}

void TimelineViewTest::pixelLanes()
{
    const Theme& look = Theme::light();
    Stage stage(manyThousand, look);
    QVERIFY(LaneSize{stage.lanes->laneHeight()}.aggregated());
    const QRect plot(static_cast<int>(stage.lanes->viewport().scale.left), 30, 1000, stage.lanes->height() - 30);
    QVERIFY(stage.count(look.kill, plot) > 20);
    // Selecting, seeking and scrolling work as with great lanes.
    QTest::keyClick(stage.lanes, Qt::Key_End);
    QCOMPARE(stage.view->lanes().laneOf(*stage.state.selection()), stage.view->lanes().size() - 1);
    stage.lanes->setLaneHeight(26);
    QTest::keyClick(stage.lanes, Qt::Key_End);
    QCOMPARE(stage.lanes->scroll(), stage.lanes->greatestScroll());
    QVERIFY(stage.lanes->rowOf(*stage.state.selection()).bottom() <= stage.lanes->height() + 0.5);
}

void TimelineViewTest::anotherRecording()
{
    Stage stage(stories::writeTeaching);
    stage.state.select(2);
    const std::string other = stage.folder.filePath(QStringLiteral("other.dscope")).toStdString();
    stories::record(other, stories::writeOddities);
    stage.state.reset();
    QVERIFY(stage.feed.open(other).ok());
    QCOMPARE(stage.view->lanes().size(), 0);
    stage.view->grab();
    stage.feed.readAll();
    QCOMPARE(stage.view->lanes().size(), 6);
    stage.feed.close();
    QCOMPARE(stage.view->lanes().size(), 0);
    stage.view->grab();
}

void TimelineViewTest::oddStoryIsPainted()
{
    Stage stage(stories::writeOddities, Theme::darkTheme(), QSize(1200, 520));
    for (int step = 0; step <= 34; ++step) {
        stage.state.setTime(stage.at(step * 0.1));
        stage.view->grab();
    }
    for (const int width : {640, 700, 3000}) {
        stage.view->resize(width, 300);
        stage.view->grab();
    }
    // The orphan's bar is thin after its parent's end: beside its middle line there is ground.
    stage.view->resize(1200, 620);
    stage.state.follow();
    const Theme& look = Theme::darkTheme();
    QCOMPARE(stage.pixel(stage.point(4, 2.4)), look.nonDaemon.bar);
    QVERIFY(stage.pixel(stage.point(4, 2.4) + QPoint(0, 9)) != look.nonDaemon.bar);
    QCOMPARE(stage.pixel(stage.point(4, 0.9) + QPoint(0, 9)), look.nonDaemon.bar);
}

void TimelineViewTest::growsWithTheRecording()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("live.dscope")).toStdString();
    auto opened = RecordingWriter::create(path, true);
    QVERIFY(opened.ok());
    RecordingWriter& writer = *opened.value();
    EventTime clock = std::chrono::hours(1);
    const EventTime start = clock;
    writer.append({clock, {}, Witness::Recorder, payload::RecordingStarted{}});
    RecordingFeed feed([&clock] { return clock; }, nullptr);
    ViewState state;
    TimelineView view(feed, state, Theme::light(), nullptr);
    QObject::connect(&feed, &RecordingFeed::changed, &state, [&] { state.setLatest(feed.now()); });
    QObject::connect(&feed, &RecordingFeed::timePassed, &state, [&] { state.setLatest(feed.now()); });
    QVERIFY(feed.open(path).ok());
    view.resize(1200, 420);
    view.show();
    LaneOverlay& lanes = *view.overlay();
    constexpr int kProcesses = 40;
    TimelineRange last{0, 0};
    int steps = 0;
    for (int i = 0; i < kProcesses; ++i) {
        const ProcessId process{100 + i, static_cast<std::uint32_t>(i)};
        const std::optional<ProcessId> parent =
            i == 0 ? std::nullopt : std::optional(ProcessId{100 + i / 4, static_cast<std::uint32_t>(i / 4)});
        writer.append({clock, process, Witness::Kernel, payload::Born{parent, payload::Born::How::Fork, 0}});
        feed.readAll();
        QCOMPARE(view.lanes().size(), i + 1);
        clock += std::chrono::milliseconds(200);
        feed.readAll(); // time passes without an event
        QVERIFY(feed.growing());
        QCOMPARE(state.time(), clock);
        // The bars reach the cursor, the cursor is in the plot, and the axis does not move on every batch.
        const TimelineViewport seen = lanes.viewport();
        QVERIFY(
            seen.scale.x(static_cast<double>((clock - start).count()) * 1e-9) <= seen.scale.left + seen.scale.width);
        steps += seen.scale.range.end != last.end ? 1 : 0;
        last = seen.scale.range;
        view.grab();
    }
    QVERIFY2(steps < kProcesses / 2, qPrintable(QString::number(steps)));
    // Zoomed in and following, the stretch moves on with the cursor.
    lanes.setRange({6, 9});
    clock += std::chrono::seconds(3);
    feed.readAll();
    QVERIFY(lanes.range().end >= static_cast<double>((clock - start).count()) * 1e-9);
    QVERIFY(std::abs(lanes.range().span() - 3) < 0.01);
}

int main(int argc, char** argv)
{
    return runOnStage<TimelineViewTest>(argc, argv);
}
#include "tst_timelineview.moc"
