// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/laneraster.h"

#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace daemonscope {

namespace {

/// The weakest that a single living lane among many may look.
constexpr double kFaintest = 0.3;

QRgb blended(const QColor& ground, const QColor& colour, double share)
{
    const auto mix = [share](int from, int to) { return static_cast<int>(std::lround(from + (to - from) * share)); };
    return qRgb(
        mix(ground.red(), colour.red()), mix(ground.green(), colour.green()), mix(ground.blue(), colour.blue()));
}

} // namespace

LaneRaster::Rows LaneRaster::lanesOfRow(std::int64_t row, double laneDevicePixels, int lanes)
{
    const double first = std::floor(static_cast<double>(row) / laneDevicePixels);
    const double last = std::max(first, std::ceil(static_cast<double>(row + 1) / laneDevicePixels) - 1);
    const double most = lanes;
    return {static_cast<int>(std::clamp(first, 0.0, most)), static_cast<int>(std::clamp(last, -1.0, most - 1))};
}

LaneRaster::State LaneRaster::stateOf(Kind kind)
{
    switch (kind) {
    case Kind::Main:
    case Kind::NonDaemon:
        return NonDaemon;
    case Kind::Daemon:
        return Daemon;
    case Kind::Helper:
        return Helper;
    case Kind::Program:
        break;
    }
    return Program;
}

void LaneRaster::prepareColours(const Theme& theme)
{
    const auto fill = [this, &theme](State state, const QColor& colour) {
        auto& shades = shades_[state];
        for (int i = 0; i <= kShades; ++i) {
            const double share = static_cast<double>(i) / kShades;
            shades[static_cast<std::size_t>(i)] = blended(theme.panel, colour, kFaintest + (1 - kFaintest) * share);
        }
    };
    const QColor waiting(blended(theme.nonDaemon.tint, theme.nonDaemon.line, 0.35));
    fill(Waiting, waiting);
    fill(Stopped, theme.secondaryText);
    fill(Daemon, theme.daemon.bar);
    fill(NonDaemon, theme.nonDaemon.bar);
    fill(Program, theme.neutral.bar);
    fill(Helper, theme.neutral.bar);
    ground_ = theme.panel.rgb();
    kill_ = theme.kill.rgb();
}

void LaneRaster::computeRow(const TimelineLanes& lanes, const TimelineScale& scale, int y, int fromColumn, int toColumn)
{
    const Rows rows = lanesOfRow(place_.firstRow + y, place_.laneDevicePixels, lanes.size());
    auto* line = reinterpret_cast<QRgb*>(picture_.scanLine(y));
    std::fill(line + fromColumn, line + toColumn + 1, ground_);
    if (rows.last < rows.first) {
        return;
    }
    const auto width = static_cast<std::size_t>(toColumn - fromColumn + 2);
    counts_.assign(width * kSlots, 0);
    killed_.assign(width, 0);
    const auto add = [&](State state, int first, int last, int by) {
        first = std::max(first, fromColumn);
        last = std::min(last, toColumn);
        if (first <= last) {
            counts_[static_cast<std::size_t>(first - fromColumn) * kSlots + state] += by;
            counts_[static_cast<std::size_t>(last + 1 - fromColumn) * kSlots + state] -= by;
        }
    };
    for (int index = rows.first; index <= rows.last; ++index) {
        const TimelineLane& lane = lanes.at(index);
        const std::int64_t endNs = std::min(lane.endedNs, place_.untilNs);
        if (lane.bornNs > endNs) {
            continue;
        }
        const State state = stateOf(lane.kind);
        const int last = scale.column(endNs);
        if (lane.stretches.empty()) {
            add(state, scale.column(lane.bornNs), last, 1);
        } else {
            for (const LanePiece& piece : lanePieces(lane, scale, place_.untilNs)) {
                add(piece.state == LaneState::Waiting       ? Waiting
                        : piece.state == LaneState::Stopped ? Stopped
                                                            : state,
                    piece.first, piece.last, 1);
            }
        }
        if (lane.end == LaneEnd::Killed && lane.endedNs <= place_.untilNs && last >= fromColumn && last <= toColumn) {
            killed_[static_cast<std::size_t>(last - fromColumn)] = 1;
        }
    }
    const int laneCount = rows.last - rows.first + 1;
    const double shadeOfOne = static_cast<double>(kShades) / laneCount;
    std::array<std::int32_t, kSlots> now{};
    for (int column = fromColumn; column <= toColumn; ++column) {
        const auto at = static_cast<std::size_t>(column - fromColumn);
        const std::int32_t* differences = &counts_[at * kSlots];
        for (std::size_t slot = 0; slot < kSlots; ++slot) {
            now[slot] += differences[slot];
        }
        if (killed_[at] != 0) {
            line[column] = kill_;
            continue;
        }
        std::size_t most = 0;
        std::int32_t alive = 0;
        for (std::size_t state = 0; state < kStates; ++state) {
            alive += now[state];
            most = now[state] > now[most] ? state : most;
        }
        if (alive > 0) {
            line[column] =
                shades_[most][static_cast<std::size_t>(std::min<int>(kShades, static_cast<int>(alive * shadeOfOne)))];
        }
    }
}

