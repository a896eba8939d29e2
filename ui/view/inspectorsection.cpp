// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/inspectorsection.h"

#include "ui/theme/theme.h"
#include "ui/view/discard.h"
#include "ui/view/inspectorrow.h"

#include <QPainter>
#include <QSet>

namespace daemonscope {

namespace {
constexpr int kTitleHeight = 22;
constexpr int kBelowTitle = 6;
constexpr int kBetweenRows = 4;

/// "Started by" as a part of an object's name: "started-by".
QString slug(const QString& label)
{
    QString name;
    for (const QChar c : label.toLower())
        name += c.isLetterOrNumber() ? c : QLatin1Char('-');
    return name;
}
} // namespace

InspectorSectionView::InspectorSectionView(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
{
}

void InspectorSectionView::setSection(const InspectorSection& section)
{
    if (section == section_)
        return;
    section_ = section;
    setObjectName(QStringLiteral("inspector.") + section.key);
    setAccessibleName(section.title);
    while (rows_.size() > section.rows.size()) {
        discardLater(rows_.back());
        rows_.pop_back();
    }
    while (rows_.size() < section.rows.size()) {
        auto* row = new InspectorRowView(theme_, this);
        connect(row, &InspectorRowView::processChosen, this, &InspectorSectionView::processChosen);
        row->show();
        rows_.push_back(row);
    }
    QSet<QString> used;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const InspectorRow& row = section.rows[i];
        QString name = slug(row.label);
        if (row.timed || name.isEmpty() || used.contains(name))
            name = QString::number(i);
        used.insert(name);
        rows_[i]->setObjectName(objectName() + QLatin1Char('.') + name);
        rows_[i]->setRow(row);
    }
    placeRows();
    update();
}

int InspectorSectionView::heightForWidth(int width) const
{
    int height = kTitleHeight + kBelowTitle;
    for (const InspectorRowView* row : rows_)
        height += row->heightForWidth(width) + kBetweenRows;
    return height - kBetweenRows;
}

void InspectorSectionView::placeRows()
{
    int y = kTitleHeight + kBelowTitle;
    for (InspectorRowView* row : rows_) {
        const int height = row->heightForWidth(width());
        row->setGeometry(0, y, width(), height);
        y += height + kBetweenRows;
    }
}

void InspectorSectionView::resizeEvent(QResizeEvent*)
{
    placeRows();
}

void InspectorSectionView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(theme_.text);
    painter.setFont(typeFont(Type::BodyBold));
    painter.drawText(QRectF(0, 0, width(), kTitleHeight - 2), Qt::AlignLeft | Qt::AlignVCenter, section_.title);
    painter.setPen(QPen(theme_.border, 1));
    painter.drawLine(QPointF(0, kTitleHeight + 0.5), QPointF(width(), kTitleHeight + 0.5));
}

} // namespace daemonscope
