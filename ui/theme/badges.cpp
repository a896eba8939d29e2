// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/badges.h"

#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace daemonscope {

namespace {
QPen roundPen(const QColor& color, double width)
{
    return QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
}

void disc(QPainter& painter, QPointF center, double radius, const QColor& color)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(center, radius, radius);
}

void halo(QPainter& painter, QPointF center, double radius, const Theme& theme)
{
    disc(painter, center, radius + std::max(1.5, radius * 0.16), theme.panel);
}

/// A ghost around the origin, one unit tall from -0.5 to 0.5.
const QPainterPath& ghostPath()
{
    static const QPainterPath path = [] {
        QPainterPath body;
        body.moveTo(-0.42, 0.5);
        body.lineTo(-0.42, -0.06);
        body.arcTo(QRectF(-0.42, -0.5, 0.84, 0.88), 180, -180);
        body.lineTo(0.42, 0.5);
        body.lineTo(0.28, 0.36);
        body.lineTo(0.14, 0.5);
        body.lineTo(0.0, 0.36);
        body.lineTo(-0.14, 0.5);
        body.lineTo(-0.28, 0.36);
        body.closeSubpath();
        QPainterPath eyes;
        eyes.addEllipse(QPointF(-0.16, -0.06), 0.09, 0.11);
        eyes.addEllipse(QPointF(0.16, -0.06), 0.09, 0.11);
        return body.subtracted(eyes);
    }();
    return path;
}

void letter(QPainter& painter, const QString& text, QPointF center, double pixelSize, const QColor& color)
{
    const QFont f = badgeFont(pixelSize);
    const QFontMetricsF metrics(f);
    painter.setFont(f);
    painter.setPen(color);
    painter.drawText(
        QPointF(center.x() - metrics.horizontalAdvance(text) / 2, center.y() + metrics.capHeight() / 2), text);
}

void promptSign(QPainter& painter, QPointF c, double r, const QColor& color)
{
    painter.setPen(roundPen(color, std::max(1.4, r * 0.17)));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(
        QPolygonF{c + QPointF(-0.42, -0.36) * r, c + QPointF(-0.06, 0) * r, c + QPointF(-0.42, 0.36) * r});
    painter.drawLine(c + QPointF(0.06, 0.38) * r, c + QPointF(0.46, 0.38) * r);
}
} // namespace

const KindColors& kindColors(Badge badge, const Theme& theme)
{
    switch (badge) {
    case Badge::Main:
    case Badge::NonDaemon:
        return theme.nonDaemon;
    case Badge::Daemon:
        return theme.daemon;
    case Badge::Helper:
    case Badge::Program:
        break;
    }
    return theme.neutral;
}

void paintBadge(QPainter& painter, Badge badge, QPointF center, double radius, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const KindColors& colors = kindColors(badge, theme);
    const QColor onDisc = theme.dark ? theme.panel : theme.onKill;
    switch (badge) {
    case Badge::Daemon: {
        const double width = std::max(1.4, radius * 0.13);
        QPen pen(colors.line, width, Qt::CustomDashLine, Qt::FlatCap);
        pen.setDashPattern({2.2, 1.3});
        painter.setPen(pen);
        painter.setBrush(colors.tint);
        painter.drawEllipse(center, radius - width / 2, radius - width / 2);
        painter.translate(center);
        painter.scale(radius * 1.08, radius * 1.08);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.line);
        painter.drawPath(ghostPath());
        break;
    }
    case Badge::Main:
    case Badge::NonDaemon:
        disc(painter, center, radius, colors.line);
        letter(
            painter, badge == Badge::Main ? QStringLiteral("M") : QStringLiteral("P"), center, radius * 1.05, onDisc);
        break;
    case Badge::Helper:
        disc(painter, center, radius, colors.line);
        letter(painter, QStringLiteral("H"), center, radius * 1.05, onDisc);
        break;
    case Badge::Program:
        disc(painter, center, radius, colors.line);
        promptSign(painter, center, radius, onDisc);
        break;
    }
    painter.restore();
}

void paintCheckDisc(QPainter& painter, QPointF c, double r, const Theme& theme, bool withHalo)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (withHalo)
        halo(painter, c, r, theme);
    disc(painter, c, r, theme.ended);
    painter.setPen(roundPen(theme.onEnded, std::max(1.5, r * 0.24)));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(
        QPolygonF{c + QPointF(-0.42, 0.03) * r, c + QPointF(-0.12, 0.34) * r, c + QPointF(0.44, -0.3) * r});
    painter.restore();
}

void paintFailDisc(QPainter& painter, QPointF c, double r, const Theme& theme, bool withHalo)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (withHalo)
        halo(painter, c, r, theme);
    disc(painter, c, r, theme.ended);
    painter.setPen(roundPen(theme.onEnded, std::max(1.6, r * 0.26)));
    painter.drawLine(c + QPointF(0, -0.48) * r, c + QPointF(0, 0.12) * r);
    painter.drawPoint(c + QPointF(0, 0.48) * r);
    painter.restore();
}

void paintKillCross(QPainter& painter, QPointF c, double r, const Theme& theme, bool withHalo)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (withHalo)
        halo(painter, c, r, theme);
    disc(painter, c, r, theme.kill);
    painter.setPen(roundPen(theme.onKill, std::max(1.5, r * 0.24)));
    const double d = 0.36 * r;
    painter.drawLine(c + QPointF(-d, -d), c + QPointF(d, d));
    painter.drawLine(c + QPointF(-d, d), c + QPointF(d, -d));
    painter.restore();
}

void paintNumberDisc(QPainter& painter, int number, QPointF c, double r, const Theme& theme, bool withHalo)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (withHalo)
        halo(painter, c, r, theme);
    disc(painter, c, r, theme.text);
    letter(painter, QString::number(number), c, r * (number < 10 ? 1.25 : 1.0), theme.panel);
    painter.restore();
}

void paintRunningMark(QPainter& painter, QPointF c, double r, const KindColors& colors)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = std::max(1.4, r * 0.24);
    painter.setPen(QPen(colors.line, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(c, r - width / 2, r - width / 2);
    disc(painter, c, r * 0.36, colors.line);
    painter.restore();
}

void paintWaitingMark(QPainter& painter, QPointF c, double r, const KindColors& colors)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = std::max(1.4, r * 0.24);
    painter.setPen(QPen(colors.line, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(c, r - width / 2, r - width / 2);
    painter.setPen(roundPen(colors.line, width));
    painter.drawLine(c + QPointF(-0.22, -0.3) * r, c + QPointF(-0.22, 0.3) * r);
    painter.drawLine(c + QPointF(0.22, -0.3) * r, c + QPointF(0.22, 0.3) * r);
    painter.restore();
}

} // namespace daemonscope
