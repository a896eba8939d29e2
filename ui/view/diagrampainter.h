// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/diagramlayout.h"

#include <QColor>

#include <optional>

class QPainter;

namespace daemonscope {

struct Theme;

/// All that a picture of the diagram is made of.
struct DiagramPicture {
    const RecordingFeed& feed;
    const DiagramNodes& nodes;
    const std::vector<DiagramLink>& links;
    const DiagramLayout& layout;
    const Theme& theme;
    int selected = -1; ///< node
    QString filter;    ///< cards of processes whose name or pid does not contain it are pale

    [[nodiscard]] const ProcessTree& tree() const { return feed.tree(); }
    [[nodiscard]] EventTime time() const { return nodes.time(); }
    [[nodiscard]] bool pale(const DiagramNode& node) const;
};

/// Paints cards and lines of a diagram in its own coordinates, without clipping, gradients, opacity and composition
/// modes. Lines are cut by arithmetic to a little more than `exposed`, as Qt is slow with very long ones.
class DiagramPainter {
public:
    DiagramPainter(QPainter& painter, const DiagramPicture& picture, const QRectF& exposed);

    /// The lines from a parent to its children [first, last), which all have the same one.
    void paintStartEdges(int first, int last);
    /// A link's line; or a rim in the ground's colour, to be painted before it, that tells it from what it crosses.
    void paintLink(const DiagramLink& link, bool halo);
    /// What of a link stands on the cards' edges: to be painted after the cards.
    void paintLinkEnds(const DiagramLink& link);
    void paintLabel(const DiagramLink& link);
    void paintCard(int node);

    /// The disc on a card's edge that unfolds a stack, or folds what was unfolded below the card.
    [[nodiscard]] static QPointF handle(const DiagramLayout& layout, int node);
    static constexpr double kHandleRadius = 8;

    /// The colour of start edges.
    static QColor edgeColor(const Theme& theme);

private:
    void paintFull(const DiagramNode& node, const QRectF& card);
    void paintDetails(const DiagramNode& node, const QRectF& line);
    void paintSmall(const DiagramNode& node, const QRectF& card);
    void paintBody(const DiagramNode& node, const QRectF& card, double radius);
    void paintHandle(int node, bool unfolds);
    [[nodiscard]] QColor linkColor(const DiagramLink& link) const;
    [[nodiscard]] std::vector<QPointF> cut(std::vector<QPointF> line) const;

    QPainter& painter_;
    const DiagramPicture& picture_;
    QRectF exposed_;
};

} // namespace daemonscope
