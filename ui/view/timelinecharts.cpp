// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/timelinecharts.h"

#include "ui/theme/theme.h"

#include <QAreaSeries>
#include <QChart>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>

namespace daemonscope {

namespace {

constexpr int kMostTicks = 7;
constexpr double kStripTop = 8;     ///< above the live count's plot: half of the upper label
constexpr double kStripBottom = 12; ///< below it

/// The ground is opaque and the view is painted whole: of what the charts erase themselves, labels would stay behind.
void makeBare(QChartView& view, const Theme& theme)
{
    QChart* chart = view.chart();
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->setBackgroundVisible(false);
    chart->setBackgroundRoundness(0);
    chart->setPlotAreaBackgroundVisible(false);
    chart->setAnimationOptions(QChart::NoAnimation);
    chart->legend()->hide();
    view.setFrameShape(QFrame::NoFrame);
    view.setRenderHint(QPainter::Antialiasing, false);
    view.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view.setFocusPolicy(Qt::NoFocus);
    view.setBackgroundBrush(theme.panel);
    view.setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
}

/// Without waiting for the event loop: a picture may be taken before it turns, and a plot area that is set while an
/// earlier layout is still pending would otherwise keep the earlier size.
void setPlotAreaNow(QChart& chart, const QRectF& area)
{
    chart.setPlotArea(area);
    chart.layout()->invalidate();
    chart.layout()->activate();
}

QValueAxis* makeAxis(QChart* chart, Qt::Alignment alignment, const Theme& theme)
{
    auto* axis = new QValueAxis(chart);
    axis->setLabelsFont(font(Type::Axis));
    axis->setLabelsColor(theme.secondaryText);
    axis->setLinePen(QPen(theme.border, 1));
    axis->setGridLinePen(QPen(theme.grid, 1));
    axis->setTruncateLabels(false);
    axis->setMinorGridLineVisible(false);
    chart->addAxis(axis, alignment);
    return axis;
}

/// The ticks first, then the range: a range that is long for the old interval would be filled with thousands of ticks.
void setTimeRange(QValueAxis* axis, TimelineRange range)
{
    if (axis->min() == range.begin && axis->max() == range.end) {
        return;
    }
    const TimelineTicks ticks = chooseTicks(range.span(), kMostTicks);
    axis->setLabelFormat(QStringLiteral("%.%1f s").arg(ticks.decimals));
    if (ticks.interval > axis->tickInterval()) {
        axis->setTickInterval(ticks.interval);
        axis->setRange(range.begin, range.end);
    } else {
        axis->setRange(range.begin, range.end);
        axis->setTickInterval(ticks.interval);
    }
}

} // namespace

LiveCountChart::LiveCountChart(const Theme& theme, QWidget* parent)
    : QChartView(parent)
{
    makeBare(*this, theme);
    setObjectName(QStringLiteral("timelineLiveCount"));
    setAccessibleName(tr("Live processes over time"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    line_ = new QLineSeries(this);
    area_ = new QAreaSeries(line_);
    QColor fill = theme.secondaryText;
    fill.setAlphaF(0.22F);
    area_->setBrush(fill);
    area_->setPen(QPen(theme.secondaryText, 1.5));
    chart()->addSeries(area_);
    time_ = makeAxis(chart(), Qt::AlignBottom, theme);
    time_->setLabelsVisible(false);
    time_->setTickType(QValueAxis::TicksDynamic);
    time_->setTickAnchor(0);
    count_ = makeAxis(chart(), Qt::AlignLeft, theme);
    count_->setLabelFormat(QStringLiteral("%.0f"));
    count_->setTickCount(2);
    count_->setRange(0, 1);
    area_->attachAxis(time_);
    area_->attachAxis(count_);
}

void LiveCountChart::setPlot(double left, double width)
{
    left_ = left;
    width_ = width;
    place();
}

void LiveCountChart::place()
{
    setPlotAreaNow(*chart(), QRectF(left_, kStripTop, width_, std::max(1.0, height() - kStripTop - kStripBottom)));
}

void LiveCountChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    place();
}

void LiveCountChart::setRange(TimelineRange range)
{
    setTimeRange(time_, range);
}

void LiveCountChart::setCounts(const std::vector<LiveCount>& counts, double nowSeconds)
{
    if (nowSeconds == shownUntil_ && counts == shown_) {
        return; // a replaced line is laid out anew, which costs more than this look
    }
    shown_ = counts;
    shownUntil_ = nowSeconds;
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(counts.size()) * 2 + 2);
    int most = 1;
    current_ = 0;
    for (const LiveCount& step : counts) {
        most = std::max(most, step.count);
        if (step.seconds > nowSeconds) {
            continue;
        }
        points.append(QPointF(step.seconds, current_));
        points.append(QPointF(step.seconds, step.count));
        current_ = step.count;
    }
    points.append(QPointF(nowSeconds, current_));
    points.append(QPointF(nowSeconds, 0));
    line_->replace(points);
    count_->setRange(0, most);
}

LaneAxisChart::LaneAxisChart(const Theme& theme, QWidget* parent)
    : QChartView(parent)
{
    makeBare(*this, theme);
    setObjectName(QStringLiteral("timelineAxis"));
    setAccessibleName(tr("Seconds since the start"));
    auto* reference = new QLineSeries(this);
    reference->append(0, 0);
    reference->append(1, 1);
    reference->setVisible(false);
    chart()->addSeries(reference);
    time_ = makeAxis(chart(), Qt::AlignBottom, theme);
    time_->setTickType(QValueAxis::TicksDynamic);
    time_->setTickAnchor(0);
    QValueAxis* lanes = makeAxis(chart(), Qt::AlignLeft, theme);
    lanes->setRange(0, 1);
    lanes->setVisible(false);
    reference->attachAxis(time_);
    reference->attachAxis(lanes);
}

void LaneAxisChart::setPlot(double left, double width)
{
    left_ = left;
    width_ = width;
    place();
}

void LaneAxisChart::place()
{
    setPlotAreaNow(*chart(), QRectF(left_, 0, width_, std::max(1, height() - kLabels)));
}

void LaneAxisChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    place();
}

void LaneAxisChart::setRange(TimelineRange range)
{
    setTimeRange(time_, range);
}

} // namespace daemonscope
