// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the person does with a diagram: mouse, wheel and keys.
#include "ui/model/diagramtext.h"
#include "ui/model/viewstate.h"
#include "ui/view/diagramitem.h"
#include "ui/view/diagramview.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QLineF>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace daemonscope {

namespace {
constexpr double kZoomStep = 1.25;
constexpr double kNear = 3; ///< pixels around a handle that are still it
} // namespace

int DiagramView::nodeAt(QPointF inView) const
{
    const int node = item_->layout().nodeAt(mapToScene(inView.toPoint()));
    return node >= 0 && item_->nodes().at(node).born() ? node : -1;
}

int DiagramView::handleAt(QPointF inView) const
{
    const QPointF at = mapToScene(inView.toPoint());
    const double reach = DiagramPainter::kHandleRadius + kNear;
    const int node = item_->layout().nodeAt(at, reach);
    const bool has = node >= 0 && item_->nodes().at(node).unfolded;
    return has && QLineF(at, DiagramPainter::handle(item_->layout(), node)).length() <= reach ? node : -1;
}

void DiagramView::press(QPointF inView)
{
    if (const int handle = handleAt(inView); handle >= 0) {
        fold(handle);
    } else if (const int node = nodeAt(inView); node >= 0) {
        if (item_->nodes().at(node).stack())
            unfold(node);
        else
            state_.select(item_->nodes().at(node).process);
    }
}

void DiagramView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    pressedAt_ = event->pos();
    draggedFrom_ = event->pos();
    dragging_ = false;
}

void DiagramView::mouseMoveEvent(QMouseEvent* event)
{
    if (!pressedAt_) {
        const bool something = nodeAt(event->position()) >= 0 || handleAt(event->position()) >= 0;
        viewport()->setCursor(something ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    if (!dragging_ && (event->pos() - *pressedAt_).manhattanLength() < QApplication::startDragDistance())
        return;
    dragging_ = true;
    fitted_ = false;
    viewport()->setCursor(Qt::ClosedHandCursor);
    scroll(draggedFrom_ - event->pos());
    draggedFrom_ = event->pos();
}

void DiagramView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !pressedAt_)
        return;
    if (!dragging_)
        press(event->position());
    pressedAt_.reset();
    viewport()->setCursor(Qt::ArrowCursor);
}

void DiagramView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && nodeAt(event->position()) < 0 && handleAt(event->position()) < 0)
        fit();
}

void DiagramView::wheelEvent(QWheelEvent* event)
{
    const double notches = event->angleDelta().y() / 120.0;
    if (notches != 0)
        zoom(std::pow(kZoomStep, notches), event->position());
    event->accept();
}

void DiagramView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int node = byKey ? item_->selectedNode() : nodeAt(event->pos());
    if (node < 0 || item_->nodes().at(node).stack())
        return;
    const QPoint place = byKey ? viewport()->mapToGlobal(cardInView(node).bottomLeft().toPoint()) : event->globalPos();
    Q_EMIT menuRequested(item_->nodes().at(node).process, place);
}

bool DiagramView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QGraphicsView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int node = nodeAt(help->pos());
    if (node < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), toolTipOf(node), this, cardInView(node).toAlignedRect());
    return true;
}

QString DiagramView::toolTipOf(int node) const
{
    // As plain text: what it says comes from the program.
    return QStringLiteral("<qt>%1</qt>")
        .arg(diagramtext::toolTip(feed_, item_->nodes().at(node), item_->nodes().time())
                 .toHtmlEscaped()
                 .replace(u'\n', QStringLiteral("<br>")));
}

int DiagramView::neighbour(int node, int key) const
{
    const DiagramNodes& nodes = item_->nodes();
    const DiagramLayout& layout = item_->layout();
    const bool down = layout.shape.topDown;
    const auto level = [&](int of) { return layout.tidy.level[static_cast<std::size_t>(of)]; };
    if (key == (down ? Qt::Key_Up : Qt::Key_Left))
        return nodes.at(node).parent;
    if (key == (down ? Qt::Key_Down : Qt::Key_Right)) {
        const int child = nodes.at(node).firstChild;
        return child >= 0 && nodes.at(child).born() ? child : -1;
    }
    const int step = key == (down ? Qt::Key_Left : Qt::Key_Up) ? -1 : 1;
    for (int next = node + step; next >= 0 && next < nodes.size() && level(next) == level(node); next += step) {
        if (nodes.at(next).born())
            return next;
    }
    return -1;
}

void DiagramView::keyPressEvent(QKeyEvent* event)
{
    const DiagramNodes& nodes = item_->nodes();
    const int node = item_->selectedNode();
    const QPointF middle = QRectF(viewport()->rect()).center();
    const auto select = [&](int to) {
        if (to >= 0)
            state_.select(nodes.at(to).process);
    };
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
            break;
        select(node >= 0 ? neighbour(node, event->key()) : nodes.size() > 0 ? 0 : -1);
        return;
    case Qt::Key_Home:
        select(nodes.size() > 0 ? 0 : -1);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(kZoomStep, middle);
        return;
    case Qt::Key_Minus:
        zoom(1 / kZoomStep, middle);
        return;
    case Qt::Key_F:
    case Qt::Key_0:
        fit();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (node >= 0 && nodes.at(node).stack())
            unfold(node);
        else if (node >= 0 && nodes.at(node).unfolded)
            fold(node);
        return;
    default:
        break;
    }
    event->ignore(); // for the window's keys
}

} // namespace daemonscope