const QImage& LaneRaster::picture(
    const TimelineLanes& lanes, const TimelineViewport& view, std::int64_t untilNs, const Theme& theme)
{
    const double ratio = view.scale.devicePixelRatio;
    const int width = view.scale.columns();
    const int height = std::max(1, static_cast<int>(std::lround((view.height - view.top) * ratio)));
    Place place;
    place.revision = lanes.revision();
    place.laneDevicePixels = view.lane.height * ratio;
    place.secondsPerColumn = view.scale.range.span() / width;
    const double column = view.scale.range.begin / place.secondsPerColumn;
    place.firstColumn = std::llround(column);
    place.firstRow = std::llround(view.scroll * ratio);
    place.untilNs = untilNs;
    place.theme = &theme;
    const bool onGrid = std::abs(column - static_cast<double>(place.firstColumn)) < 1e-4;

    const Place last = place_;
    place_ = place;
    const bool sameSize = picture_.width() == width && picture_.height() == height;
    const bool sameContent = sameSize && last.revision == place.revision && last.theme == place.theme
        && last.untilNs == place.untilNs && last.laneDevicePixels == place.laneDevicePixels
        && std::abs(last.secondsPerColumn / place.secondsPerColumn - 1) < 1e-9;
    const std::int64_t right = place.firstColumn - last.firstColumn;
    const std::int64_t down = place.firstRow - last.firstRow;
    const bool near = std::abs(right) < width / 2 && std::abs(down) < height / 2;
    computedRows_ = 0;
    if (sameContent && onGrid && right == 0 && down == 0) {
        return picture_;
    }
    if (!sameSize) {
        picture_ = QImage(width, height, QImage::Format_RGB32);
    }
    prepareColours(theme);
    const auto compute = [&](int fromRow, int toRow, int fromColumn, int toColumn) {
        for (int y = fromRow; y < toRow; ++y) {
            computeRow(lanes, view.scale, y, fromColumn, toColumn);
            ++computedRows_;
        }
    };
    if (!sameContent || !onGrid || !near || (right != 0 && down != 0)) {
        compute(0, height, 0, width - 1);
        return picture_;
    }
    const auto bytesPerLine = static_cast<std::size_t>(picture_.bytesPerLine());
    uchar* bits = picture_.bits();
    if (down != 0) {
        const int moved = static_cast<int>(std::abs(down));
        const auto kept = static_cast<std::size_t>(height - moved) * bytesPerLine;
        const auto skipped = static_cast<std::size_t>(moved) * bytesPerLine;
        if (down > 0) {
            std::memmove(bits, bits + skipped, kept);
            compute(height - moved, height, 0, width - 1);
        } else {
            std::memmove(bits + skipped, bits, kept);
            compute(0, moved, 0, width - 1);
        }
        return picture_;
    }
    const int moved = static_cast<int>(std::abs(right));
    const auto kept = static_cast<std::size_t>(width - moved) * sizeof(QRgb);
    const auto skipped = static_cast<std::size_t>(moved) * sizeof(QRgb);
    for (int y = 0; y < height; ++y) {
        uchar* line = bits + static_cast<std::size_t>(y) * bytesPerLine;
        std::memmove(right > 0 ? line : line + skipped, right > 0 ? line + skipped : line, kept);
    }
    if (right > 0) {
        compute(0, height, width - moved, width - 1);
    } else {
        compute(0, height, 0, moved - 1);
    }
    return picture_;
}

} // namespace daemonscope
