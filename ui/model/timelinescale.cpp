// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinescale.h"

#include <algorithm>
#include <cmath>

namespace daemonscope {

int TimelineScale::columns() const
{
    return std::max(1, static_cast<int>(std::lround(width * devicePixelRatio)));
}

int TimelineScale::column(std::int64_t ns) const
{
    const double seconds = static_cast<double>(ns) * 1e-9;
    const double column = std::floor((seconds - range.begin) / range.span() * width * devicePixelRatio);
    return static_cast<int>(std::clamp(column, -1.0, static_cast<double>(columns())));
}

TimelineTicks chooseTicks(double spanSeconds, int most)
{
    const double least = std::max(spanSeconds, kShortestRange) / std::max(most, 1);
    int exponent = static_cast<int>(std::floor(std::log10(least)));
    for (;; ++exponent) {
        for (const double step : {1.0, 2.0, 5.0}) {
            const double interval = step * std::pow(10.0, exponent);
            if (interval >= least * (1 - 1e-9)) {
                return {interval, std::max(0, -exponent)};
            }
        }
    }
}

std::vector<double> tickPositions(TimelineRange range, const TimelineTicks& ticks)
{
    std::vector<double> positions;
    constexpr int kMost = 1000;
    double number = std::ceil(range.begin / ticks.interval - 1e-9);
    while (number * ticks.interval <= range.end + ticks.interval * 1e-9 && positions.size() < kMost) {
        positions.push_back(number * ticks.interval);
        number += 1;
    }
    return positions;
}

TimelineRange fitRange(double durationSeconds, double width, double reserve)
{
    const double duration = std::max(durationSeconds, 1e-3);
    const double share = std::clamp(reserve / std::max(width, 1.0), 0.0, 0.45);
    return {0, duration / (1 - share)};
}

TimelineRange zoomedRange(TimelineRange range, double anchorSeconds, double factor, TimelineRange limits)
{
    const double span = std::clamp(range.span() * factor, kShortestRange, std::max(limits.span(), kShortestRange));
    const double share = std::clamp((anchorSeconds - range.begin) / range.span(), 0.0, 1.0);
    const double begin = anchorSeconds - share * span;
    return pannedRange({begin, begin + span}, 0, limits);
}

TimelineRange pannedRange(TimelineRange range, double seconds, TimelineRange limits)
{
    const double span = std::min(range.span(), limits.span());
    const double begin = std::clamp(range.begin + seconds, limits.begin, std::max(limits.begin, limits.end - span));
    return {begin, begin + span};
}

} // namespace daemonscope
