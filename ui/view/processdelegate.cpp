// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/processdelegate.h"

#include "ui/model/processtreemodel.h"
#include "ui/theme/theme.h"
#include "ui/view/marks.h"
#include "ui/view/processbadge.h"

#include <QPainter>

namespace daemonscope {

namespace {
Kind kindOf(const QModelIndex& index)
{
    return static_cast<Kind>(index.data(ProcessTreeModel::KindRole).toInt());
}

void elided(QPainter& painter, const QRectF& rect, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, rect.width()));
}
} // namespace

ProcessDelegate::ProcessDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , theme_(theme)
{
}

QSize ProcessDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {60, space::kTableRow};
}

void ProcessDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QRectF cell(option.rect);
    if (option.state & QStyle::State_Selected)
        painter->fillRect(cell, theme_.selection);
    switch (static_cast<ProcessTreeModel::Columns>(index.column())) {
    case ProcessTreeModel::NameColumn:
        paintName(*painter, cell, index);
        break;
    case ProcessTreeModel::KindColumn:
        paintKindPill(*painter, QPointF(cell.left() + 4, cell.center().y()), badgeFor(kindOf(index)),
            index.data().toString(), theme_);
        break;
    case ProcessTreeModel::StateColumn:
        paintState(*painter, cell, index);
        break;
    case ProcessTreeModel::PidColumn:
    case ProcessTreeModel::StartColumn:
    case ProcessTreeModel::EndColumn:
    case ProcessTreeModel::LifetimeColumn:
    case ProcessTreeModel::ExitColumn:
    case ProcessTreeModel::NumColumns:
        painter->setPen(theme_.text);
        painter->setFont(typeFont(Type::Mono));
        elided(*painter, cell.adjusted(4, 0, -4, 0), index.data().toString());
        break;
    }
}

void ProcessDelegate::paintName(QPainter& painter, const QRectF& cell, const QModelIndex& index) const
{
    const QPointF center(cell.left() + 2 + space::kRowBadge, cell.center().y());
    paintBadge(painter, badgeFor(kindOf(index)), center, space::kRowBadge, theme_);
    painter.setPen(theme_.text);
    painter.setFont(typeFont(Type::BodyBold));
    elided(painter, cell.adjusted(2 * space::kRowBadge + 10, 0, -4, 0), index.data().toString());
}

void ProcessDelegate::paintState(QPainter& painter, const QRectF& cell, const QModelIndex& index) const
{
    const auto mark = static_cast<Mark>(index.data(ProcessTreeModel::MarkRole).toInt());
    paintMark(painter, mark, kindOf(index), QPointF(cell.left() + 11, cell.center().y()), 7, theme_);
    painter.setPen(markTextColor(mark, theme_));
    painter.setFont(typeFont(Type::Body));
    elided(painter, cell.adjusted(25, 0, -4, 0), index.data().toString());
}

} // namespace daemonscope
