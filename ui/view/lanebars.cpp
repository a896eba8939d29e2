// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinetext.h"
#include "ui/theme/theme.h"
#include "ui/view/lanepainter.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace daemonscope {

namespace {

constexpr double kOtherLanesOpacity = 0.28; ///< of lanes that the filter leaves out
constexpr double kOrphanShare = 0.4;        ///< of the bar's height

QColor seeThrough(QColor colour, float alpha)
{
    colour.setAlphaF(alpha);
    return colour;
}

/// Times of a process's lines of output, as the lanes need them.
OutputTimes linesOf(const LanePicture& picture, ProcessIndex process)
{
    const std::span<const OutputIndex::LineNumber> numbers = picture.output.linesOf(process);
    const std::vector<OutputLine>& lines = picture.output.lines();
    const EventTime start = picture.tree.start();
    return {numbers.size(),
        [numbers, &lines, start](std::size_t i) { return (lines[numbers[i]].time - start).count(); },
        [numbers, &lines](std::size_t i) { return lines[numbers[i]].stream == payload::Stream::Stderr; }};
}

} // namespace

QRectF LanePainter::pieceRect(const LaneGeometry& lane, const LanePiece& piece) const
{
    const TimelineScale& scale = picture_.view.scale;
    const double left = scale.columnX(piece.first);
    return {left, lane.bar.y(), scale.columnX(piece.last + 1) - left, lane.bar.height()};
}

void LanePainter::paintBars()
{
    if (!picture_.view.lane.outlines()) {
        paintThinBars();
        return;
    }
    for (const LaneGeometry& lane : picture_.scene.lanes) {
        painter_.setOpacity(picture_.matches(lane.process) ? 1.0 : kOtherLanesOpacity);
        paintBar(lane);
    }
    painter_.setOpacity(1);
}

void LanePainter::paintThinBars()
{
    const Theme& theme = picture_.theme;
    painter_.setRenderHint(QPainter::Antialiasing, false);
    painter_.setPen(Qt::NoPen);
    // One call for each colour: thousands of little rectangles cost by the change of brush, not by their number.
    enum Slot { Blue, Amber, Grey, Wait, Stop, Future, Kill, kSlotCount };
    std::array<QList<QRectF>, kSlotCount> rects;
    for (const LaneGeometry& lane : picture_.scene.lanes) {
        const Badge badge = badgeOf(lane.process);
        const Slot running = badge == Badge::Daemon             ? Amber
            : badge == Badge::Main || badge == Badge::NonDaemon ? Blue
                                                                : Grey;
        if (lane.future) {
            rects[Future].append(*lane.future);
        }
        for (const LanePiece& piece : lane.pieces) {
            QRectF rect = pieceRect(lane, piece);
            if (piece.state == LaneState::Waiting && rect.height() >= 3) {
                rect.adjust(0, 0.5, 0, -0.5);
            }
            rects[piece.state == LaneState::Running     ? running
                    : piece.state == LaneState::Waiting ? Wait
                                                        : Stop]
                .append(rect);
        }
        if (lane.endX && picture_.lanes.of(lane.process).end == LaneEnd::Killed) {
            rects[Kill].append(QRectF(*lane.endX - 2, lane.row.y(), 3, std::max(1.0, lane.row.height())));
        }
    }
    const std::array<QColor, kSlotCount> colours{theme.nonDaemon.bar, theme.daemon.bar, theme.neutral.bar,
        seeThrough(theme.nonDaemon.line, 0.4F), theme.secondaryText, theme.grid, theme.kill};
    for (const Slot slot : {Future, Blue, Amber, Grey, Wait, Stop, Kill}) {
        painter_.setBrush(colours[slot]);
        painter_.drawRects(rects[slot]);
    }
}

void LanePainter::paintBar(const LaneGeometry& lane)
{
    const Theme& theme = picture_.theme;
    const LaneSize size = picture_.view.lane;
    const Badge badge = badgeOf(lane.process);
    const double radius = size.names() ? std::min<double>(space::kBarRadius, size.barHeight() / 3) : 2;
    painter_.setRenderHint(QPainter::Antialiasing);
    if (lane.future) {
        painter_.setPen(Qt::NoPen);
        painter_.setBrush(theme.grid);
        painter_.drawRoundedRect(lane.future->adjusted(0, 1, 0, -1), radius, radius);
    }
    for (const LanePiece& piece : lane.pieces) {
        const QRectF rect = pieceRect(lane, piece);
        if (rect.right() <= (lane.orphaned ? lane.orphaned->left() : rect.right())) {
            daemonscope::paintBar(painter_, rect, radius, badge, piece.state == LaneState::Waiting, theme);
        } else if (rect.left() < lane.orphaned->left()) {
            QRectF before = rect;
            before.setRight(lane.orphaned->left());
            daemonscope::paintBar(painter_, before, radius, badge, piece.state == LaneState::Waiting, theme);
        }
        if (piece.state == LaneState::Stopped) {
            painter_.setPen(QPen(kindColors(badge, theme).line, 1.4));
            painter_.setBrush(kindColors(badge, theme).tint);
            painter_.drawRect(rect.adjusted(0.7, 0.7, -0.7, -0.7));
            // Two upright bars, the sign of a pause, repeated: nothing runs here.
            painter_.setPen(Qt::NoPen);
            painter_.setBrush(seeThrough(kindColors(badge, theme).line, 0.6F));
            const double height = rect.height() * 0.4;
            for (double x = rect.left() + 6; x + 8 < rect.right(); x += 22) {
                painter_.drawRect(QRectF(x, rect.center().y() - height / 2, 2.4, height));
                painter_.drawRect(QRectF(x + 5, rect.center().y() - height / 2, 2.4, height));
            }
        }
    }
    if (lane.orphaned) {
        paintOrphaned(lane, badge);
    }
    paintTicks(lane, badge);
    if (size.twoLines()) {
        for (const LanePiece& piece : lane.pieces) {
            paintPieceText(lane, pieceRect(lane, piece), piece, badge);
        }
    }
}

