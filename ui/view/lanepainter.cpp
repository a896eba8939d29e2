// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/lanepainter.h"

#include "lifecycle/terms.h"
#include "lifecycle/verdict.h"
#include "ui/theme/theme.h"
#include "ui/view/processbadge.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr double kDimmed = 0.28; ///< opacity of what the filter leaves out
}

bool LanePicture::matches(ProcessIndex process) const
{
    if (filter.isEmpty()) {
        return true;
    }
    const Process& its = tree.at(process);
    return shownText(its.name).contains(filter, Qt::CaseInsensitive) || QString::number(its.id.pid).contains(filter);
}

LanePainter::LanePainter(QPainter& painter, const LanePicture& picture)
    : painter_(painter)
    , picture_(picture)
{
}

QColor LanePainter::groundOf(const LaneGeometry& lane) const
{
    const Theme& theme = picture_.theme;
    if (picture_.selection == lane.process) {
        return theme.selection;
    }
    return lane.lane % 2 == 0 && picture_.view.lane.outlines() ? theme.laneStripe : theme.panel;
}

Badge LanePainter::badgeOf(ProcessIndex process) const
{
    return badgeFor(kindAt(picture_.tree.at(process), picture_.cursor()));
}

void LanePainter::paintGround(std::span<const double> gridX)
{
    const Theme& theme = picture_.theme;
    painter_.setRenderHint(QPainter::Antialiasing, false);
    painter_.fillRect(QRectF(QPointF(), picture_.size), theme.panel);
    for (const LaneGeometry& lane : picture_.scene.lanes) {
        const QColor ground = groundOf(lane);
        if (ground != theme.panel) {
            painter_.fillRect(lane.row, ground);
        }
    }
    const double bottom = std::min(picture_.size.height(), picture_.view.laneTop(picture_.lanes.size()));
    for (const double x : gridX) {
        painter_.fillRect(QRectF(std::round(x), picture_.view.top, 1, bottom - picture_.view.top), theme.grid);
    }
    if (picture_.view.lane.twoLines()) {
        for (const LaneGeometry& lane : picture_.scene.lanes) {
            painter_.fillRect(QRectF(0, lane.row.bottom() - 1, picture_.size.width(), 1), theme.grid);
        }
    }
    painter_.fillRect(QRectF(picture_.plotLeft() - 1, picture_.view.top, 1, bottom - picture_.view.top), theme.border);
}

void LanePainter::paintGutter()
{
    const Theme& theme = picture_.theme;
    const LaneSize size = picture_.view.lane;
    if (!size.names()) {
        return;
    }
    const double radius = size.twoLines() ? space::kLaneBadge - 1 : std::min(9.0, size.height / 2 - 1);
    const double step = 16;
    constexpr int kDeepest = 5; // deeper levels are not moved further in: the name needs the room
    for (const LaneGeometry& lane : picture_.scene.lanes) {
        const Process& process = picture_.tree.at(lane.process);
        const double middle = lane.row.center().y();
        const double left =
            (size.twoLines() ? 10 : 14) + step * std::min(kDeepest, picture_.lanes.of(lane.process).depth);
        painter_.setOpacity(picture_.matches(lane.process) ? (lane.born ? 1.0 : 0.45) : kDimmed);
        if (picture_.selection == lane.process) {
            painter_.fillRect(QRectF(0, lane.row.top(), 3, lane.row.height()), theme.selectionLine);
        }
        const Badge badge = badgeOf(lane.process);
        paintBadge(painter_, badge, QPointF(left + radius, middle), radius, theme);
        const double textLeft = left + 2 * radius + 8;
        const double width = picture_.plotLeft() - 6 - textLeft;
        const QFont nameFont = font(size.twoLines() ? Type::PanelTitle
                : size.height >= 24                 ? Type::Body
                                                    : Type::Secondary);
        const QFontMetricsF metrics(nameFont);
        const QString name = metrics.elidedText(shownText(process.name, 120), Qt::ElideMiddle, width);
        painter_.setFont(nameFont);
        painter_.setPen(theme.text);
        if (!size.twoLines()) {
            painter_.drawText(QRectF(textLeft, lane.row.top(), width, lane.row.height()), Qt::AlignVCenter, name);
            continue;
        }
        painter_.drawText(QRectF(textLeft, middle - 19, width, 19), Qt::AlignVCenter, name);
        paintSecondLine(process, lane, badge, QRectF(textLeft, middle + 1, width, 17));
    }
    painter_.setOpacity(1);
}

void LanePainter::paintSecondLine(const Process& process, const LaneGeometry& lane, Badge badge, const QRectF& rect)
{
    // The kind is told whole, the PID as far as there is room.
    const QString kind = QString::fromStdString(lane.born ? kindText(process, picture_.cursor()) : terms::kNotBorn);
    painter_.setFont(font(Type::SecondaryBold));
    painter_.setPen(kindColors(badge, picture_.theme).line);
    const QFontMetricsF bold(painter_.font());
    painter_.drawText(rect, Qt::AlignVCenter, bold.elidedText(kind, Qt::ElideRight, rect.width()));
    const double used = bold.horizontalAdvance(kind) + 7;
    painter_.setFont(font(Type::Secondary));
    painter_.setPen(picture_.theme.secondaryText);
    const QFontMetricsF metrics(painter_.font());
    const QString number = QString::number(process.id.pid);
    for (const QString& pid : {QStringLiteral("PID ") + number, number}) {
        if (metrics.horizontalAdvance(pid) <= rect.width() - used) {
            painter_.drawText(rect.adjusted(used, 0, 0, 0), Qt::AlignVCenter, pid);
            return;
        }
    }
}

void LanePainter::coverStrip()
{
    painter_.fillRect(QRectF(0, 0, picture_.size.width(), picture_.view.top), picture_.theme.panel);
}

void LanePainter::paintCursor(bool following)
{
    const Theme& theme = picture_.theme;
    const double ratio = picture_.view.scale.devicePixelRatio;
    const double x = std::round(picture_.scene.cursorX * ratio) / ratio;
    if (x < picture_.plotLeft() - 1 || x > picture_.plotRight() + 1) {
        return;
    }
    painter_.setRenderHint(QPainter::Antialiasing, false);
    double top = picture_.view.top - 2;
    for (const QRectF& disc : discs_) {
        if (disc.left() <= x + 1 && disc.right() >= x && disc.top() < picture_.view.top + picture_.view.lane.height) {
            top = std::max(top, disc.bottom()); // not through a number
        }
    }
    painter_.fillRect(QRectF(x, top, 1, picture_.size.height() - top), theme.selectionLine);
    painter_.setRenderHint(QPainter::Antialiasing);
    const QString text = (following ? QStringLiteral("now %1") : QStringLiteral("%1"))
                             .arg(secondsText(picture_.cursor(), picture_.tree.start()));
    const double width = pillSize(text).width();
    const double most = std::max(0.0, picture_.size.width() - width);
    double left = std::clamp(x - width / 2 + 0.5, 0.0, most);
    for (const QRectF& disc : discs_) {
        // A caption's number stays readable: the time moves beside it.
        if (disc.top() < 22 && disc.right() + 2 > left && disc.left() - 2 < left + width) {
            const double right = disc.right() + 4;
            left = right <= most ? right : std::max(0.0, disc.left() - 4 - width);
        }
    }
    paintPill(painter_, QPointF(left, 11), text, PillStyle::Solid, theme.selectionLine, theme.panel, theme.panel);
}

} // namespace daemonscope
