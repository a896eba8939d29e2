// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/timelineview.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/laneoverlay.h"
#include "ui/view/timelinecaptions.h"
#include "ui/view/timelinecharts.h"
#include "ui/view/timelinelegend.h"

#include <QLabel>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr int kLiveStripHeight = space::kLiveStrip + 14; ///< with half a label above and below
constexpr int kRightMargin = 24;                         ///< of the plot: half of the last label, the scroll bar
constexpr int kEdge = 1;                                 ///< the panel's hairline
constexpr int kTeachingLanes = 8;                        ///< so many lanes get their full height from sizeHint()
} // namespace

TimelineView::TimelineView(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , feed_(feed)
    , state_(state)
    , theme_(theme)
{
    setObjectName(QStringLiteral("timeline"));
    setAccessibleName(tr("Timeline"));
    legend_ = new TimelineLegend(theme, this);
    liveCount_ = new LiveCountChart(theme, this);
    axis_ = new LaneAxisChart(theme, this);
    overlay_ = new LaneOverlay(feed, state, theme, lanes_, axis_->viewport());
    setFocusProxy(overlay_);
    scrollBar_ = new QScrollBar(Qt::Vertical, this);
    scrollBar_->setObjectName(QStringLiteral("timelineScroll"));
    scrollBar_->setAccessibleName(tr("Scroll the lanes"));
    captions_ = new TimelineCaptions(theme, this);
    liveLabel_ = new QLabel(this);
    liveLabel_->setObjectName(QStringLiteral("timelineLiveLabel"));
    liveLabel_->setTextFormat(Qt::PlainText);
    liveLabel_->setFont(daemonscope::font(Type::Secondary));
    QPalette colours = liveLabel_->palette();
    colours.setColor(QPalette::WindowText, theme.secondaryText);
    liveLabel_->setPalette(colours);

    connect(&feed, &RecordingFeed::wasReset, this, &TimelineView::rebuild);
    connect(&feed, &RecordingFeed::changed, this, &TimelineView::takeBatch);
    connect(&feed, &RecordingFeed::timePassed, this, [this] {
        // While the cursor follows, its own move is told too.
        if (!state_.following())
            refreshTime();
    });
    connect(&feed, &RecordingFeed::finished, this, &TimelineView::refreshContent);
    connect(&feed, &RecordingFeed::abandoned, this, &TimelineView::refreshContent);
    connect(&feed, &RecordingFeed::damaged, this, &TimelineView::refreshContent);
    connect(&state, &ViewState::timeChanged, this, [this] {
        // Live without an event only the open bars and the cursor grow.
        if (feed_.growing() && state_.following() && std::min(shownAt_, state_.time()) >= feed_.tree().latest())
            refreshIdle();
        else
            refreshTime();
    });
    connect(&state, &ViewState::zoomChanged, this, &TimelineView::refreshRange);
    connect(&state, &ViewState::selectionChanged, overlay_, qOverload<>(&QWidget::update));
    connect(&state, &ViewState::filterChanged, overlay_, qOverload<>(&QWidget::update));
    connect(overlay_, &LaneOverlay::scrollChanged, this, &TimelineView::refreshScroll);
    connect(overlay_, &LaneOverlay::outputRequested, this, &TimelineView::outputRequested);
    connect(scrollBar_, &QScrollBar::valueChanged, overlay_, [this](int value) { overlay_->setScroll(value); });
    connect(captions_, &TimelineCaptions::chosen, this, [this](const Caption& caption) {
        state_.select(caption.process);
        state_.setTime(caption.time);
    });
    rebuild();
}

QSize TimelineView::minimumSizeHint() const
{
    return {
        640, space::kPanelHeader + kLiveStripHeight + overlay_->minimumSizeHint().height() + LaneAxisChart::kLabels};
}

QSize TimelineView::sizeHint() const
{
    const int lanes = std::clamp(lanes_.size(), 3, kTeachingLanes);
    const int frame = space::kPanelHeader + TimelineLegend::kLine + kLiveStripHeight + LaneAxisChart::kLabels;
    const int laneHeight = lanes <= 4 ? space::kTeachingLane : 44;
    return {1100, frame + static_cast<int>(LaneOverlay::kStrip) + lanes * laneHeight + captions_->heightFor(1100)};
}

double TimelineView::nowSeconds() const
{
    return static_cast<double>((state_.time() - feed_.tree().start()).count()) * 1e-9;
}

void TimelineView::rebuild()
{
    lanes_.rebuild(feed_.tree());
    overlay_->setLaneHeight(std::nullopt);
    refreshContent();
}

void TimelineView::takeBatch(const ProcessTree::Changes& changes)
{
    lanes_.update(feed_.tree(), changes);
    refreshContent();
}

void TimelineView::refreshContent()
{
    // Counting anew costs a sort of all births and ends: of very many not for every batch.
    constexpr int kCountedEachBatch = 10000;
    constexpr int kBatches = 8;
    if (lanes_.size() <= kCountedEachBatch || !feed_.growing() || ++uncountedBatches_ >= kBatches) {
        counts_ = liveCounts(lanes_, (feed_.now() - feed_.tree().start()).count());
        uncountedBatches_ = 0;
    }
    overlay_->lanesChanged();
    captions_->setCaptions(overlay_->captions(), feed_.tree().start());
    place();
    refreshTime();
}

void TimelineView::refreshTime()
{
    keepCursorInView();
    shownAt_ = state_.time();
    captions_->setCursorTime(state_.time());
    refreshRange();
    refreshLiveCount();
    refreshLegend();
}

void TimelineView::refreshIdle()
{
    keepCursorInView();
    shownAt_ = state_.time();
    refreshRange();
    // The count is only a longer line, which is laid out anew each time: each pixel is enough.
    const TimelineRange range = overlay_->range();
    if ((nowSeconds() - liveCount_->shownUntil()) * width() >= range.span())
        refreshLiveCount();
}

void TimelineView::keepCursorInView()
{
    if (!state_.following() || !feed_.growing() || !state_.zoom() || state_.time() <= state_.zoom()->end) {
        return;
    }
    constexpr double kFromRight = 0.1; // of the range: some room, so that it does not move on each batch
    const TimelineRange range = overlay_->range();
    overlay_->setRange(
        pannedRange(range, nowSeconds() - range.end + range.span() * kFromRight, {0, nowSeconds() * 2 + 1}));
}

void TimelineView::refreshRange()
{
    const TimelineRange range = overlay_->range();
    axis_->setRange(range);
    liveCount_->setRange(range);
    overlay_->update();
}

void TimelineView::refreshLiveCount()
{
    liveCount_->setCounts(counts_, nowSeconds());
    liveLabel_->setText(feed_.cutShort()
                && nowSeconds() * 1e9 >= static_cast<double>((feed_.tree().latest() - feed_.tree().start()).count())
            ? tr("live processes: not known")
            : tr("live processes: %1").arg(liveCount_->current()));
}

void TimelineView::refreshLegend()
{
    // What the legend explains depends on how high lanes are, and how high they can be on the legend's lines: one
    // round is enough, an endless one would be possible.
    if (placing_) {
        return;
    }
    bool toStdout = false;
    bool toStderr = false;
    if (LaneSize{overlay_->laneHeight()}.names()) {
        for (const Process& process : feed_.tree().processes()) {
            if (process.foldedInto) {
                continue;
            }
            toStdout = toStdout || process.stdoutBytes > 0;
            toStderr = toStderr || process.stderrBytes > 0;
        }
    }
    LaneMarks marks = lanes_.marks();
    const LaneSize size{overlay_->laneHeight()};
    marks.waitedFor = marks.waitedFor && size.names();
    marks.killArrow = marks.killArrow && !size.aggregated();
    if (!size.endMarks()) {
        marks.finished = marks.failed = marks.unknown = false;
    }
    if (!size.outlines()) {
        marks.orphaned = false;
    }
    const bool later = !state_.following() && state_.time() < feed_.now();
    if (legend_->setMarks(legendMarks(marks, toStdout, toStderr, later))) {
        place();
    }
    QString subtitle = tr("one lane per process, seconds since the start");
    const double greatest = overlay_->greatestScroll();
    if (lanes_.size() > kTeachingLanes) {
        subtitle = tr("%1 processes").arg(lanes_.size());
    }
    if (greatest > 0) {
        const int first = static_cast<int>(std::ceil(overlay_->scroll() / overlay_->laneHeight())) + 1;
        const double seen = overlay_->height() - LaneOverlay::kStrip;
        const int last = static_cast<int>(std::floor((overlay_->scroll() + seen) / overlay_->laneHeight()));
        subtitle = tr("lanes %1 to %2 of %3").arg(first).arg(std::min(last, lanes_.size())).arg(lanes_.size());
    }
    if (subtitle != subtitle_) {
        subtitle_ = subtitle;
        update();
    }
}

void TimelineView::refreshScroll()
{
    if (overlay_->height() != overlay_->wantedHeight()) {
        place();
    }
    const QSignalBlocker blocker(scrollBar_);
    scrollBar_->setRange(0, static_cast<int>(std::ceil(overlay_->greatestScroll())));
    scrollBar_->setPageStep(std::max(1, overlay_->height() - static_cast<int>(LaneOverlay::kStrip)));
    scrollBar_->setSingleStep(std::max(1, static_cast<int>(overlay_->laneHeight())));
    scrollBar_->setValue(static_cast<int>(std::lround(overlay_->scroll())));
    scrollBar_->setVisible(overlay_->greatestScroll() > 0);
    refreshRange();
    refreshLegend();
}

void TimelineView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    place();
    refreshRange();
    refreshLegend();
}

