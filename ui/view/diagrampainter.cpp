// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/diagrampainter.h"

#include "ui/model/captions.h"
#include "ui/model/diagramtext.h"
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/marks.h"
#include "ui/view/processbadge.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace daemonscope {

namespace {

/// `share` of one colour on a ground of another: what a translucent one looks like there, without being one.
QColor blended(const QColor& colour, const QColor& ground, double share)
{
    const auto part = [share](int a, int b) { return qRound(b + (a - b) * share); };
    return {part(colour.red(), ground.red()), part(colour.green(), ground.green()), part(colour.blue(), ground.blue())};
}

void elidedText(QPainter& painter, const QRectF& rect, const QString& text, Qt::TextElideMode mode = Qt::ElideRight)
{
    const QFontMetricsF metrics(painter.font());
    painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, mode, rect.width()));
}

void endDisc(QPainter& painter, Mark mark, Kind kind, QPointF center, double radius, const Theme& theme)
{
    switch (mark) {
    case Mark::Finished:
        return paintCheckDisc(painter, center, radius, theme);
    case Mark::Failed:
    case Mark::Gone:
        return paintFailDisc(painter, center, radius, theme);
    case Mark::Killed:
        return paintKillCross(painter, center, radius, theme);
    case Mark::NotBorn:
    case Mark::Running:
    case Mark::Waiting:
    case Mark::Stopped:
    case Mark::Unseen:
        return paintMark(painter, mark, kind, center, radius, theme);
    }
}

} // namespace

bool DiagramPicture::pale(const DiagramNode& node) const
{
    if (filter.isEmpty() || node.stack())
        return false;
    const Process& process = tree().at(node.process);
    return !shownText(process.name).contains(filter, Qt::CaseInsensitive)
        && !QString::number(process.id.pid).contains(filter);
}

DiagramPainter::DiagramPainter(QPainter& painter, const DiagramPicture& picture, const QRectF& exposed)
    : painter_(painter)
    , picture_(picture)
    , exposed_(exposed.adjusted(-100, -100, 100, 100))
{
}

QPointF DiagramPainter::handle(const DiagramLayout& layout, int node)
{
    const QRectF card = layout.card(node);
    return layout.shape.topDown ? QPointF(card.center().x(), card.bottom()) : QPointF(card.right(), card.center().y());
}

void DiagramPainter::paintCard(int node)
{
    const DiagramNode& its = picture_.nodes.at(node);
    if (!its.born())
        return;
    const QRectF card = picture_.layout.card(node);
    painter_.setRenderHint(QPainter::Antialiasing);
    if (node == picture_.selected) {
        const double far = its.stack() ? 13 : 5;
        painter_.setPen(QPen(picture_.theme.selectionLine, 2));
        painter_.setBrush(Qt::NoBrush);
        painter_.drawRoundedRect(card.adjusted(-5, -5, far, far), space::kCardRadius + 4, space::kCardRadius + 4);
    }
    if (picture_.layout.shape.compact)
        paintSmall(its, card);
    else
        paintFull(its, card);
    if (its.stack() || its.unfolded)
        paintHandle(node, its.stack());
}

void DiagramPainter::paintBody(const DiagramNode& node, const QRectF& card, double radius)
{
    const Theme& theme = picture_.theme;
    const KindColors& colors = kindColors(badgeFor(node.kind), theme);
    const bool faded = node.ended() || picture_.pale(node);
    const double width = picture_.layout.shape.compact ? 1.6 : 2.4;
    QPen pen(faded ? blended(colors.line, theme.panel, 0.65) : colors.line, width);
    if (node.kind == Kind::Daemon) {
        pen.setDashPattern({4, 2.6});
        pen.setCapStyle(Qt::FlatCap);
    }
    painter_.setPen(pen);
    painter_.setBrush(faded ? blended(colors.tint, theme.panel, 0.3) : colors.tint);
    const double inset = width / 2;
    const double step = picture_.layout.shape.compact ? 3 : 5;
    for (int behind = node.stack() ? 2 : 0; behind >= 0; --behind)
        painter_.drawRoundedRect(
            card.adjusted(inset, inset, -inset, -inset).translated(behind * step, behind * step), radius, radius);
}

