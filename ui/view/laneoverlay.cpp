// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/laneoverlay.h"

#include "ui/model/timelinetext.h"
#include "ui/theme/theme.h"
#include "ui/view/laneaccessible.h"
#include "ui/view/lanepainter.h"

#include <QFocusEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {

/// Right of the last end so much room is kept for what is written there, with and without names.
constexpr double kRoomForText = 290;
constexpr double kRoomForMarks = 24;
constexpr double kMostOfWidth = 0.24;

/// While a program runs the axis grows by steps, so that the picture stands still in between.
double steppedDuration(double seconds)
{
    constexpr double kStep = 1.2;
    double step = 1;
    while (step < seconds) {
        step *= kStep;
    }
    return step;
}

} // namespace

LaneOverlay::LaneOverlay(
    const RecordingFeed& feed, ViewState& state, const Theme& theme, const TimelineLanes& lanes, QWidget* parent)
    : QWidget(parent)
    , feed_(feed)
    , state_(state)
    , theme_(theme)
    , lanes_(lanes)
{
    setObjectName(QStringLiteral("timelineLanes"));
    setAccessibleName(tr("Timeline, one lane per process"));
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    installLaneAccessibility();
}

void LaneOverlay::setPlot(double left, double width)
{
    plotLeft_ = left;
    plotWidth_ = std::max(1.0, width);
    update();
}

void LaneOverlay::setAvailableHeight(int available)
{
    available_ = available;
}

int LaneOverlay::wantedHeight() const
{
    const double lanes = std::max(1, lanes_.size()) * laneHeight();
    return static_cast<int>(std::ceil(std::min<double>(available_, kStrip + lanes)));
}

QSize LaneOverlay::minimumSizeHint() const
{
    return {480, static_cast<int>(kStrip) + 3 * space::kNormalLane};
}

double LaneOverlay::laneHeight() const
{
    if (laneHeight_) {
        return *laneHeight_;
    }
    return fittingLaneHeight(std::max(1, lanes_.size()), available_ - kStrip, devicePixelRatioF());
}

TimelineRange LaneOverlay::limits() const
{
    const double now = static_cast<double>((feed_.now() - feed_.tree().start()).count()) * 1e-9;
    const double duration = feed_.growing() ? steppedDuration(now) : now;
    const bool texts = LaneSize{laneHeight()}.names();
    const double room = std::min(texts ? kRoomForText : kRoomForMarks, plotWidth_ * kMostOfWidth);
    return fitRange(duration, plotWidth_, room);
}

TimelineRange LaneOverlay::onGrid(TimelineRange range) const
{
    // Whole device pixels, so that a picture of the lanes can be shifted when the range moves.
    const double column = range.span() / std::max(1.0, std::round(plotWidth_ * devicePixelRatioF()));
    const double begin = std::round(range.begin / column) * column;
    return {begin, begin + range.span()};
}

TimelineRange LaneOverlay::range() const
{
    if (!state_.zoom()) {
        return limits();
    }
    const auto seconds = [this](EventTime time) {
        return static_cast<double>((time - feed_.tree().start()).count()) * 1e-9;
    };
    TimelineRange range{seconds(state_.zoom()->begin), seconds(state_.zoom()->end)};
    if (range.span() < kShortestRange) {
        range.end = range.begin + kShortestRange;
    }
    return onGrid(range);
}

TimelineViewport LaneOverlay::viewport() const
{
    TimelineViewport view;
    view.scale = {range(), plotLeft_, plotWidth_, devicePixelRatioF()};
    view.top = kStrip;
    view.height = height();
    view.scroll = scroll_;
    view.lane.height = laneHeight();
    view.cursorNs = (state_.time() - feed_.tree().start()).count();
    return view;
}

QRectF LaneOverlay::rowOf(ProcessIndex process) const
{
    const int lane = lanes_.laneOf(process);
    if (lane < 0) {
        return {};
    }
    return {0, viewport().laneTop(lane), static_cast<double>(width()), laneHeight()};
}

void LaneOverlay::lanesChanged()
{
    // The story's main events are told once they are many; each batch anew would cost a look at every process.
    constexpr int kOftenUpTo = 2000;
    if (lanes_.size() <= kOftenUpTo || !feed_.growing() || captions_.empty()) {
        captions_ = daemonscope::captions(feed_.tree(), feed_.now());
    }
    setScroll(scroll_);
    Q_EMIT scrollChanged();
    update();
}

double LaneOverlay::greatestScroll() const
{
    return std::max(0.0, lanes_.size() * laneHeight() - (height() - kStrip));
}

void LaneOverlay::setScroll(double scroll)
{
    const double ratio = devicePixelRatioF();
    const double now = std::round(std::clamp(scroll, 0.0, greatestScroll()) * ratio) / ratio;
    if (now != scroll_) {
        scroll_ = now;
        Q_EMIT scrollChanged();
        update();
    }
}

void LaneOverlay::setLaneHeight(std::optional<double> height)
{
    laneHeight_ = height;
    setScroll(scroll_);
    Q_EMIT scrollChanged();
    update();
}

void LaneOverlay::setRange(TimelineRange range)
{
    const TimelineRange whole = limits();
    const TimelineRange wanted = onGrid(pannedRange(range, 0, whole));
    if (wanted.span() >= whole.span() * (1 - 1e-9)) {
        state_.setZoom(std::nullopt);
        return;
    }
    const auto time = [this](double seconds) { return feed_.tree().start() + EventTime(std::llround(seconds * 1e9)); };
    state_.setZoom(TimeRange{time(wanted.begin), time(wanted.end)});
}