void LanePainter::paintOrphaned(const LaneGeometry& lane, Badge badge)
{
    // Thin, as nobody holds it any more; a ring where the parent was gone.
    const KindColors& colours = kindColors(badge, picture_.theme);
    const QRectF all = *lane.orphaned;
    const double height = std::max(3.0, all.height() * kOrphanShare);
    const QRectF thin(all.left(), all.center().y() - height / 2, all.width(), height);
    daemonscope::paintBar(painter_, thin, height / 2, badge, false, picture_.theme);
    painter_.setPen(QPen(colours.line, 2));
    painter_.setBrush(picture_.theme.panel);
    const double ring = std::min(5.0, all.height() * 0.3);
    painter_.drawEllipse(QPointF(all.left(), all.center().y()), ring, ring);
}

void LanePainter::paintPieceText(const LaneGeometry& lane, const QRectF& rect, const LanePiece& piece, Badge badge)
{
    const Theme& theme = picture_.theme;
    const KindColors& colours = kindColors(badge, theme);
    if (lane.orphaned && rect.right() > lane.orphaned->left()) {
        return;
    }
    painter_.setFont(font(Type::SecondaryBold));
    const QFontMetricsF metrics(painter_.font());
    constexpr double kInset = 11;
    constexpr double kShortestText = 46;
    const double room = rect.width() - 2 * kInset;
    if (room < kShortestText) {
        return;
    }
    if (piece.state == LaneState::Running) {
        if (piece.first != lane.pieces.front().first) {
            return;
        }
        // The ticks of output stand at the lower edge: the text stays above them.
        const QString text = metrics.elidedText(timelinetext::work(picture_.tree, lane.process), Qt::ElideRight, room);
        painter_.setPen(colours.barText);
        painter_.drawText(
            rect.adjusted(kInset, 0, -kInset, -rect.height() * 0.2), Qt::AlignVCenter | Qt::AlignLeft, text);
        return;
    }
    const QString text = piece.state == LaneState::Waiting ? timelinetext::waiting(picture_.tree, piece.child)
                                                           : QStringLiteral("stopped");
    constexpr double kWorthEliding = 96;
    if (metrics.horizontalAdvance(text) > room && room < kWorthEliding) {
        return;
    }
    const QString shown = metrics.elidedText(text, Qt::ElideRight, room);
    const double width = metrics.horizontalAdvance(shown) + 14;
    const QRectF chip(rect.center().x() - width / 2, rect.center().y() - 9, width, 18);
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colours.tint);
    painter_.drawRoundedRect(chip, 6, 6);
    painter_.setPen(colours.line);
    painter_.drawText(chip, Qt::AlignCenter, shown);
}

void LanePainter::paintTicks(const LaneGeometry& lane, Badge badge)
{
    if (!picture_.view.lane.names() || lane.bar.isEmpty()) {
        return;
    }
    // stdout stands at the lower edge, stderr hangs from the upper one.
    const KindColors& colours = kindColors(badge, picture_.theme);
    const double height = lane.bar.height() >= 20 ? 6 : 4;
    painter_.setRenderHint(QPainter::Antialiasing, false);
    QList<QRectF> ticks;
    for (const OutputTick& tick :
        outputTicks(linesOf(picture_, lane.process), picture_.view.scale, picture_.view.cursorNs)) {
        // A line may be read a moment after its writer's end: it still is one of its lines.
        const double x = picture_.view.scale.columnX(std::min(tick.column, lane.pieces.back().last));
        if (lane.orphaned && x >= lane.orphaned->left()) {
            ticks.append(QRectF(x, lane.bar.center().y() - (tick.toStderr ? 3 : 0), 1.5, 3));
            continue;
        }
        const double y = tick.toStderr ? lane.bar.top() + 2 : lane.bar.bottom() - 2 - height;
        ticks.append(QRectF(x, y, 1.5, height));
    }
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colours.barText);
    painter_.drawRects(ticks);
    painter_.setRenderHint(QPainter::Antialiasing);
}

} // namespace daemonscope
