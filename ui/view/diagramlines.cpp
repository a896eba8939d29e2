// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines between the cards of a diagram, and their labels.
#include "ui/model/diagramtext.h"
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/diagrampainter.h"
#include "ui/view/processbadge.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {

constexpr double kTextLine = 15;

/// A line of straight pieces with its bends rounded.
QPainterPath rounded(const std::vector<QPointF>& points, double radius)
{
    QPainterPath path(points.front());
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        const QPointF before = points[i - 1] - points[i];
        const QPointF after = points[i + 1] - points[i];
        const double lengthBefore = std::hypot(before.x(), before.y());
        const double lengthAfter = std::hypot(after.x(), after.y());
        const double r = std::min({radius, lengthBefore / 2, lengthAfter / 2});
        if (r < 0.5) {
            path.lineTo(points[i]);
            continue;
        }
        path.lineTo(points[i] + before * (r / lengthBefore));
        path.quadTo(points[i], points[i] + after * (r / lengthAfter));
    }
    path.lineTo(points.back());
    return path;
}

/// Where the last piece of the line ends when it is shortened by `length`.
QPointF shortened(const std::vector<QPointF>& points, double length)
{
    const QPointF last = points.back() - points[points.size() - 2];
    const double whole = std::hypot(last.x(), last.y());
    return whole <= length ? points.back() : points.back() - last * (length / whole);
}

/// The text in one line, or in two of about the same width if it is wider than the room.
QStringList inTwoLines(const QString& text, const QFontMetricsF& metrics, double room)
{
    if (text.isEmpty())
        return {};
    if (metrics.horizontalAdvance(text) <= room)
        return {text};
    const auto broken = [&](qsizetype blank) { return QStringList{text.left(blank), text.mid(blank + 1)}; };
    const auto widest = [&](const QStringList& lines) {
        return std::max(metrics.horizontalAdvance(lines.front()), metrics.horizontalAdvance(lines.back()));
    };
    QStringList best{text};
    for (qsizetype blank = text.indexOf(u' '); blank > 0; blank = text.indexOf(u' ', blank + 1)) {
        if (const QStringList lines = broken(blank); widest(lines) < widest(best))
            best = lines;
    }
    for (QString& line : best)
        line = metrics.elidedText(line, Qt::ElideMiddle, room);
    return best;
}

} // namespace

QColor DiagramPainter::edgeColor(const Theme& theme)
{
    return theme.neutral.bar;
}

std::vector<QPointF> DiagramPainter::cut(std::vector<QPointF> line) const
{
    // All pieces run along an axis, and stay what they are where they are seen.
    for (QPointF& point : line) {
        point.setX(std::clamp(point.x(), exposed_.left(), exposed_.right()));
        point.setY(std::clamp(point.y(), exposed_.top(), exposed_.bottom()));
    }
    return line;
}

void DiagramPainter::paintStartEdges(int first, int last)
{
    const DiagramLayout& layout = picture_.layout;
    const int parent = picture_.nodes.at(first).parent;
    const double from = layout.breadthOf(parent);
    const double end = layout.depthOf(layout.tidy.level[static_cast<std::size_t>(first)]);
    const double begin = end - layout.shape.gapDepth;
    const double turn = begin + layout.shape.startLane;
    QPainterPath lines; // in one stroke, so that what they have in common is not drawn thicker
    for (int child = first; child < last; ++child) {
        if (!picture_.nodes.at(child).born())
            continue;
        const double to = layout.breadthOf(child);
        std::vector<QPointF> line{
            layout.point(from, begin), layout.point(from, turn), layout.point(to, turn), layout.point(to, end)};
        if (std::abs(from - to) < 0.5)
            line = {line.front(), line.back()};
        lines.addPath(rounded(cut(std::move(line)), layout.shape.compact ? 6 : 10));
    }
    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setPen(QPen(edgeColor(picture_.theme), layout.shape.compact ? 1.4 : 2, Qt::SolidLine, Qt::FlatCap));
    painter_.setBrush(Qt::NoBrush);
    painter_.drawPath(lines);
}

QColor DiagramPainter::linkColor(const DiagramLink& link) const
{
    if (link.what == DiagramLink::What::Kill)
        return picture_.theme.kill;
    return kindColors(badgeFor(picture_.nodes.at(link.from).kind), picture_.theme).line;
}

