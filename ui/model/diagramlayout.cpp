// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/diagramlayout.h"

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {

constexpr double kMargin = 18;      ///< around all cards: badges and stacks stand over their edges
constexpr double kLegible = 0.62;   ///< the words of cards can be read at this scale
constexpr double kArrow = 12;       ///< room for an arrow head
constexpr double kAligned = 1;      ///< less than this apart is straight below each other
constexpr double kPreferred = 0.85; ///< top down is taken if it loses no more than this

} // namespace

DiagramShape DiagramShape::cardsTopDown(bool labels)
{
    DiagramShape shape;
    if (!labels) {
        shape.labels = false;
        shape.gapDepth = 64;
        shape.startLane = 32;
    }
    return shape;
}

DiagramShape DiagramShape::cardsLeftToRight(bool labels)
{
    DiagramShape shape = cardsTopDown(labels);
    shape.topDown = false;
    std::swap(shape.cardBreadth, shape.cardDepth);
    shape.gapBreadth = labels ? 34 : 24;
    shape.gapDepth = labels ? 220 : 72;
    shape.port = 27;
    // Clear of the disc on the card's corner.
    shape.killFrom = 0.7;
    shape.waitFrom = 0.35;
    return shape;
}

DiagramShape DiagramShape::compactCards()
{
    DiagramShape shape;
    shape.topDown = false;
    shape.compact = true;
    shape.labels = false;
    shape.cardBreadth = 36;
    shape.cardDepth = 204;
    shape.gapBreadth = 10;
    shape.gapDepth = 64;
    shape.port = 9;
    shape.killLane = 14;
    shape.waitLane = 22;
    shape.startLane = 32;
    return shape;
}

QRectF DiagramLayout::card(int node) const
{
    return rect(breadthOf(node) - shape.cardBreadth / 2, depthOf(tidy.level[static_cast<std::size_t>(node)]),
        shape.cardBreadth, shape.cardDepth);
}

QRectF DiagramLayout::bounds() const
{
    if (tidy.size() == 0)
        return {};
    const double breadth = tidy.width * shape.breadthStep() + shape.cardBreadth;
    const double depth = tidy.levels() * shape.depthStep() - shape.gapDepth;
    const double above = linkedRoots ? shape.gapDepth - shape.killLane : 0;
    return rect(-shape.cardBreadth / 2, -above, breadth, depth + above).adjusted(-kMargin, -kMargin, kMargin, kMargin);
}

int DiagramLayout::nodeAt(QPointF point, double tolerance) const
{
    if (tidy.size() == 0)
        return -1;
    const QRectF at = inBreadthAndDepth(QRectF(point, QSizeF()));
    const auto level = static_cast<int>(std::floor((at.y() + tolerance) / shape.depthStep()));
    if (level < 0 || level >= tidy.levels() || at.y() - tolerance > depthOf(level) + shape.cardDepth)
        return -1;
    const double reach = shape.cardBreadth / 2 + tolerance;
    const auto [first, last] =
        tidy.between(level, (at.x() - reach) / shape.breadthStep(), (at.x() + reach) / shape.breadthStep());
    int nearest = -1;
    for (int node = first; node < last; ++node) {
        if (nearest < 0 || std::abs(breadthOf(node) - at.x()) < std::abs(breadthOf(nearest) - at.x()))
            nearest = node;
    }
    return nearest;
}

LinkRoute DiagramLayout::route(const DiagramLink& link) const
{
    const bool kill = link.what == DiagramLink::What::Kill;
    const int fromLevel = tidy.level[static_cast<std::size_t>(link.from)];
    const int toLevel = tidy.level[static_cast<std::size_t>(link.to)];
    const double from = breadthOf(link.from);
    const double to = breadthOf(link.to);
    const bool aligned = std::abs(from - to) < kAligned;
    // Kills stand outside of the start edges and waits inside of them, so that they cross little and their labels have
    // each a side of the card.
    const double side = to < from - kAligned ? -1 : 1;
    double fromPort = from + shape.port * side * (kill ? shape.killFrom : shape.waitFrom);
    double toPort = to + shape.port * side * (kill ? 1 : -1);
    if (aligned) {
        toPort = kill ? to + shape.port : to - shape.port * shape.killFrom;
        fromPort = toPort;
    }
    const auto before = [&](int level) { return depthOf(level) - shape.gapDepth; };
    const double lane = kill ? shape.killLane : shape.waitLane;
    const auto nearEdge = [&](int level) { return depthOf(level); };
    const auto farEdge = [&](int level) { return depthOf(level) + shape.cardDepth; };

    LinkRoute route;
    const auto add = [&](double breadth, double depth) { route.points.push_back(point(breadth, depth)); };
    double labelBreadth = toPort;
    int labelLevel = toLevel; // the label stands in the gap before this level
    if (toLevel > fromLevel) {
        const double turn = before(toLevel) + lane;
        add(fromPort, farEdge(fromLevel));
        if (std::abs(fromPort - toPort) >= kAligned) {
            add(fromPort, turn);
            add(toPort, turn);
        }
        add(toPort, nearEdge(toLevel));
    } else {
        // To one of the same generation, or of an earlier one.
        const double turn = before(fromLevel) + lane;
        const bool same = toLevel == fromLevel;
        add(fromPort, nearEdge(fromLevel));
        add(fromPort, turn);
        add(toPort, turn);
        add(toPort, same ? nearEdge(toLevel) : farEdge(toLevel));
        labelLevel = fromLevel;
        labelBreadth = same ? toPort : fromPort;
    }
    const double begin = before(labelLevel) + shape.startLane;
    const double end = nearEdge(labelLevel) - kArrow;
    route.label = point(labelBreadth, (begin + end) / 2);
    const double half =
        shape.topDown ? std::min(shape.port, shape.breadthStep() / 2 - shape.port) - 5 : (end - begin) / 2 - 4;
    route.labelRoom = 2 * half;
    const double middle = labelLevel == toLevel && labelBreadth == toPort ? to : from;
    route.textAbove = !shape.topDown && labelBreadth < middle;
    return route;
}

double fitScale(QSizeF bounds, QSizeF view, double most)
{
    if (bounds.isEmpty() || view.isEmpty())
        return 1;
    return std::min({view.width() / bounds.width(), view.height() / bounds.height(), most});
}

DiagramShape bestShape(const TidyTree& tidy, QSizeF view, bool linked)
{
    if (tidy.size() > DiagramNodes::kSteady)
        return DiagramShape::compactCards();
    const auto scale = [&](const DiagramShape& shape) {
        DiagramLayout layout{{}, shape};
        layout.tidy.breadth = {0};
        layout.tidy.level = {0};
        layout.tidy.levelAt = tidy.levelAt;
        layout.tidy.width = tidy.width;
        return fitScale(layout.bounds().size(), view, 1);
    };
    const DiagramShape down = DiagramShape::cardsTopDown(linked);
    const DiagramShape across = DiagramShape::cardsLeftToRight(linked);
    const DiagramShape small = DiagramShape::compactCards();
    if (scale(down) >= std::min(kLegible, scale(across) * kPreferred))
        if (scale(down) >= kLegible || scale(down) >= scale(small) * kPreferred)
            return down;
    return scale(across) >= kLegible || scale(across) >= scale(small) * kPreferred ? across : small;
}

} // namespace daemonscope
