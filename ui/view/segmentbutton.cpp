// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/segmentbutton.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace daemonscope {

SegmentButton::SegmentButton(const QString& text, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent)
    , theme_(theme)
{
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
}

QSize SegmentButton::sizeHint() const
{
    return {QFontMetrics(typeFont(Type::SecondaryBold)).horizontalAdvance(text()) + 20, 24};
}

void SegmentButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(hasFocus() ? theme_.text : theme_.border, 1));
    painter.setBrush(isChecked() ? theme_.selection : theme_.panel);
    painter.drawRoundedRect(frame, 6, 6);
    painter.setPen(isChecked() ? theme_.text : theme_.secondaryText);
    painter.setFont(typeFont(isChecked() ? Type::SecondaryBold : Type::Secondary));
    painter.drawText(rect(), Qt::AlignCenter, text());
}

GlyphButton::GlyphButton(QAction& action, Glyph glyph, const Theme& theme, bool primary, QWidget* parent)
    : QAbstractButton(parent)
    , action_(action)
    , glyph_(glyph)
    , theme_(theme)
    , primary_(primary)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setFixedSize(sizeHint());
    setObjectName(QStringLiteral("button.") + action.objectName());
    connect(this, &QAbstractButton::clicked, &action, &QAction::trigger);
    connect(&action, &QAction::changed, this, &GlyphButton::followAction);
    followAction();
}

void GlyphButton::followAction()
{
    setEnabled(action_.isEnabled());
    setToolTip(action_.toolTip());
    setAccessibleName(action_.iconText());
    update();
}

void GlyphButton::setGlyph(Glyph glyph)
{
    if (glyph == glyph_)
        return;
    glyph_ = glyph;
    update();
}

void GlyphButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool filled = primary_ && isEnabled();
    QColor ground = filled ? theme_.text : theme_.panel;
    if (isDown())
        ground = filled ? theme_.secondaryText : theme_.selection;
    painter.setPen(QPen(hasFocus() ? theme_.text : theme_.border, hasFocus() ? 2 : 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kPaneRadius, space::kPaneRadius);
    QColor shape = filled ? theme_.panel : theme_.text;
    if (!isEnabled())
        shape = theme_.border;
    painter.translate(QRectF(rect()).center());
    painter.scale(24, 24);
    painter.setPen(Qt::NoPen);
    painter.setBrush(shape);
    painter.drawPath(glyphPath(glyph_));
}

} // namespace daemonscope
