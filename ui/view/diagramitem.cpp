// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/diagramitem.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/processbadge.h"

#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>
#include <map>

namespace daemonscope {

namespace {
/// With more links, those are drawn whose target is in sight.
constexpr std::size_t kAllLinks = 2000;
} // namespace

DiagramItem::DiagramItem(const RecordingFeed& feed, const Theme& theme)
    : feed_(feed)
    , theme_(theme)
{
    // Otherwise everything is taken for exposed.
    setFlag(ItemUsesExtendedStyleOption);
}

void DiagramItem::show(DiagramNodes nodes, std::vector<DiagramLink> links, DiagramLayout layout)
{
    prepareGeometryChange();
    nodes_ = std::move(nodes);
    links_ = std::move(links);
    layout_ = std::move(layout);
    selected_ = -1;
    update();
}

void DiagramItem::setShape(const DiagramShape& shape)
{
    prepareGeometryChange();
    layout_.shape = shape;
    update();
}

void DiagramItem::setSelectedNode(int node)
{
    if (node == selected_)
        return;
    selected_ = node;
    update();
}

void DiagramItem::setFilter(const QString& filter)
{
    filter_ = filter;
    update();
}

QRectF DiagramItem::boundingRect() const
{
    return layout_.bounds();
}

std::pair<int, int> DiagramItem::levels(const QRectF& exposed) const
{
    const QRectF area = layout_.inBreadthAndDepth(exposed);
    const double step = layout_.shape.depthStep();
    const int first = std::max(0, static_cast<int>(std::floor(area.top() / step)));
    const int last = std::min(layout_.tidy.levels() - 1, static_cast<int>(std::floor(area.bottom() / step)));
    return {first, last};
}

std::pair<int, int> DiagramItem::nodesOf(int level, const QRectF& exposed) const
{
    const QRectF area = layout_.inBreadthAndDepth(exposed);
    const double reach = layout_.shape.cardBreadth / 2 + 20; // rings and stacks stand over the edge
    const double step = layout_.shape.breadthStep();
    return layout_.tidy.between(level, (area.left() - reach) / step, (area.right() + reach) / step);
}

std::pair<int, int> DiagramItem::nodesAround(int level, const QRectF& exposed) const
{
    const auto [first, last] = nodesOf(level, exposed);
    const auto at = static_cast<std::size_t>(level);
    return {std::max<int>(first - 1, layout_.tidy.levelAt[at]), std::min<int>(last + 1, layout_.tidy.levelAt[at + 1])};
}

void DiagramItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    if (nodes_.size() == 0)
        return;
    const double scale = painter->worldTransform().m11();
    painter->save();
    if (scale < kWordsFrom)
        paintBars(*painter, option->exposedRect, scale);
    else
        paintCards(*painter, option->exposedRect);
    painter->restore();
}

void DiagramItem::paintCards(QPainter& painter, const QRectF& exposed) const
{
    const DiagramPicture picture{feed_, nodes_, links_, layout_, theme_, selected_, filter_};
    DiagramPainter card(painter, picture, exposed);
    const auto [first, last] = levels(exposed.adjusted(-30, -30, 30, 30));
    const int below = std::min(last + 1, layout_.tidy.levels() - 1);
    for (int level = std::max(1, first); level <= below; ++level) {
        const auto [from, to] = nodesAround(level, exposed);
        for (int node = from; node < to;) {
            int end = node + 1;
            while (end < to && nodes_.at(end).parent == nodes_.at(node).parent)
                ++end;
            card.paintStartEdges(node, end);
            node = end;
        }
    }
    std::vector<const DiagramLink*> links;
    for (const DiagramLink& link : links_) {
        if (links_.size() <= kAllLinks || layout_.card(link.to).intersects(exposed))
            links.push_back(&link);
    }
    for (const bool kills : {false, true}) {
        for (const bool halo : {true, false}) {
            for (const DiagramLink* link : links) {
                if ((link->what == DiagramLink::What::Kill) == kills)
                    card.paintLink(*link, halo);
            }
        }
    }
    for (int level = first; level <= last; ++level) {
        const auto [from, to] = nodesOf(level, exposed);
        for (int node = from; node < to; ++node)
            card.paintCard(node);
    }
    for (const DiagramLink* link : links)
        card.paintLinkEnds(*link);
    if (!layout_.shape.labels)
        return;
    for (const DiagramLink* link : links)
        card.paintLabel(*link);
}

