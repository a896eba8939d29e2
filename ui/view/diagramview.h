// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/diagramnodes.h"
#include "ui/model/tidytree.h"

#include <QElapsedTimer>
#include <QGraphicsView>
#include <QTimer>

#include <future>
#include <optional>

namespace daemonscope {

class DiagramItem;
class ViewState;
struct Theme;

/// The processes as cards with lines from those who started them, at the time cursor. The wheel zooms, dragging moves,
/// a double click on the ground shows all; a click selects, or unfolds a stack; the arrow keys go along the lines. A
/// large diagram is laid out in a thread of its own. Follows the feed and the state while it is visible.
class DiagramView : public QGraphicsView {
    Q_OBJECT
public:
    DiagramView(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);
    ~DiagramView() override;

    /// Whether every change is laid out at once, visible or not: for pictures.
    void setPatient(bool patient);
    /// Shows all of it, and does so after every change until the person zooms or moves.
    void fit();
    void zoom(double factor, QPointF aroundInView);
    /// Shows each process of a stack; folds all stacks below a node again.
    void unfold(int node);
    void fold(int node);

    [[nodiscard]] const DiagramItem& item() const { return *item_; }
    [[nodiscard]] const RecordingFeed& feed() const { return feed_; }
    [[nodiscard]] ViewState& state() { return state_; }
    /// Whether a layout is under way.
    [[nodiscard]] bool busy() const { return coming_.valid() || pending_; }
    [[nodiscard]] bool fitted() const { return fitted_; }
    /// Where a card is in the viewport.
    [[nodiscard]] QRectF cardInView(int node) const;
    [[nodiscard]] QSize sizeHint() const override { return {560, 320}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

    /// From so many cards on, a layout is made in another thread.
    static constexpr int kThreaded = 2000;

    /// What the tool tip of a card says.
    [[nodiscard]] QString toolTipOf(int node) const;

Q_SIGNALS:
    /// Another picture of the diagram is shown.
    void shown();
    /// A menu for this process is asked for, at a place of the screen.
    void menuRequested(int process, const QPoint& place);

protected:
    bool viewportEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void changed();
    void rebuild();
    void takeComing();
    void take(DiagramNodes nodes, TidyTree tidy);
    void place();
    void scroll(QPointF by);
    void showSelection();
    void describe();
    void press(QPointF inView);
    [[nodiscard]] QSizeF room() const;
    [[nodiscard]] int nodeAt(QPointF inView) const;
    [[nodiscard]] int handleAt(QPointF inView) const;
    [[nodiscard]] int neighbour(int node, int key) const;

    const RecordingFeed& feed_;
    ViewState& state_;
    DiagramItem* item_;
    UnfoldedStacks unfolded_;
    QTimer soon_;
    QElapsedTimer since_; ///< the last layout
    std::optional<EventTime> shownAt_;
    std::future<TidyTree> coming_;
    std::optional<DiagramNodes> comingNodes_;
    std::optional<QPoint> pressedAt_;
    QPoint draggedFrom_;
    bool dragging_ = false;
    bool patient_ = false;
    bool pending_ = true; ///< something changed that is not shown
    bool fitted_ = true;
    bool linked_ = false; ///< links are shown, or will be
};

} // namespace daemonscope
