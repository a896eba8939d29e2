// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/timelinelayout.h"

#include <QColor>
#include <QImage>

#include <array>
#include <vector>

namespace daemonscope {

struct Theme;

/// Lanes that are too thin to be bars, as a picture of the plot: in each row of device pixels the lanes of that row are
/// counted for every column. The colour is that of the most frequent state, its strength the share of lanes that live;
/// a kill gets a pixel whatever else is there. The last picture is kept: what only moved by whole pixels is shifted and
/// filled up.
class LaneRaster {
public:
    /// What one lane can be in a column; also the order in which a tie is decided (first wins).
    enum State : std::uint8_t { Waiting, Stopped, Daemon, NonDaemon, Program, Helper, kStates };
    static constexpr int kSlots = 8; ///< counters of a column: a whole vector register
    static constexpr int kShades = 64;

    /// The picture of the plot (view.scale, from view.top down to view.height) of all that is known until `untilNs`.
    /// Scrolling and the range's begin should be whole device pixels, else nothing can be reused.
    const QImage& picture(
        const TimelineLanes& lanes, const TimelineViewport& view, std::int64_t untilNs, const Theme& theme);
    /// Forgets the last picture.
    void forget() { picture_ = {}; }
    /// Rows that were computed, not shifted, for the last picture.
    [[nodiscard]] int computedRows() const { return computedRows_; }

    /// The lanes [first, last] of a row of device pixels, counted from the first lane's first row.
    struct Rows {
        int first = 0;
        int last = 0;
    };
    static Rows lanesOfRow(std::int64_t row, double laneDevicePixels, int lanes);
    static State stateOf(Kind kind);

private:
    struct Place {
        std::uint64_t revision = 0;
        double laneDevicePixels = 0;
        double secondsPerColumn = 0;
        std::int64_t firstColumn = 0; ///< of the range's begin, counted from the program's start
        std::int64_t firstRow = 0;
        std::int64_t untilNs = 0;
        const Theme* theme = nullptr;
    };

    void prepareColours(const Theme& theme);
    void computeRow(const TimelineLanes& lanes, const TimelineScale& scale, int y, int fromColumn, int toColumn);

    QImage picture_;
    Place place_;
    std::vector<std::int32_t> counts_; ///< differences, kSlots for each column
    std::vector<std::uint8_t> killed_;
    std::array<std::array<QRgb, kShades + 1>, kStates> shades_{};
    QRgb ground_ = 0;
    QRgb kill_ = 0;
    int computedRows_ = 0;
};

} // namespace daemonscope
