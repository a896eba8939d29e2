// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/badges.h"

#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace daemonscope {

QSizeF pillSize(const QString& text)
{
    const QFontMetricsF metrics(typeFont(Type::Pill));
    return {std::ceil(metrics.horizontalAdvance(text)) + 18, 20};
}

void paintPill(QPainter& painter, QPointF leftCenter, const QString& text, PillStyle style, const QColor& line,
    const QColor& tint, const QColor& onLine)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QSizeF size = pillSize(text);
    QRectF rect(QPointF(leftCenter.x(), leftCenter.y() - size.height() / 2), size);
    if (style == PillStyle::Solid) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(line);
    } else {
        QPen pen(line, 1.4);
        if (style == PillStyle::TintDashedLine)
            pen.setDashPattern({3.2, 2.2});
        painter.setPen(pen);
        painter.setBrush(tint);
        rect.adjust(0.7, 0.7, -0.7, -0.7);
    }
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2);
    painter.setPen(style == PillStyle::Solid ? onLine : line);
    painter.setFont(typeFont(Type::Pill));
    painter.drawText(rect, Qt::AlignCenter, text);
    painter.restore();
}

void paintKindPill(QPainter& painter, QPointF leftCenter, Badge badge, const QString& text, const Theme& theme)
{
    const KindColors& colors = kindColors(badge, theme);
    paintPill(painter, leftCenter, text, badge == Badge::Daemon ? PillStyle::TintDashedLine : PillStyle::TintSolidLine,
        colors.line, colors.tint, colors.barText);
}

QList<QLineF> hatchLines(const QRectF& rect, double step)
{
    QList<QLineF> lines;
    if (rect.width() <= 0 || rect.height() <= 0 || step <= 0)
        return lines;
    // Lines x + y = k * step in the painter's own coordinates, so that they stand still when the rectangle grows.
    const double first = std::ceil((rect.left() + rect.top()) / step) * step;
    for (double sum = first; sum < rect.right() + rect.bottom(); sum += step) {
        const double xTop = std::min(sum - rect.top(), rect.right());
        const double xBottom = std::max(sum - rect.bottom(), rect.left());
        if (xTop > xBottom)
            lines.append(QLineF(xTop, sum - xTop, xBottom, sum - xBottom));
    }
    return lines;
}

void paintBar(QPainter& painter, const QRectF& rect, double radius, Badge badge, bool waiting, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const KindColors& colors = kindColors(badge, theme);
    const double corner = std::min({radius, rect.width() / 2, rect.height() / 2});
    if (waiting) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.tint);
        painter.drawRoundedRect(rect, corner, corner);
        QColor hatch = colors.line;
        hatch.setAlphaF(0.55F);
        painter.setPen(QPen(hatch, 2, Qt::SolidLine, Qt::FlatCap));
        painter.drawLines(hatchLines(rect.adjusted(1, 1, -1, -1)));
        painter.setPen(QPen(colors.line, 2));
        painter.setBrush(Qt::NoBrush);
    } else if (badge == Badge::Daemon) {
        QPen pen(colors.line, 2);
        pen.setDashPattern({4, 2.6});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.setBrush(colors.bar);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.bar);
        painter.drawRoundedRect(rect, corner, corner);
        painter.restore();
        return;
    }
    const double inset = std::min(1.0, rect.width() / 2);
    painter.drawRoundedRect(rect.adjusted(inset, 1, -inset, -1), std::max(0.0, corner - 1), std::max(0.0, corner - 1));
    painter.restore();
}

void paintPanelFrame(
    QPainter& painter, const QRectF& rect, const QString& title, const QString& subtitle, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.border, 1));
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), space::kPanelRadius, space::kPanelRadius);
    const QRectF header(rect.left() + 14, rect.top(), rect.width() - 28, space::kPanelHeader);
    painter.setPen(theme.text);
    painter.setFont(typeFont(Type::PanelTitle));
    painter.drawText(header, Qt::AlignLeft | Qt::AlignVCenter, title);
    if (!subtitle.isEmpty()) {
        const double used = QFontMetricsF(painter.font()).horizontalAdvance(title) + 12;
        painter.setPen(theme.secondaryText);
        painter.setFont(typeFont(Type::Secondary));
        const QRectF rest = header.adjusted(used, 1, 0, 1);
        const QString shown = QFontMetricsF(painter.font()).elidedText(subtitle, Qt::ElideRight, rest.width());
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter, shown);
    }
    painter.restore();
}

} // namespace daemonscope
