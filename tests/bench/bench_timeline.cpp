// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline costs in the GUI thread, as ratios within one run: against filling a rectangle of the same size,
// and against Qt Charts with one series per process for 300 processes only. Prints lines of "name ratio"; asserts
// nothing.
//
// bench_timeline [LANES …]   (default: 1000 100000)
#include "timelinestories.h"

#include "ui/model/recordingfeed.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/laneoverlay.h"
#include "ui/view/timelineview.h"

#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QLineSeries>
#include <QPainter>
#include <QTemporaryDir>
#include <QValueAxis>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

using namespace daemonscope;

namespace {

constexpr int kFrames = 15;

double threadMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

/// The median CPU time of this thread for one frame, after one frame that is not counted.
double median(const std::function<void(int)>& frame)
{
    std::vector<double> costs;
    for (int i = 0; i <= kFrames; ++i) {
        const double begin = threadMilliseconds();
        frame(i);
        costs.push_back(threadMilliseconds() - begin);
    }
    costs.erase(costs.begin());
    std::nth_element(costs.begin(), costs.begin() + kFrames / 2, costs.end());
    return costs[kFrames / 2];
}

void settle()
{
    for (int i = 0; i < 5; ++i) {
        QApplication::processEvents();
    }
}

struct Yardstick {
    double fill = 1;
    double seriesRepaint = 1;
    double seriesPan = 1;
};

Yardstick measureYardstick(QSize size)
{
    Yardstick yardstick;
    QImage image(size, QImage::Format_RGB32);
    yardstick.fill = median([&image](int i) {
        QPainter painter(&image);
        painter.fillRect(image.rect(), QColor::fromHsv(i * 7 % 360, 90, 200));
    });
    QChartView view;
    auto* time = new QValueAxis;
    auto* lane = new QValueAxis;
    view.chart()->addAxis(time, Qt::AlignBottom);
    view.chart()->addAxis(lane, Qt::AlignLeft);
    constexpr int kSeries = 300;
    for (int i = 0; i < kSeries; ++i) {
        auto* series = new QLineSeries;
        series->append(i * 0.3, i);
        series->append(i * 0.3 + 12, i);
        view.chart()->addSeries(series);
        series->attachAxis(time);
        series->attachAxis(lane);
    }
    view.chart()->legend()->hide();
    time->setRange(0, 100);
    lane->setRange(0, kSeries);
    view.resize(size);
    view.show();
    settle();
    yardstick.seriesRepaint = median([&view](int) { view.viewport()->repaint(); });
    yardstick.seriesPan = median([time](int i) {
        time->setRange(i * 0.1, 100 + i * 0.1);
        QApplication::processEvents();
    });
    return yardstick;
}

void say(int lanes, const char* what, double cost, double yardstick)
{
    std::printf("timeline/%d/%s %.3f\n", lanes, what, cost / yardstick);
    std::fflush(stdout);
}

void measure(int lanes)
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("families.dscope")).toStdString();
    stories::record(
        path, [lanes](RecordingWriter& writer) { stories::writeFamilies(writer, lanes, 7, lanes > 10000 ? 0 : 10); });
    RecordingFeed feed;
    if (!feed.open(path).ok()) {
        std::fprintf(stderr, "bench_timeline: cannot open its own recording\n");
        std::exit(1);
    }
    ViewState state;
    TimelineView view(feed, state, Theme::light(), nullptr);
    feed.readAll();
    state.setLatest(feed.now());
    view.resize(1600, 900);
    view.show();
    settle();
    LaneOverlay& overlay = *view.overlay();
    const Yardstick yardstick = measureYardstick(overlay.size());

    const auto pan = [&](int i) {
        const TimelineRange range = overlay.range();
        overlay.setRange(
            pannedRange(range, (i % 2 == 0 ? 12 : -12) * overlay.viewport().scale.secondsPerPixel(), {0, 1e9}));
        QApplication::processEvents();
    };
    const auto all = [&](const char* repaint, const char* panTime, const char* zoomTime, const char* seek) {
        say(lanes, repaint, median([&](int) { overlay.repaint(); }), yardstick.fill);
        const TimelineRange whole = overlay.range();
        overlay.setRange({whole.span() * 0.3, whole.span() * 0.6});
        settle();
        say(lanes, panTime, median(pan), yardstick.seriesPan);
        say(lanes, zoomTime, median([&](int i) {
            const TimelineRange range = overlay.range();
            overlay.setRange(zoomedRange(range, (range.begin + range.end) / 2, i % 2 == 0 ? 0.8 : 1.25, whole));
            QApplication::processEvents();
        }),
            yardstick.seriesPan);
        say(lanes, seek, median([&](int i) {
            state.setTime(feed.tree().start() + (feed.now() - feed.tree().start()) * (20 + i) / 50);
            QApplication::processEvents();
        }),
            yardstick.seriesRepaint);
        state.follow();
        state.setZoom(std::nullopt);
        settle();
    };
    all("all-lanes/repaint-per-fill", "all-lanes/pan-per-300-series-pan", "all-lanes/zoom-per-300-series-pan",
        "all-lanes/seek-per-300-series-repaint");
    overlay.setLaneHeight(26);
    overlay.setScroll(overlay.greatestScroll() / 2);
    settle();
    all("26px/repaint-per-fill", "26px/pan-per-300-series-pan", "26px/zoom-per-300-series-pan",
        "26px/seek-per-300-series-repaint");
    say(lanes, "26px/scroll-per-fill", median([&](int i) {
        overlay.setScroll(overlay.greatestScroll() / 2 + 26 * i);
        overlay.repaint();
    }),
        yardstick.fill);
    overlay.setLaneHeight(3);
    settle();
    say(lanes, "3px/repaint-per-fill", median([&](int) { overlay.repaint(); }), yardstick.fill);
    TimelineLanes anew;
    say(lanes, "rebuild-lanes-per-fill", median([&](int) { anew.rebuild(feed.tree()); }), yardstick.fill);
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    QStringList counts = QApplication::arguments().mid(1);
    if (counts.isEmpty()) {
        counts = QStringList{QStringLiteral("1000"), QStringLiteral("100000")};
    }
    for (const QString& count : counts) {
        measure(std::max(1, count.toInt()));
    }
    return 0;
}
