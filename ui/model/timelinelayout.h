// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/timelinelanes.h"
#include "ui/model/timelinescale.h"

#include <QRectF>

#include <functional>
#include <optional>
#include <vector>

namespace daemonscope {

/// How high lanes are drawn, and what of them there is room for (levels of detail).
struct LaneSize {
    double height = 26; ///< device independent pixels; below one device pixel several lanes share a row

    [[nodiscard]] double barHeight() const;
    [[nodiscard]] bool twoLines() const { return height >= 40; } ///< name and a second line in the gutter
    [[nodiscard]] bool names() const { return height >= 18; }    ///< also badges, arrows with heads, numbers
    [[nodiscard]] bool endMarks() const { return height >= 16; } ///< discs with cross and check; below, plain ticks
    [[nodiscard]] bool outlines() const { return height >= 12; } ///< also hatch and dashes
    [[nodiscard]] bool aggregated() const { return height < 3; } ///< drawn as pixels, not as bars
};
/// The heights that lanes can have at this pixel ratio, from great to small: whole device pixels, so that nothing
/// blurs; then halves of a pixel.
std::vector<double> laneHeights(double devicePixelRatio);
/// The greatest height at which `lanes` lanes fit into `available`; for a few dozen lanes not less than can be read.
double fittingLaneHeight(int lanes, double available, double devicePixelRatio);

/// What is seen of the lanes.
struct TimelineViewport {
    TimelineScale scale; ///< of the plot; the gutter lies left of scale.left
    double top = 0;      ///< of the first lane when not scrolled
    double height = 0;   ///< of the whole widget
    double scroll = 0;   ///< pixels that the lanes are moved up by
    LaneSize lane;
    std::int64_t cursorNs = 0; ///< what is later has not happened yet

    [[nodiscard]] double laneTop(int index) const { return top + index * lane.height - scroll; }
    /// The lane at a height, -1 above the first one; may be beyond the last.
    [[nodiscard]] int laneAt(double y) const;
};

enum class LaneState : std::uint8_t { Running, Waiting, Stopped };
/// A piece of a bar: columns [first, last] of the plot, all in one state.
struct LanePiece {
    int first = 0;
    int last = 0;
    LaneState state = LaneState::Running;
    ProcessIndex child = -1; ///< waited for, if it is one and is known

    bool operator==(const LanePiece&) const = default;
};
/// The life of a lane until `untilNs` as pieces over the plot's columns. A column has the state that fills at least
/// half of the lane's life in it, stopped before waiting before running; a life has at least one column. Costs as many
/// steps as there are columns and stretches.
std::vector<LanePiece> lanePieces(const TimelineLane& lane, const TimelineScale& scale, std::int64_t untilNs);

/// Times of a process's output, ascending, in nanoseconds since the start: `count` of them, read by position.
struct OutputTimes {
    std::size_t count = 0;
    std::function<std::int64_t(std::size_t)> at;
    std::function<bool(std::size_t)> isStderr;
};
/// One mark for all output of one stream within one column.
struct OutputTick {
    int column = 0;
    bool toStderr = false;

    bool operator==(const OutputTick&) const = default;
};
/// The output until `untilNs` as ticks, by column.
std::vector<OutputTick> outputTicks(const OutputTimes& times, const TimelineScale& scale, std::int64_t untilNs);

/// One visible lane, ready to be drawn.
struct LaneGeometry {
    int lane = 0;
    ProcessIndex process = 0;
    QRectF row;                     ///< the whole widget's width
    bool born = false;              ///< at the cursor
    std::vector<LanePiece> pieces;  ///< of the past; empty: nothing of it is in view
    QRectF bar;                     ///< around all pieces
    std::optional<QRectF> future;   ///< what comes after the cursor, as far as it is known
    std::optional<QRectF> orphaned; ///< the part of the bar that its parent did not live to see
    std::optional<double> endX;     ///< where it ended, if it has and that is in view
};

/// From the bar of the one who sent the signal to the bar of the one that it ended. Both are at the same x.
struct ArrowGeometry {
    const LaneKill* kill = nullptr;
    double x = 0;
    double fromY = 0; ///< on the sender's bar; may lie outside of the view
    double toY = 0;   ///< the near edge of the target's bar
};
/// From the end of a process that was waited for to the bar of the one who waited.
struct ReturnGeometry {
    ProcessIndex child = 0;
    ProcessIndex parent = 0;
    double x = 0;
    double fromY = 0;
    double toY = 0;
};

/// What is drawn of a timeline, as a value: computed from lanes and viewport, painted by LanePainter, asked by tests.
struct TimelineScene {
    std::vector<LaneGeometry> lanes; ///< the visible ones, top down; empty when aggregated
    std::vector<ArrowGeometry> arrows;
    std::vector<ReturnGeometry> returns;
    double cursorX = 0;
};
TimelineScene layOut(const TimelineLanes& lanes, const TimelineViewport& viewport, double widgetWidth);

/// What is at a point.
struct TimelineHit {
    enum class Part { Nothing, Gutter, Lane, Bar, Waiting, Stopped, End };
    Part part = Part::Nothing;
    int lane = -1;
    ProcessIndex process = -1;
    std::int64_t timeNs = 0; ///< at that x, if it is in the plot
    ProcessIndex child = -1; ///< waited for
};
TimelineHit hitTest(const TimelineLanes& lanes, const TimelineViewport& viewport, QPointF point);

/// The horizontal places of marks that want to stand at `wanted` (ascending): moved right as little as is needed so
/// that neighbours are `distance` apart, then all moved left together as far as needed to end before `limit`. Keeps the
/// order.
std::vector<double> spreadMarks(std::vector<double> wanted, double distance, double limit);

} // namespace daemonscope
