// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace daemonscope {

/// A stretch of time in seconds since the program's start, as charts' axes have it.
struct TimelineRange {
    double begin = 0;
    double end = 1;

    [[nodiscard]] double span() const { return end - begin; }
    bool operator==(const TimelineRange&) const = default;
};

/// The map between time and horizontal position in a plot: `range` lies over [left, left + width). Pixels are device
/// independent; columns are device pixels counted from `left`.
struct TimelineScale {
    TimelineRange range;
    double left = 0;
    double width = 1;
    double devicePixelRatio = 1;

    [[nodiscard]] double x(double seconds) const { return left + (seconds - range.begin) / secondsPerPixel(); }
    [[nodiscard]] double seconds(double x) const { return range.begin + (x - left) * secondsPerPixel(); }
    [[nodiscard]] double secondsPerPixel() const { return range.span() / width; }

    [[nodiscard]] int columns() const;
    /// The column that holds a time in nanoseconds since the start; clamped to [-1, columns()], so that what lies
    /// outside stays outside and no cast overflows.
    [[nodiscard]] int column(std::int64_t ns) const;
    /// The left edge of a column.
    [[nodiscard]] double columnX(int column) const { return left + column / devicePixelRatio; }
};

/// What an axis shows: a label at every multiple of `interval` seconds.
struct TimelineTicks {
    double interval = 1;
    int decimals = 0; ///< digits after the point that tell two neighbours apart

    bool operator==(const TimelineTicks&) const = default;
};
/// The smallest interval of 1, 2, 5 times a power of ten that gives at most `most` intervals over `spanSeconds`.
TimelineTicks chooseTicks(double spanSeconds, int most);
/// The multiples of the interval within the range.
std::vector<double> tickPositions(TimelineRange range, const TimelineTicks& ticks);

/// The shortest stretch that can be shown.
inline constexpr double kShortestRange = 2e-6;

/// All of a program's life with room for what is written behind its last end: `reserve` of `width` pixels.
TimelineRange fitRange(double durationSeconds, double width, double reserve);
/// The range made `factor` times as long, so that `anchorSeconds` stays where it is; kept within `limits`.
TimelineRange zoomedRange(TimelineRange range, double anchorSeconds, double factor, TimelineRange limits);
/// The range moved by `seconds`, kept within `limits`.
TimelineRange pannedRange(TimelineRange range, double seconds, TimelineRange limits);

} // namespace daemonscope
