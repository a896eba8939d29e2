// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/view/diagrampainter.h"

#include <QGraphicsItem>

namespace daemonscope {

/// The whole diagram as one item, as an item for each of 100,000 cards would be slow. Paints what is exposed, with as
/// much detail as can be seen at the scale.
class DiagramItem : public QGraphicsItem {
public:
    /// Below this scale cards are bars without words.
    static constexpr double kWordsFrom = 0.22;

    DiagramItem(const RecordingFeed& feed, const Theme& theme);

    /// Shows other nodes; the layout is one of theirs.
    void show(DiagramNodes nodes, std::vector<DiagramLink> links, DiagramLayout layout);
    /// Shows the same in another shape.
    void setShape(const DiagramShape& shape);
    void setSelectedNode(int node);
    void setFilter(const QString& filter);

    [[nodiscard]] const DiagramNodes& nodes() const { return nodes_; }
    [[nodiscard]] const std::vector<DiagramLink>& links() const { return links_; }
    [[nodiscard]] const DiagramLayout& layout() const { return layout_; }
    [[nodiscard]] int selectedNode() const { return selected_; }

    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void paintCards(QPainter& painter, const QRectF& exposed) const;
    void paintBars(QPainter& painter, const QRectF& exposed, double scale) const;
    [[nodiscard]] QList<QRectF> barEdges(const QRectF& exposed, double scale) const;
    /// Which levels, and which nodes of a level, lie in `exposed`.
    [[nodiscard]] std::pair<int, int> levels(const QRectF& exposed) const;
    [[nodiscard]] std::pair<int, int> nodesOf(int level, const QRectF& exposed) const;
    /// The same and a neighbour to each side, so that lines between nodes out of sight are found too.
    [[nodiscard]] std::pair<int, int> nodesAround(int level, const QRectF& exposed) const;

    const RecordingFeed& feed_;
    const Theme& theme_;
    DiagramNodes nodes_;
    std::vector<DiagramLink> links_;
    DiagramLayout layout_;
    int selected_ = -1;
    QString filter_;
};

} // namespace daemonscope