void DiagramPainter::paintFull(const DiagramNode& node, const QRectF& card)
{
    const Theme& theme = picture_.theme;
    const Badge badge = badgeFor(node.kind);
    paintBody(node, card, space::kCardRadius);
    paintBadge(painter_, badge, card.topLeft() + QPointF(32, 33), space::kCardBadge, theme);

    const double left = card.left() + 60;
    const double right = card.right() - 12;
    painter_.setPen(picture_.pale(node) ? theme.secondaryText : theme.text);
    const QString name = diagramtext::name(picture_.tree(), node);
    const QRectF nameRect(left, card.top() + 10, right - 10 - left, 22);
    const bool fits = QFontMetricsF(font(Type::CardName)).horizontalAdvance(name) <= nameRect.width();
    painter_.setFont(font(fits ? Type::CardName : Type::PanelTitle));
    elidedText(painter_, nameRect, name, Qt::ElideMiddle);

    paintDetails(node, QRectF(left, card.top() + 33, right - left, 17));

    const bool ended = node.ended() || node.mark == Mark::Unseen;
    const double stateTop = card.top() + 55;
    double stateLeft = left;
    if (ended) {
        endDisc(painter_, node.mark, node.kind, card.topRight() + QPointF(-5, 5), 13, theme);
    } else {
        paintMark(painter_, node.mark, node.kind, QPointF(left + 6, stateTop + 9), 6, theme);
        stateLeft += 18;
    }
    painter_.setFont(font(Type::BodyBold));
    painter_.setPen(markTextColor(node.mark, theme));
    elidedText(painter_, QRectF(stateLeft, stateTop, right - stateLeft, 18),
        diagramtext::state(picture_.feed, node, picture_.time()));
}

void DiagramPainter::paintDetails(const DiagramNode& node, const QRectF& line)
{
    // The kind is told whole; a PID that leaves no room for it goes without the word.
    const Theme& theme = picture_.theme;
    const QString kind = diagramtext::kind(picture_.tree(), node, picture_.time());
    QString detail = diagramtext::detail(picture_.tree(), node);
    const double space = detail.isEmpty() ? 0 : 8;
    const double forKind = QFontMetricsF(font(Type::SecondaryBold)).horizontalAdvance(kind) + space;
    const QFontMetricsF metrics(font(Type::Secondary));
    if (!node.stack() && metrics.horizontalAdvance(detail) + forKind > line.width())
        detail = QString::number(picture_.tree().at(node.process).id.pid);
    const double forDetail = metrics.horizontalAdvance(detail) + space;
    // Of a stack, how many there are comes first.
    const double kindLeft = node.stack() ? 0 : forDetail;
    const double detailLeft = node.stack() ? forKind : 0;
    painter_.setFont(font(Type::Secondary));
    painter_.setPen(theme.secondaryText);
    elidedText(painter_, line.adjusted(detailLeft, 0, 0, 0), detail);
    painter_.setFont(font(Type::SecondaryBold));
    painter_.setPen(kindColors(badgeFor(node.kind), theme).line);
    elidedText(painter_, line.adjusted(kindLeft, 0, 0, 0), kind);
}

void DiagramPainter::paintSmall(const DiagramNode& node, const QRectF& card)
{
    const Theme& theme = picture_.theme;
    const Badge badge = badgeFor(node.kind);
    paintBody(node, card, space::kPaneRadius);
    paintBadge(painter_, badge, QPointF(card.left() + 18, card.center().y()), space::kRowBadge, theme);
    paintMark(painter_, node.mark, node.kind, QPointF(card.right() - 13, card.top() + 11.5), 6.5, theme);
    const double left = card.left() + 34;
    const double right = card.right() - 6;
    painter_.setFont(font(Type::SecondaryBold));
    painter_.setPen(picture_.pale(node) ? theme.secondaryText : theme.text);
    elidedText(painter_, QRectF(left, card.top() + 3, right - 18 - left, 16), diagramtext::name(picture_.tree(), node),
        Qt::ElideMiddle);
    const QString kind = diagramtext::kind(picture_.tree(), node, picture_.time());
    const QRectF line(left, card.top() + 18, right - left, 15);
    painter_.setFont(font(Type::Pill));
    painter_.setPen(kindColors(badge, theme).line);
    elidedText(painter_, line, kind);
    const double used = QFontMetricsF(painter_.font()).horizontalAdvance(kind) + 5;
    if (used < line.width() - 12) {
        painter_.setPen(markTextColor(node.mark, theme));
        elidedText(painter_, line.adjusted(used, 0, 0, 0), diagramtext::state(picture_.feed, node, picture_.time()));
    }
}

void DiagramPainter::paintHandle(int node, bool unfolds)
{
    const Theme& theme = picture_.theme;
    const QPointF center = handle(picture_.layout, node);
    painter_.setPen(QPen(theme.secondaryText, 1.6));
    painter_.setBrush(theme.panel);
    painter_.drawEllipse(center, kHandleRadius, kHandleRadius);
    const double arm = kHandleRadius * 0.5;
    painter_.drawLine(center - QPointF(arm, 0), center + QPointF(arm, 0));
    if (unfolds)
        painter_.drawLine(center - QPointF(0, arm), center + QPointF(0, arm));
}

} // namespace daemonscope
