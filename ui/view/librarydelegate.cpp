// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/librarydelegate.h"

#include "ui/model/librarymodel.h"
#include "ui/model/libraryrecent.h"
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace daemonscope {

namespace {
constexpr int kLessonRow = 72;
constexpr int kRecentRow = 52;
constexpr double kNumberRadius = 12;
constexpr double kTextLeft = 44; ///< from a row's left edge
constexpr double kTextRight = 12;

/// The ground of a row that is selected, and the edge of the one that the keyboard is on.
QRectF paintRow(QPainter& painter, const QStyleOptionViewItem& option, const Theme& theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF row = QRectF(option.rect).adjusted(0, 1, 0, -1);
    if (option.state & QStyle::State_Selected) {
        const bool focused = option.state & QStyle::State_HasFocus;
        painter.setPen(focused ? QPen(theme.text, 1.5) : Qt::NoPen);
        painter.setBrush(theme.selection);
        painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), space::kPaneRadius, space::kPaneRadius);
    }
    return row;
}

/// One line of text that ends in an ellipsis where it does not fit.
void paintLine(QPainter& painter, const QRectF& line, Type type, const QColor& color, const QString& text,
    Qt::TextElideMode elide = Qt::ElideRight)
{
    painter.setFont(typeFont(type));
    painter.setPen(color);
    const QString shown = QFontMetricsF(painter.font()).elidedText(text, elide, line.width());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, shown);
}
} // namespace

LessonDelegate::LessonDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , theme_(theme)
{
}

QSize LessonDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {120, kLessonRow};
}

void LessonDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    const QRectF row = paintRow(*painter, option, theme_);
    const int number = index.data(LibraryModel::NumberRole).toInt();
    paintNumberDisc(*painter, number, QPointF(row.left() + 24, row.top() + 20), kNumberRadius, theme_, false);
    const QRectF text = row.adjusted(kTextLeft, 10, -kTextRight, 0);
    const auto line = [&](double top, double height) {
        return QRectF(text.left(), text.top() + top, text.width(), height);
    };
    paintLine(*painter, line(0, 20), Type::BodyBold, theme_.text, index.data().toString());
    paintLine(*painter, line(20, 16), Type::Secondary, theme_.text, index.data(LibraryModel::QuestionRole).toString());
    paintLine(*painter, line(37, 16), Type::Secondary, theme_.secondaryText,
        index.data(LibraryModel::MethodsRole).toString());
    painter->restore();
}

RecentDelegate::RecentDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , theme_(theme)
{
}

QSize RecentDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {120, kRecentRow};
}

void RecentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    const QRectF row = paintRow(*painter, option, theme_);
    const bool missing = index.data(LibraryRecent::MissingRole).toBool();
    QRectF name(row.left() + 12, row.top() + 7, row.width() - 24, 20);
    const QRectF below = name.translated(0, 18);
    if (missing) {
        const QString word = QStringLiteral("missing");
        const double width = pillSize(word).width();
        const KindColors& colors = theme_.neutral;
        paintPill(*painter, QPointF(row.right() - 12 - width, row.center().y()), word, PillStyle::TintDashedLine,
            colors.line, colors.tint, colors.barText);
        name.setWidth(name.width() - width - 8);
    }
    paintLine(*painter, name, Type::BodyBold, missing ? theme_.secondaryText : theme_.text, index.data().toString(),
        Qt::ElideMiddle);
    const QString program = index.data(LibraryRecent::ProgramRole).toString();
    const QString what = program.isEmpty() ? index.data(LibraryRecent::FolderRole).toString() : program;
    paintLine(*painter, QRectF(below.topLeft(), QSizeF(name.width(), 16)), Type::Secondary, theme_.secondaryText, what,
        Qt::ElideMiddle);
    painter->restore();
}

} // namespace daemonscope
