// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/panel.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QVBoxLayout>

namespace daemonscope {

Panel::Panel(const QString& title, const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPadding, space::kPanelHeader, space::kPadding, space::kPadding);
    setTitle(title);
}

void Panel::setTitle(const QString& title)
{
    title_ = title;
    setAccessibleName(title);
    update();
}

void Panel::setSubtitle(const QString& subtitle)
{
    if (subtitle == subtitle_)
        return;
    subtitle_ = subtitle;
    update();
}

void Panel::setContent(QWidget* content)
{
    layout()->addWidget(content);
}

void Panel::setCorner(QWidget* corner)
{
    delete corner_;
    corner_ = corner;
    if (!corner)
        return;
    corner->setParent(this);
    corner->show();
}

void Panel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QRectF frame(rect());
    // The subtitle must not run below what stands in the corner.
    const double taken = corner_ ? corner_->width() + 12 : 0;
    paintPanelFrame(painter, frame, QString(), QString(), theme_);
    const QRectF header(14, 0, width() - 28 - taken, space::kPanelHeader);
    painter.setPen(theme_.text);
    painter.setFont(typeFont(Type::PanelTitle));
    painter.drawText(header, Qt::AlignLeft | Qt::AlignVCenter, title_);
    const double used = QFontMetricsF(painter.font()).horizontalAdvance(title_) + 12;
    painter.setPen(theme_.secondaryText);
    painter.setFont(typeFont(Type::Secondary));
    const QRectF rest = header.adjusted(used, 1, 0, 1);
    painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(subtitle_, Qt::ElideRight, rest.width()));
}

void Panel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (corner_) {
        const QSize size = corner_->sizeHint();
        corner_->setGeometry(width() - space::kPadding - size.width(), (space::kPanelHeader - size.height()) / 2 + 1,
            size.width(), size.height());
    }
}

} // namespace daemonscope
