// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinelayout.h"

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {

/// Below this height a name cannot be read; up to so many lanes it is better to scroll than to see all.
constexpr double kReadableLane = 20;
constexpr int kFewLanes = 64;
/// Marks beside an end are hit within so many pixels right of it.
constexpr double kEndMarkReach = 26;

QRectF columnsRect(const TimelineScale& scale, int first, int last, double y, double height)
{
    return {scale.columnX(first), y, scale.columnX(last + 1) - scale.columnX(first), height};
}

LaneGeometry laneGeometry(const TimelineLanes& lanes, const TimelineViewport& view, int index, double widgetWidth)
{
    const TimelineLane& lane = lanes.at(index);
    const TimelineScale& scale = view.scale;
    LaneGeometry shown;
    shown.lane = index;
    shown.process = lane.process;
    shown.row = {0, view.laneTop(index), widgetWidth, view.lane.height};
    shown.born = lane.bornNs <= view.cursorNs;
    const double height = view.lane.barHeight();
    const double ratio = scale.devicePixelRatio;
    const double y = std::round((shown.row.y() + (view.lane.height - height) / 2) * ratio) / ratio;
    shown.pieces = lanePieces(lane, scale, view.cursorNs);
    if (!shown.pieces.empty()) {
        shown.bar = columnsRect(scale, shown.pieces.front().first, shown.pieces.back().last, y, height);
    }
    const int end = scale.columns();
    const std::int64_t pastEnd = std::min(lane.endedNs, view.cursorNs);
    if (lane.endedNs > view.cursorNs && lane.endedNs != kNotYet) {
        const int first = std::max(0, scale.column(std::max(lane.bornNs, view.cursorNs)));
        const int last = std::min(end - 1, scale.column(lane.endedNs));
        if (first <= last) {
            shown.future = columnsRect(scale, first, last, y, height);
        }
    }
    if (lane.orphanedNs < pastEnd) {
        const int first = std::max(0, scale.column(lane.orphanedNs));
        const int last = std::min(end - 1, scale.column(pastEnd));
        if (first <= last) {
            shown.orphaned = columnsRect(scale, first, last, y, height);
        }
    }
    if (lane.endedNs <= view.cursorNs) {
        const int column = scale.column(lane.endedNs);
        if (column >= 0 && column < end) {
            shown.endX = scale.columnX(column + 1);
        }
    }
    return shown;
}

double barEdge(const TimelineViewport& view, int lane, bool upper)
{
    const double middle = view.laneTop(lane) + view.lane.height / 2;
    return upper ? middle - view.lane.barHeight() / 2 : middle + view.lane.barHeight() / 2;
}

bool crossesView(const TimelineViewport& view, double fromY, double toY)
{
    return std::max(fromY, toY) >= view.top && std::min(fromY, toY) <= view.height;
}

void addArrows(TimelineScene& scene, const TimelineLanes& lanes, const TimelineViewport& view)
{
    const int firstSeen = view.laneAt(view.top);
    const int lastSeen = view.laneAt(view.height);
    for (const LaneKill& kill : lanes.kills()) {
        const int from = lanes.laneOf(kill.killer);
        const int to = lanes.laneOf(kill.target);
        // First what costs least: of very many kills nearly all are out of view.
        if (from < 0 || to < 0 || from == to || std::max(from, to) < firstSeen || std::min(from, to) > lastSeen) {
            continue;
        }
        // Not shown before its effect: until then it is not known that this signal ends the process.
        if (kill.endedNs > view.cursorNs) {
            continue;
        }
        const int column = view.scale.column(kill.sentNs);
        if (column < 0 || column >= view.scale.columns()) {
            continue;
        }
        const double fromY = view.laneTop(from) + view.lane.height / 2;
        const double toY = barEdge(view, to, from < to);
        if (crossesView(view, fromY, toY)) {
            scene.arrows.push_back({&kill, view.scale.columnX(column), fromY, toY});
        }
    }
}

void addReturns(TimelineScene& scene, const TimelineLanes& lanes, const TimelineViewport& view)
{
    const int first = std::max(0, view.laneAt(view.top));
    const int last = std::min(lanes.size() - 1, view.laneAt(view.height));
    for (int parent = first; parent <= last; ++parent) {
        for (const LaneStretch& wait : lanes.at(parent).stretches) {
            const int child = lanes.laneOf(wait.child);
            if (child < 0 || wait.endNs > view.cursorNs) {
                continue;
            }
            // A wait that timed out ends without the child's end; one that began later did not wait at all.
            const TimelineLane& its = lanes.at(child);
            const int column = view.scale.column(its.endedNs);
            if (its.endedNs > wait.endNs || its.endedNs < wait.beginNs || its.end == LaneEnd::Killed || column < 0
                || column >= view.scale.columns()) {
                continue;
            }
            scene.returns.push_back({its.process, lanes.at(parent).process, view.scale.columnX(column + 1),
                view.laneTop(child) + view.lane.height / 2, barEdge(view, parent, child < parent)});
        }
    }
}

/// How much of a column's time a process waited and was stopped.
struct LaneColumn {
    double waitingNs = 0;
    double stoppedNs = 0;
    double childNs = 0; ///< of the longest wait for one child
    ProcessIndex child = -1;
};

std::vector<LaneColumn> laneColumns(
    const TimelineLane& lane, const TimelineScale& scale, int first, int last, std::int64_t endNs)
{
    std::vector<LaneColumn> columns(static_cast<std::size_t>(last - first + 1));
    const double columnNs = scale.range.span() * 1e9 / scale.columns();
    const double beginNs = scale.range.begin * 1e9;
    // What overlaps counts once, so that the cost is columns plus stretches whatever a program does.
    std::int64_t covered[2] = {lane.bornNs, lane.bornNs};
    for (const LaneStretch& stretch : lane.stretches) {
        const bool stopped = stretch.kind == LaneStretch::Kind::Stopped;
        std::int64_t& done = covered[stopped ? 1 : 0];
        const std::int64_t from = std::max(stretch.beginNs, done);
        const std::int64_t to = std::min(stretch.endNs, endNs);
        if (from >= to) {
            continue;
        }
        done = to;
        const int end = std::min(last, scale.column(to));
        for (int index = std::max(first, scale.column(from)); index <= end; ++index) {
            const double left = std::max(beginNs + index * columnNs, static_cast<double>(from));
            const double right = std::min(beginNs + (index + 1) * columnNs, static_cast<double>(to));
            const double share = std::max(0.0, right - left);
            LaneColumn& column = columns[static_cast<std::size_t>(index - first)];
            if (stopped) {
                column.stoppedNs += share;
                continue;
            }
            column.waitingNs += share;
            if (share > column.childNs) {
                column.childNs = share;
                column.child = stretch.child;
            }
        }
    }
    return columns;
}

} // namespace

