// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/timelinelanes.h"
#include "ui/model/timelinescale.h"

#include <QChartView>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace daemonscope {

struct Theme;

/// The strip of how many processes live: a step line over time with a filled ground.
class LiveCountChart : public QChartView {
    Q_OBJECT
public:
    LiveCountChart(const Theme& theme, QWidget* parent);

    /// The plot's left edge and width in this widget; the height follows the widget.
    void setPlot(double left, double width);
    void setRange(TimelineRange range);
    /// The steps until `nowSeconds`; the line ends there.
    void setCounts(const std::vector<LiveCount>& counts, double nowSeconds);
    /// The count at the end of the line.
    [[nodiscard]] int current() const { return current_; }
    /// The time in seconds until which the line is drawn.
    [[nodiscard]] double shownUntil() const { return shownUntil_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void place();

    QLineSeries* line_ = nullptr;
    QAreaSeries* area_ = nullptr;
    QValueAxis* time_ = nullptr;
    QValueAxis* count_ = nullptr;
    double left_ = 0;
    double width_ = 1;
    std::vector<LiveCount> shown_; ///< what the line was made of
    double shownUntil_ = -1;
    int current_ = 0;
};

/// The axis in seconds since the start that the lanes stand over. The lanes themselves are drawn by a LaneOverlay that
/// covers the whole plot, so Qt Charts draws the axis only.
class LaneAxisChart : public QChartView {
    Q_OBJECT
public:
    LaneAxisChart(const Theme& theme, QWidget* parent);

    void setPlot(double left, double width);
    void setRange(TimelineRange range);

    /// Height of the labels below the plot.
    static constexpr int kLabels = 26;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void place();

    QValueAxis* time_ = nullptr;
    double left_ = 0;
    double width_ = 1;
};

} // namespace daemonscope
