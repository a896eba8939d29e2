// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/librarybutton.h"

#include "ui/theme/theme.h"

#include <QAction>
#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>

namespace daemonscope {

namespace {
constexpr int kButtonGlyph = 20;
constexpr int kButtonPadding = 14;
} // namespace

LibraryButton::LibraryButton(const QString& text, const Theme& theme, bool primary, QWidget* parent)
    : QAbstractButton(parent)
    , theme_(theme)
    , primary_(primary)
{
    setText(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void LibraryButton::setGlyph(Glyph glyph)
{
    glyph_ = glyph;
    updateGeometry();
    update();
}

void LibraryButton::setCompact()
{
    compact_ = true;
    updateGeometry();
}

void LibraryButton::follow(QAction& action)
{
    const auto take = [this, &action] {
        setText(action.text());
        // The menu bar has the letter already.
        setShortcut({});
        setToolTip(action.toolTip());
        setAccessibleName(words());
        // What cannot be done now is only in the way.
        setVisible(action.isEnabled());
        updateGeometry();
    };
    setObjectName(QStringLiteral("library.") + action.objectName());
    connect(this, &QAbstractButton::clicked, &action, &QAction::trigger);
    connect(&action, &QAction::changed, this, take);
    take();
}

QString LibraryButton::words() const
{
    return text().remove(QLatin1Char('&'));
}

QSize LibraryButton::sizeHint() const
{
    const int glyph = glyph_ ? kButtonGlyph + 4 : 0;
    const QFontMetrics metrics(typeFont(compact_ ? Type::SecondaryBold : Type::BodyBold));
    const int padding = compact_ ? 10 : kButtonPadding;
    const int height = compact_ ? 24 : primary_ ? 40 : 32;
    return {metrics.horizontalAdvance(words()) + glyph + 2 * padding, height};
}

void LibraryButton::keyPressEvent(QKeyEvent* event)
{
    // As in a dialog: Enter does what Space does.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void LibraryButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool filled = primary_ && isEnabled();
    QColor ground = filled ? theme_.text : theme_.panel;
    if (isDown())
        ground = filled ? theme_.secondaryText : theme_.selection;
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(filled ? ground : theme_.border, 1));
    painter.setBrush(ground);
    const double radius = compact_ ? 6 : space::kPaneRadius;
    painter.drawRoundedRect(frame, radius, radius);
    const QColor ink = !isEnabled() ? theme_.secondaryText : filled ? theme_.panel : theme_.text;
    if (hasFocus()) {
        // Inside the edge, where it is seen on either ground.
        painter.setPen(QPen(ink, 1.5));
        painter.setBrush(Qt::NoBrush);
        const double inset = compact_ ? 1 : 3;
        painter.drawRoundedRect(frame.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
    }
    painter.setFont(typeFont(compact_ ? Type::SecondaryBold : Type::BodyBold));
    const double glyphWidth = glyph_ ? kButtonGlyph + 4 : 0;
    const double textWidth = QFontMetricsF(painter.font()).horizontalAdvance(words());
    const double left = (width() - textWidth - glyphWidth) / 2;
    painter.setPen(ink);
    painter.drawText(QRectF(left + glyphWidth, 0, textWidth + 4, height()), Qt::AlignLeft | Qt::AlignVCenter, words());
    if (glyph_) {
        painter.translate(left + kButtonGlyph / 2.0 - 2, height() / 2.0);
        painter.scale(kButtonGlyph, kButtonGlyph);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawPath(glyphPath(*glyph_));
    }
}

} // namespace daemonscope
