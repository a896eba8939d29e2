// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/captions.h"
#include "ui/model/recordingfeed.h"
#include "ui/model/timelinelayout.h"
#include "ui/model/viewstate.h"
#include "ui/view/laneraster.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace daemonscope {

struct Theme;

/// All lanes of the timeline in one opaque widget over the plot of a chart: bars, marks, arrows, names and the time
/// cursor, from teaching size down to pixels. Seeks, selects and zooms through the ViewState; keeps only how high lanes
/// are and how far they are scrolled.
///
/// Mouse: a click in the gutter selects; a click or drag in the plot moves the time cursor, and the click selects the
/// lane, too. The middle button pans. Wheel: scrolls the lanes, or zooms where there is nothing to scroll; with Ctrl
/// zooms in time, with Shift pans, with Ctrl and Shift makes lanes higher or thinner.
/// Keys: Up, Down, Home, End lane; Left, Right, A, D pan; +, -, W, S zoom; [ ] lane height; PageUp, PageDown scroll; F
/// fit; Escape whole time; L follow; Enter show output.
class LaneOverlay : public QWidget {
    Q_OBJECT
public:
    LaneOverlay(
        const RecordingFeed& feed, ViewState& state, const Theme& theme, const TimelineLanes& lanes, QWidget* parent);

    /// Where the plot lies in this widget; the chart's plot area is the same.
    void setPlot(double left, double width);
    /// How high this widget can be at most; how high it wants to be: no higher than its lanes.
    void setAvailableHeight(int available);
    [[nodiscard]] int wantedHeight() const;
    /// What is seen now; the axes show the same range.
    [[nodiscard]] TimelineViewport viewport() const;
    [[nodiscard]] TimelineRange range() const;
    [[nodiscard]] const TimelineLanes& lanes() const { return lanes_; }
    [[nodiscard]] const ProcessTree& tree() const { return feed_.tree(); }
    [[nodiscard]] EventTime cursor() const { return state_.time(); }
    [[nodiscard]] const std::vector<Caption>& captions() const { return captions_; }
    /// The row of a process in this widget, empty if it has none; may lie outside of what is seen.
    [[nodiscard]] QRectF rowOf(ProcessIndex process) const;

    /// After the lanes changed: looks at what they are now.
    void lanesChanged();

    [[nodiscard]] double scroll() const { return scroll_; }
    /// How far the lanes can be scrolled.
    [[nodiscard]] double greatestScroll() const;
    void setScroll(double scroll);
    /// The lanes' height; none: as high as fits.
    void setLaneHeight(std::optional<double> height);
    [[nodiscard]] double laneHeight() const;
    /// Shows this stretch of time, as far as there is something to show.
    void setRange(TimelineRange range);
    /// All lanes and all of the time.
    void fit();
    void selectLane(int lane);

    [[nodiscard]] QSize minimumSizeHint() const override;

    /// The strip above the lanes that the cursor's handle stands in.
    static constexpr double kStrip = 28;

Q_SIGNALS:
    /// Scroll position, lane height or number of lanes is another one.
    void scrollChanged();
    /// Enter was pressed, or a lane was double-clicked: the person wants to see what the process printed.
    void outputRequested(daemonscope::ProcessIndex process);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] TimelineRange limits() const;
    [[nodiscard]] TimelineRange onGrid(TimelineRange range) const;
    void paintPixels(QPainter& painter, const TimelineViewport& view, const std::vector<double>& grid);
    void paintFamilies(QPainter& painter, const TimelineViewport& view);
    void seekTo(double x);
    void panBy(double pixels);
    void zoomBy(double factor, double x);
    void stepLaneHeight(int steps, double y);
    void revealLane(int lane);
    void announceFocus(int lane);
    bool showToolTip(QPoint position, QPoint global);

    const RecordingFeed& feed_;
    ViewState& state_;
    const Theme& theme_;
    const TimelineLanes& lanes_;
    LaneRaster raster_;
    std::vector<Caption> captions_;
    double plotLeft_ = 0;
    double plotWidth_ = 1;
    int available_ = 200;
    double scroll_ = 0;
    std::optional<double> laneHeight_;
    enum class Drag { None, Seek, Pan };
    Drag drag_ = Drag::None;
    QPointF dragFrom_;
    bool keyboardFocus_ = false;
};

} // namespace daemonscope