void LaneOverlay::fit()
{
    state_.setZoom(std::nullopt);
    setLaneHeight(std::nullopt);
}

void LaneOverlay::focusInEvent(QFocusEvent* event)
{
    // Only those who came by key need to be shown where they are.
    keyboardFocus_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void LaneOverlay::focusOutEvent(QFocusEvent* event)
{
    keyboardFocus_ = false;
    QWidget::focusOutEvent(event);
}

void LaneOverlay::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    setScroll(scroll_);
    Q_EMIT scrollChanged();
}

void LaneOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const TimelineViewport view = viewport();
    const TimelineScene scene = layOut(lanes_, view, width());
    std::vector<double> grid;
    for (const double seconds : tickPositions(view.scale.range, chooseTicks(view.scale.range.span(), 7))) {
        grid.push_back(view.scale.x(seconds));
    }
    const LanePicture picture{feed_.tree(), lanes_, feed_.output(), view, scene, theme_, captions_, state_.selection(),
        state_.filter(), QSizeF(size()), feed_.cutShort()};
    LanePainter lanePainter(painter, picture);
    if (view.lane.aggregated()) {
        paintPixels(painter, view, grid);
    } else {
        lanePainter.paintGround(grid);
        lanePainter.paintBars();
        lanePainter.paintGutter();
        lanePainter.paintArrows();
        lanePainter.coverStrip();
        lanePainter.paintMarks();
    }
    if (!view.lane.names()) {
        paintFamilies(painter, view);
    }
    if (lanes_.size() == 0) {
        painter.setFont(daemonscope::font(Type::Body));
        painter.setPen(theme_.secondaryText);
        painter.drawText(QRectF(rect()), Qt::AlignCenter, tr("No process has been seen yet"));
        return;
    }
    lanePainter.paintCursor(state_.following() && feed_.growing());
    if (keyboardFocus_) {
        painter.setPen(QPen(theme_.selectionLine, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void LaneOverlay::paintPixels(QPainter& painter, const TimelineViewport& view, const std::vector<double>& grid)
{
    painter.fillRect(QRectF(0, 0, width(), height()), theme_.panel);
    const std::int64_t knownNs = (feed_.now() - feed_.tree().start()).count();
    const QImage& picture = raster_.picture(lanes_, view, knownNs, theme_);
    const double ratio = view.scale.devicePixelRatio;
    painter.drawImage(QRectF(plotLeft_, view.top, picture.width() / ratio, picture.height() / ratio), picture,
        QRectF(picture.rect()));
    QColor line = theme_.grid;
    line.setAlphaF(0.5F);
    for (const double x : grid) {
        painter.fillRect(QRectF(std::round(x), view.top, 1, height() - view.top), line);
    }
    // What is after the cursor has not happened yet.
    const double x =
        std::clamp(view.scale.x(static_cast<double>(view.cursorNs) * 1e-9) + 1, plotLeft_, plotLeft_ + plotWidth_);
    QColor veil = theme_.panel;
    veil.setAlphaF(0.85F);
    painter.fillRect(QRectF(x, view.top, plotLeft_ + plotWidth_ - x, height() - view.top), veil);
    if (const auto selected = state_.selection(); selected && lanes_.laneOf(*selected) >= 0) {
        const double y = view.laneTop(lanes_.laneOf(*selected));
        painter.fillRect(QRectF(0, y - 1, plotLeft_, std::max(2.0, view.lane.height + 2)), theme_.selectionLine);
    }
    painter.fillRect(QRectF(plotLeft_ - 1, view.top, 1, height() - view.top), theme_.border);
}

void LaneOverlay::paintFamilies(QPainter& painter, const TimelineViewport& view)
{
    // Too thin for a name each: the heads of families are named where there is room.
    constexpr double kLine = 17;
    constexpr int kLookedAt = 500; // lanes for one name
    const ProcessTree& tree = feed_.tree();
    painter.setFont(daemonscope::font(Type::Secondary));
    const QFontMetricsF metrics(painter.font());
    for (double y = view.top; y + kLine <= height();) {
        const int first = std::max(0, view.laneAt(y));
        const int most = std::min({lanes_.size(), view.laneAt(y + kLine) + 1, first + kLookedAt});
        int lane = first;
        const auto isHead = [&](int index) {
            const TimelineLane& it = lanes_.at(index);
            return view.laneTop(index) + view.lane.height / 2 >= y
                && (it.depth == 0 || (it.depth == 1 && !tree.children(it.process).empty()));
        };
        while (lane < most && !isHead(lane)) {
            ++lane;
        }
        if (lane >= most) {
            y += kLine;
            continue;
        }
        const ProcessIndex head = lanes_.at(lane).process;
        const double middle = view.laneTop(lane) + view.lane.height / 2;
        const double top = std::max(middle - kLine / 2, y);
        y = top + kLine;
        const double left = 14 + 14 * std::min(3, lanes_.of(head).depth);
        const double room = plotLeft_ - 14 - left;
        painter.setPen(tree.at(head).born <= state_.time() ? theme_.secondaryText : theme_.border);
        const QString text = metrics.elidedText(timelinetext::name(tree, head), Qt::ElideMiddle, room);
        painter.drawText(QRectF(left, top, room, kLine), Qt::AlignVCenter, text);
        painter.fillRect(QRectF(plotLeft_ - 7, std::round(middle), 6, 1), theme_.border);
    }
}

} // namespace daemonscope