double LaneSize::barHeight() const
{
    if (height >= 60) {
        return 30;
    }
    if (height >= 40) {
        return 24;
    }
    if (height >= 5) {
        return std::round(height * 0.68);
    }
    return height >= 3 ? height - 1 : height;
}

std::vector<double> laneHeights(double devicePixelRatio)
{
    std::vector<double> heights;
    for (const double wanted : {66.0, 44.0, 26.0, 20.0, 14.0, 10.0, 7.0, 5.0, 4.0, 3.0, 2.0, 1.0}) {
        const double height = std::max(1.0, std::round(wanted * devicePixelRatio)) / devicePixelRatio;
        if (heights.empty() || height < heights.back()) {
            heights.push_back(height);
        }
    }
    double device = std::round(heights.back() * devicePixelRatio);
    while (device > 1) {
        device = std::floor(device / 2);
        heights.push_back(device / devicePixelRatio);
    }
    for (int i = 0; i < 20; ++i) {
        heights.push_back(heights.back() / 2);
    }
    return heights;
}

double fittingLaneHeight(int lanes, double available, double devicePixelRatio)
{
    const std::vector<double> heights = laneHeights(devicePixelRatio);
    for (const double height : heights) {
        const bool readable = lanes <= kFewLanes && height <= kReadableLane;
        if (readable || height * lanes <= available) {
            return height;
        }
    }
    return heights.back();
}

int TimelineViewport::laneAt(double y) const
{
    const double lane_ = std::floor((y - top + scroll) / lane.height);
    return static_cast<int>(std::clamp(lane_, -1.0, 1e9));
}

std::vector<LanePiece> lanePieces(const TimelineLane& lane, const TimelineScale& scale, std::int64_t untilNs)
{
    std::vector<LanePiece> pieces;
    const std::int64_t endNs = std::min(lane.endedNs, untilNs);
    const int first = std::max(0, scale.column(lane.bornNs));
    const int last = std::min(scale.columns() - 1, scale.column(endNs));
    if (lane.bornNs > untilNs || first > last) {
        return pieces;
    }
    if (lane.stretches.empty()) {
        return {{first, last, LaneState::Running, -1}};
    }
    const std::vector<LaneColumn> columns = laneColumns(lane, scale, first, last, endNs);
    const double columnNs = scale.range.span() * 1e9 / scale.columns();
    const double beginNs = scale.range.begin * 1e9;
    for (int index = first; index <= last; ++index) {
        const LaneColumn& column = columns[static_cast<std::size_t>(index - first)];
        // Of its first and last column a life fills a part only.
        const double from = std::max(beginNs + index * columnNs, static_cast<double>(lane.bornNs));
        const double to = std::min(beginNs + (index + 1) * columnNs, static_cast<double>(endNs));
        const double half = (to - from) / 2;
        LanePiece piece{index, index, LaneState::Running, -1};
        if (half <= 0 && !pieces.empty()) {
            pieces.back().last = index; // no time of its own: the end stands on the edge of a column
            continue;
        }
        if (column.stoppedNs > 0 && column.stoppedNs >= half) {
            piece.state = LaneState::Stopped;
        } else if (column.waitingNs > 0 && column.waitingNs + column.stoppedNs >= half) {
            piece.state = LaneState::Waiting;
            piece.child = column.child;
        }
        if (!pieces.empty() && pieces.back().state == piece.state && pieces.back().child == piece.child) {
            pieces.back().last = index;
        } else {
            pieces.push_back(piece);
        }
    }
    return pieces;
}

