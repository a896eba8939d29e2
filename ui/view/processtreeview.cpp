// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/processtreeview.h"

#include "ui/model/processtreemodel.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/processdelegate.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QPainter>

namespace daemonscope {

namespace {
/// Each expanded row costs at every later insertion, so a large tree opens by hand only.
constexpr int kExpandAtMost = 2000;

constexpr int wantedWidth(ProcessTreeModel::Columns column)
{
    switch (column) {
    case ProcessTreeModel::NameColumn:
        return 200;
    case ProcessTreeModel::PidColumn:
        return 68;
    case ProcessTreeModel::KindColumn:
        return 142;
    case ProcessTreeModel::StateColumn:
        return 178;
    case ProcessTreeModel::StartColumn:
    case ProcessTreeModel::EndColumn:
        return 68;
    case ProcessTreeModel::LifetimeColumn:
    case ProcessTreeModel::ExitColumn:
    case ProcessTreeModel::NumColumns:
        break;
    }
    return 72;
}
} // namespace

ProcessTreeView::ProcessTreeView(ProcessTreeModel& model, ViewState& state, const Theme& theme, QWidget* parent)
    : QTreeView(parent)
    , model_(model)
    , state_(state)
    , theme_(theme)
{
    setObjectName(QStringLiteral("processTree"));
    setAccessibleName(QStringLiteral("Processes, by who started whom"));
    setModel(&model);
    setItemDelegate(new ProcessDelegate(theme, this));
    setUniformRowHeights(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setAnimated(false);
    setFrameShape(NoFrame);
    setIndentation(22);
    setAllColumnsShowFocus(true);
    setSelectionMode(SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    QHeaderView* head = header();
    head->setFont(typeFont(Type::Secondary));
    head->setSectionsMovable(false);
    head->setStretchLastSection(false);
    head->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    head->setStyleSheet(QStringLiteral("QHeaderView::section { background: %1; color: %2; border: none; "
                                       "border-bottom: 1px solid %3; padding: 4px; }")
                            .arg(theme.panel.name(), theme.secondaryText.name(), theme.border.name()));
    fitColumns();
    connect(&model, &QAbstractItemModel::rowsInserted, this, &ProcessTreeView::expandNew);
    connect(&model, &QAbstractItemModel::rowsMoved, this,
        [this](const QModelIndex&, int, int, const QModelIndex& to) { expandNew(to); });
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &ProcessTreeView::showSelection);
    connect(&state, &ViewState::selectionChanged, this, &ProcessTreeView::showSelection);
    expandAll();
}

void ProcessTreeView::expandNew(const QModelIndex& parent)
{
    if (parent.isValid() && model_.visibleCount() <= kExpandAtMost && !isExpanded(parent))
        expand(parent);
    if (state_.selection() && ProcessTreeModel::processOf(currentIndex()) != *state_.selection())
        showSelection();
}

void ProcessTreeView::resizeEvent(QResizeEvent* event)
{
    QTreeView::resizeEvent(event);
    fitColumns();
}

void ProcessTreeView::reset()
{
    QTreeView::reset();
    fitColumns();
}

void ProcessTreeView::rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last)
{
    removing_ = true;
    QTreeView::rowsAboutToBeRemoved(parent, first, last);
    removing_ = false;
}

void ProcessTreeView::fitColumns()
{
    // A reset of the model resets the sections too. The name takes what the others leave.
    int others = 0;
    for (int column = 1; column < ProcessTreeModel::NumColumns; ++column) {
        const int width = wantedWidth(static_cast<ProcessTreeModel::Columns>(column));
        setColumnWidth(column, width);
        others += width;
    }
    setColumnWidth(ProcessTreeModel::NameColumn, std::max(140, viewport()->width() - others));
}

void ProcessTreeView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTreeView::currentChanged(current, previous);
    // A row that left because of the time cursor stays selected: it comes back with the time.
    if (current.isValid() && !removing_)
        state_.select(ProcessTreeModel::processOf(current));
}

void ProcessTreeView::contextMenuEvent(QContextMenuEvent* event)
{
    // The menu key asks for the current row, wherever the pointer is.
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    const QPoint place = byKey ? viewport()->mapToGlobal(visualRect(index).bottomLeft()) : event->globalPos();
    Q_EMIT menuRequested(ProcessTreeModel::processOf(index), place);
}

void ProcessTreeView::showSelection()
{
    const QModelIndex index = state_.selection() ? model_.indexOf(*state_.selection()) : QModelIndex();
    if (!index.isValid()) {
        // Its row comes back with the time, so the ViewState keeps it.
        if (currentIndex().isValid())
            selectionModel()->clear();
        return;
    }
    if (selectionModel()->isSelected(index) && ProcessTreeModel::processOf(currentIndex()) == *state_.selection())
        return;
    if (ProcessTreeModel::processOf(currentIndex()) != *state_.selection())
        setCurrentIndex(index);
    scrollTo(index);
}

void ProcessTreeView::drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const
{
    if (selectionModel()->isSelected(index))
        painter->fillRect(rect, theme_.selection);
    if (!model_.hasChildren(index))
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme_.secondaryText);
    painter->translate(rect.right() - indentation() / 2.0 + 0.5, rect.center().y() + 1.0);
    if (!isExpanded(index))
        painter->rotate(-90);
    painter->drawPolygon(QPolygonF{{-4.5, -2.5}, {4.5, -2.5}, {0, 3}});
    painter->restore();
}

} // namespace daemonscope