QList<QRectF> DiagramItem::barEdges(const QRectF& exposed, double scale) const
{
    QList<QRectF> lines;
    const double thin = 1 / scale;
    const bool stubs = layout_.shape.breadthStep() * scale >= 3;
    const QRectF area = layout_.inBreadthAndDepth(exposed).adjusted(-thin, -thin, thin, thin);
    const auto line = [&](double breadth, double depth, double breadthSize, double depthSize) {
        const QRectF seen = QRectF(breadth, depth, breadthSize, depthSize).intersected(area);
        if (!seen.isEmpty())
            lines.append(layout_.rect(seen.x(), seen.y(), seen.width(), seen.height()));
    };
    const auto [first, last] = levels(exposed);
    const int below = std::min(last + 1, layout_.tidy.levels() - 1);
    for (int level = std::max(1, first); level <= below; ++level) {
        const double begin = layout_.depthOf(level) - layout_.shape.gapDepth;
        const double turn = begin + layout_.shape.startLane;
        int parent = -1;
        const auto [from, to] = nodesAround(level, exposed);
        for (int node = from; node < to; ++node) {
            if (!nodes_.at(node).born())
                continue;
            if (stubs)
                line(layout_.breadthOf(node), turn, thin, layout_.depthOf(level) - turn);
            if (nodes_.at(node).parent == parent)
                continue;
            parent = nodes_.at(node).parent;
            const DiagramNode& its = nodes_.at(parent);
            const double start = layout_.breadthOf(its.firstChild);
            const double end = layout_.breadthOf(its.firstChild + its.childCount - 1);
            line(start, turn, end - start + thin, thin);
            line(layout_.breadthOf(parent), begin, thin, turn - begin);
        }
    }
    return lines;
}

void DiagramItem::paintBars(QPainter& painter, const QRectF& exposed, double scale) const
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    painter.setBrush(DiagramPainter::edgeColor(theme_));
    painter.drawRects(barEdges(exposed, scale));

    // All cards that share a pixel are one bar, in which a kill shows before a kind.
    std::map<QRgb, QList<QRectF>> bars;
    const double step = layout_.shape.breadthStep();
    const double size = std::max(layout_.shape.cardBreadth, 1 / scale); // at least a pixel, or it is not painted
    const double deep = std::max(layout_.shape.cardDepth, 1 / scale);
    QList<QRectF> kills;
    const auto [first, last] = levels(exposed);
    for (int level = first; level <= last; ++level) {
        const auto [from, to] = nodesOf(level, exposed);
        for (int node = from; node < to;) {
            const double breadth = layout_.breadthOf(node);
            const double pixel = std::floor(breadth * scale);
            int shown = -1;
            bool killed = false;
            for (;
                 node < to && (shown < 0 || (step * scale < 1 && std::floor(layout_.breadthOf(node) * scale) == pixel));
                 ++node) {
                if (shown < 0 || (!nodes_.at(shown).born() && nodes_.at(node).born()))
                    shown = node;
                killed = killed || nodes_.at(node).mark == Mark::Killed;
            }
            if (!nodes_.at(shown).born())
                continue;
            const QRgb colour = kindColors(badgeFor(nodes_.at(shown).kind), theme_).bar.rgb();
            (killed ? kills : bars[colour])
                .append(layout_.rect(breadth - size / 2, layout_.depthOf(level), size, deep));
        }
    }
    for (const auto& [colour, rects] : bars) {
        painter.setBrush(QColor::fromRgb(colour));
        painter.drawRects(rects);
    }
    painter.setBrush(theme_.kill);
    painter.drawRects(kills);
    if (selected_ >= 0) {
        const double far = 3 / scale;
        painter.setPen(QPen(theme_.selectionLine, 2 / scale));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(layout_.card(selected_).adjusted(-far, -far, far, far));
    }
}

} // namespace daemonscope