void DiagramPainter::paintLink(const DiagramLink& link, bool halo)
{
    const Theme& theme = picture_.theme;
    const bool compact = picture_.layout.shape.compact;
    const bool kill = link.what == DiagramLink::What::Kill;
    const QColor colour = linkColor(link);
    const double head = (compact ? 3.5 : 6) * (kill ? 1 : 0.9);
    const double width = kill ? (compact ? 1.8 : 3) : link.what == DiagramLink::What::Waits ? 2.4 : 1.6;
    std::vector<QPointF> points = cut(picture_.layout.route(link).points);
    const QPointF tip = points.back();
    const QPointF last = tip - points[points.size() - 2];
    points.back() = shortened(points, kill ? head * 1.4 : 1);
    const QPainterPath path = rounded(points, compact ? 4 : 8);

    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setBrush(Qt::NoBrush);
    if (halo) {
        painter_.setPen(QPen(theme.panel, width + (compact ? 2 : 4), Qt::SolidLine, Qt::FlatCap));
        painter_.drawPath(path);
        return;
    }
    QPen pen(colour, width, Qt::SolidLine, Qt::FlatCap);
    if (!kill) {
        pen.setCapStyle(Qt::RoundCap);
        pen.setDashPattern({0.1, 2.2});
    }
    painter_.setPen(pen);
    painter_.drawPath(path);

    // The head, along the last piece.
    const double length = std::hypot(last.x(), last.y());
    if (length < 1)
        return;
    const QPointF along = last / length;
    const QPointF across(-along.y(), along.x());
    const QPolygonF arrow{tip - along * head * 1.5 + across * head, tip, tip - along * head * 1.5 - across * head};
    if (kill) {
        painter_.setPen(Qt::NoPen);
        painter_.setBrush(colour);
        painter_.drawPolygon(arrow);
    } else {
        painter_.setPen(QPen(colour, compact ? 1.6 : 2.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter_.drawPolyline(arrow);
    }
}

void DiagramPainter::paintLinkEnds(const DiagramLink& link)
{
    const bool compact = picture_.layout.shape.compact;
    const double radius = link.what == DiagramLink::What::Kill ? (compact ? 3 : 5) : (compact ? 2.4 : 3.6);
    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setPen(QPen(picture_.theme.panel, 1.2));
    painter_.setBrush(linkColor(link));
    painter_.drawEllipse(picture_.layout.route(link).points.front(), radius, radius);
}

void DiagramPainter::paintLabel(const DiagramLink& link)
{
    const Theme& theme = picture_.theme;
    const bool kill = link.what == DiagramLink::What::Kill;
    const LinkRoute route = picture_.layout.route(link);
    const QString words = diagramtext::label(picture_.tree(), link);
    const QFont font = typeFont(kill ? Type::SecondaryBold : Type::Secondary);
    const QFontMetricsF metrics(font);
    const QStringList lines = inTwoLines(diagramtext::explanation(picture_.tree(), link), metrics, route.labelRoom);
    const QSizeF pill = pillSize(words);
    const double textHeight = kTextLine * static_cast<double>(lines.size());

    // Between generations that stand below each other, all of it is centred in the gap; else the pill is on the line.
    double pillMiddle = route.label.y();
    if (picture_.layout.shape.topDown)
        pillMiddle -= textHeight / 2;
    double textTop = route.textAbove ? pillMiddle - pill.height() / 2 - textHeight : pillMiddle + pill.height() / 2;
    double widest = 0;
    for (const QString& line : lines)
        widest = std::max(widest, metrics.horizontalAdvance(line) + 6);
    painter_.setRenderHint(QPainter::Antialiasing, false);
    // Between generations that stand below each other the line runs behind the words.
    const double behind = picture_.layout.shape.topDown ? pill.height() / 2 : 0;
    if (!lines.isEmpty())
        painter_.fillRect(
            QRectF(route.label.x() - widest / 2, textTop - behind, widest, textHeight + behind), theme.panel);
    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setFont(font);
    painter_.setPen(kill ? theme.kill : theme.text);
    for (const QString& line : lines) {
        painter_.drawText(QRectF(route.label.x() - widest / 2, textTop, widest, kTextLine), Qt::AlignCenter, line);
        textTop += kTextLine;
    }
    const QPointF left(route.label.x() - pill.width() / 2, pillMiddle);
    if (kill) {
        paintPill(painter_, left, words, PillStyle::Solid, theme.kill, theme.panel, theme.onKill);
    } else {
        const KindColors& colors = kindColors(badgeFor(picture_.nodes.at(link.from).kind), theme);
        paintPill(painter_, left, words, PillStyle::TintSolidLine, colors.line, colors.tint, colors.barText);
    }
}

} // namespace daemonscope