std::vector<OutputTick> outputTicks(const OutputTimes& times, const TimelineScale& scale, std::int64_t untilNs)
{
    std::vector<OutputTick> ticks;
    const int columns = scale.columns();
    // First position in [from, count) whose column is not below `column`.
    const auto reach = [&](std::size_t from, int column) {
        std::size_t step = 1;
        std::size_t low = from;
        std::size_t high = from;
        while (high < times.count && scale.column(times.at(high)) < column) {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = std::min(high, times.count);
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (scale.column(times.at(middle)) < column) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    };
    for (std::size_t i = reach(0, 0); i < times.count;) {
        const std::int64_t time = times.at(i);
        const int column = scale.column(time);
        if (time > untilNs || column >= columns) {
            break;
        }
        const std::size_t next = reach(i, column + 1);
        bool seen[2] = {false, false};
        // Only so many are looked at to tell the streams apart: a column of thousands shows what its first ones are.
        constexpr std::size_t kLookedAt = 64;
        for (std::size_t j = i; j < std::min(next, i + kLookedAt) && times.at(j) <= untilNs; ++j) {
            seen[times.isStderr && times.isStderr(j) ? 1 : 0] = true;
        }
        for (const bool toStderr : {false, true}) {
            if (seen[toStderr ? 1 : 0]) {
                ticks.push_back({column, toStderr});
            }
        }
        i = next;
    }
    return ticks;
}

TimelineScene layOut(const TimelineLanes& lanes, const TimelineViewport& view, double widgetWidth)
{
    TimelineScene scene;
    scene.cursorX = view.scale.x(static_cast<double>(view.cursorNs) * 1e-9);
    if (view.lane.aggregated()) {
        return scene;
    }
    const int first = std::max(0, view.laneAt(view.top));
    const int last = std::min(lanes.size() - 1, view.laneAt(view.height));
    for (int lane = first; lane <= last; ++lane) {
        scene.lanes.push_back(laneGeometry(lanes, view, lane, widgetWidth));
    }
    addArrows(scene, lanes, view);
    if (view.lane.names()) {
        addReturns(scene, lanes, view);
    }
    return scene;
}

TimelineHit hitTest(const TimelineLanes& lanes, const TimelineViewport& view, QPointF point)
{
    TimelineHit hit;
    const TimelineScale& scale = view.scale;
    const double inPlot = std::clamp(point.x(), scale.left, scale.left + scale.width);
    hit.timeNs = static_cast<std::int64_t>(std::llround(scale.seconds(inPlot) * 1e9));
    const int index = point.y() < view.top ? -1 : view.laneAt(point.y());
    if (index < 0 || index >= lanes.size()) {
        return hit;
    }
    const TimelineLane& lane = lanes.at(index);
    hit.lane = index;
    hit.process = lane.process;
    if (point.x() < scale.left) {
        hit.part = TimelineHit::Part::Gutter;
        return hit;
    }
    hit.part = TimelineHit::Part::Lane;
    const double y = point.y() - view.laneTop(index) - view.lane.height / 2;
    const bool beside = std::abs(y) > view.lane.barHeight() / 2 + 1;
    const int column = static_cast<int>(std::floor((point.x() - scale.left) * scale.devicePixelRatio));
    for (const LanePiece& piece : lanePieces(lane, scale, view.cursorNs)) {
        if (!beside && column >= piece.first && column <= piece.last) {
            hit.part = piece.state == LaneState::Running ? TimelineHit::Part::Bar
                : piece.state == LaneState::Waiting      ? TimelineHit::Part::Waiting
                                                         : TimelineHit::Part::Stopped;
            hit.child = piece.child;
            return hit;
        }
    }
    if (lane.endedNs <= view.cursorNs) {
        const double endX = scale.columnX(scale.column(lane.endedNs) + 1);
        if (point.x() >= endX && point.x() <= endX + (view.lane.endMarks() ? kEndMarkReach : 3)) {
            hit.part = TimelineHit::Part::End;
        }
    }
    return hit;
}

std::vector<double> spreadMarks(std::vector<double> wanted, double distance, double limit)
{
    for (std::size_t i = 1; i < wanted.size(); ++i) {
        wanted[i] = std::max(wanted[i], wanted[i - 1] + distance);
    }
    double most = limit;
    for (std::size_t i = wanted.size(); i-- > 0;) {
        wanted[i] = std::min(wanted[i], most);
        most = wanted[i] - distance;
    }
    return wanted;
}

} // namespace daemonscope
