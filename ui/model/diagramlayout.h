// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/diagramlinks.h"
#include "ui/model/tidytree.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace daemonscope {

/// How the cards of a diagram are shaped and stand, in pixels at its natural size. Breadth is the direction in which
/// siblings stand beside each other, depth that of the generations.
struct DiagramShape {
    bool topDown = true;  ///< generations below each other; else beside each other
    bool compact = false; ///< small cards, for many processes
    bool labels = true;   ///< there is room for the labels of links
    double cardBreadth = 252;
    double cardDepth = 84;
    double gapBreadth = 44;
    double gapDepth = 118;
    double port = 74;    ///< of a link, from the middle of a card
    double killFrom = 1; ///< where on the sender's card, as a share of `port`
    double waitFrom = 0.6;
    double killLane = 14; ///< where in the gap, from the parents' side, links and start edges turn
    double waitLane = 25;
    double startLane = 38;

    static DiagramShape cardsTopDown(bool labels);
    static DiagramShape cardsLeftToRight(bool labels);
    static DiagramShape compactCards();

    [[nodiscard]] double breadthStep() const { return cardBreadth + gapBreadth; }
    [[nodiscard]] double depthStep() const { return cardDepth + gapDepth; }
};

/// A link as a line with at most two bends, from the sender's card to the target's, where its arrow head stands.
struct LinkRoute {
    std::vector<QPointF> points;
    QPointF label;          ///< the middle of the room for its label
    double labelRoom = 0;   ///< how wide a label may be there
    bool textAbove = false; ///< what explains the label stands above it, as other lines are below
};

/// Where everything in a diagram stands. Cards of one level do not overlap and are sorted by breadth.
struct DiagramLayout {
    TidyTree tidy;
    DiagramShape shape;
    bool linkedRoots = false; ///< links between roots need room before the first level

    [[nodiscard]] QRectF card(int node) const;
    /// All cards and what is drawn around them; empty without a card.
    [[nodiscard]] QRectF bounds() const;
    /// The node whose card is at a point, or next to it by no more than `tolerance`; -1 for none.
    [[nodiscard]] int nodeAt(QPointF point, double tolerance = 0) const;
    [[nodiscard]] LinkRoute route(const DiagramLink& link) const;

    /// The middle of a card across the levels, and where a level begins, as distances.
    [[nodiscard]] double breadthOf(int node) const
    {
        return tidy.breadth[static_cast<std::size_t>(node)] * shape.breadthStep();
    }
    [[nodiscard]] double depthOf(int level) const { return level * shape.depthStep(); }
    /// A point at a breadth and a depth.
    [[nodiscard]] QPointF point(double breadth, double depth) const
    {
        return shape.topDown ? QPointF(breadth, depth) : QPointF(depth, breadth);
    }
    /// A rectangle around everything between two breadths and two depths.
    [[nodiscard]] QRectF rect(double breadth, double depth, double breadthSize, double depthSize) const
    {
        return {point(breadth, depth), shape.topDown ? QSizeF(breadthSize, depthSize) : QSizeF(depthSize, breadthSize)};
    }
    /// Breadth and depth of a rectangle's corner and size: the inverse of rect().
    [[nodiscard]] QRectF inBreadthAndDepth(const QRectF& rect) const
    {
        return shape.topDown ? rect : QRectF(rect.y(), rect.x(), rect.height(), rect.width());
    }
};

/// The shape in which a diagram of this size is read best in a view: cards with all words as long as there are few
/// processes and they stay legible, top down if possible; else small ones from left to right. `linked`: some of the
/// links need room for a label.
DiagramShape bestShape(const TidyTree& tidy, QSizeF view, bool linked);

/// The scale at which bounds of this size fit into a view, at most `most`.
double fitScale(QSizeF bounds, QSizeF view, double most);

} // namespace daemonscope