void TimelineView::place()
{
    const QScopedValueRollback placing(placing_, true);
    // The legend stands in the header as far as there is room beside title and subtitle, else below.
    constexpr int kTitleRoom = 390;
    const int inner = width() - 2 * kEdge;
    const bool beside = legend_->naturalWidth() <= inner - kTitleRoom - 16;
    const int legendWidth = beside ? legend_->naturalWidth() : inner - 28;
    const int legendHeight = TimelineLegend::kLine * legend_->linesFor(legendWidth);
    legend_->setGeometry(width() - 14 - legendWidth, beside ? 7 : space::kPanelHeader - 4, legendWidth, legendHeight);
    int y = beside ? space::kPanelHeader : space::kPanelHeader - 4 + legendHeight;

    const int plotWidth = std::max(1, inner - space::kGutter - kRightMargin);
    liveCount_->setGeometry(kEdge, y, inner, kLiveStripHeight);
    liveCount_->setPlot(space::kGutter, plotWidth);
    liveLabel_->setGeometry(kEdge + 14, y, space::kGutter - 60, kLiveStripHeight);
    y += kLiveStripHeight;

    // In a low panel the lanes come first: of the captions one line stays.
    constexpr int kFewLanes = static_cast<int>(LaneOverlay::kStrip) + 5 * space::kNormalLane;
    int captionHeight = captions_->heightFor(inner);
    if (height() - y - captionHeight - LaneAxisChart::kLabels < kFewLanes) {
        captionHeight = std::min(captionHeight, captions_->lineHeight());
    }
    const int below = captionHeight > 0 ? captionHeight + 8 : space::kPaneRadius; // the charts' ground is square
    overlay_->setPlot(space::kGutter, plotWidth);
    overlay_->setAvailableHeight(std::max(1, height() - y - below - LaneAxisChart::kLabels));
    const int axisHeight = overlay_->wantedHeight() + LaneAxisChart::kLabels;
    axis_->setGeometry(kEdge, y, inner, axisHeight);
    axis_->setPlot(space::kGutter, plotWidth);
    overlay_->setGeometry(0, 0, inner, axisHeight - LaneAxisChart::kLabels);
    captions_->setGeometry(kEdge, y + axisHeight + 2, inner, captionHeight);
    constexpr int kBar = 12;
    scrollBar_->setGeometry(width() - kEdge - kBar, y + static_cast<int>(LaneOverlay::kStrip), kBar,
        std::max(1, axisHeight - LaneAxisChart::kLabels - static_cast<int>(LaneOverlay::kStrip)));
    scrollBar_->raise();
}

void TimelineView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintPanelFrame(painter, QRectF(rect()), tr("Timeline"), subtitle_, theme_);
}

} // namespace daemonscope
