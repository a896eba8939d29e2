// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/selectabletext.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
/// Where a line would break between a file's name and the number of a line in it ("story.py:" "20"), how much of the
/// line stands before that name; else 0.
int beforePlace(const QString& text, const QTextLine& line)
{
    const qsizetype end = line.textStart() + line.textLength();
    if (line.textLength() < 2 || end >= text.size() || text.at(end - 1) != QLatin1Char(':') || !text.at(end).isDigit())
        return 0;
    qsizetype begin = end - 1;
    while (begin > line.textStart() && text.at(begin - 1) != QLatin1Char('/') && text.at(begin - 1) != QLatin1Char(' '))
        --begin;
    return static_cast<int>(begin - line.textStart());
}
} // namespace

SelectableText::SelectableText(const QFont& font, const QColor& color, QWidget* parent)
    : QWidget(parent)
    , font_(font)
    , color_(color)
{
    setFocusPolicy(Qt::ClickFocus);
    setCursor(Qt::IBeamCursor);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setTextFont(font);
}

void SelectableText::setText(const QString& text)
{
    if (text == text_)
        return;
    text_ = text;
    setAccessibleName(text);
    anchor_ = cursor_ = 0;
    layout_.setText(text);
    layOut(layout_, width());
    updateGeometry();
    update();
}

void SelectableText::setTextFont(const QFont& font)
{
    font_ = font;
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout_.setTextOption(option);
    layout_.setFont(font);
    layOut(layout_, width());
    updateGeometry();
    update();
}

void SelectableText::setColor(const QColor& color)
{
    color_ = color;
    update();
}

QString SelectableText::selectedText() const
{
    return text_.mid(std::min(anchor_, cursor_), std::abs(cursor_ - anchor_));
}

double SelectableText::layOut(QTextLayout& layout, int width)
{
    double height = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(std::max(1, width));
        if (const int length = beforePlace(layout.text(), line); length > 0)
            line.setNumColumns(length, std::max(1, width));
        line.setPosition({0, height});
        height += std::ceil(line.height());
    }
    layout.endLayout();
    return height;
}

int SelectableText::naturalWidth() const
{
    return static_cast<int>(std::ceil(QFontMetricsF(font_).horizontalAdvance(text_))) + 1;
}

int SelectableText::heightForWidth(int width) const
{
    QTextLayout layout(text_, font_);
    layout.setTextOption(layout_.textOption());
    return static_cast<int>(std::ceil(layOut(layout, width)));
}

QSize SelectableText::sizeHint() const
{
    constexpr int kUsual = 400;
    const int width = std::min(naturalWidth(), kUsual);
    return {width, heightForWidth(width)};
}

int SelectableText::ascent() const
{
    return static_cast<int>(std::ceil(QFontMetricsF(font_).ascent()));
}

void SelectableText::resizeEvent(QResizeEvent*)
{
    layOut(layout_, width());
}

void SelectableText::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(color_);
    QList<QTextLayout::FormatRange> marked;
    if (anchor_ != cursor_) {
        QTextLayout::FormatRange range;
        range.start = std::min(anchor_, cursor_);
        range.length = std::abs(cursor_ - anchor_);
        range.format.setBackground(palette().highlight());
        marked.push_back(range);
    }
    layout_.draw(&painter, {0, 0}, marked);
}

int SelectableText::cursorAt(QPointF position) const
{
    for (int i = 0; i < layout_.lineCount(); ++i) {
        const QTextLine line = layout_.lineAt(i);
        if (position.y() < line.y() + line.height() || i + 1 == layout_.lineCount())
            return line.xToCursor(position.x());
    }
    return 0;
}

void SelectableText::select(int anchor, int cursor)
{
    anchor_ = anchor;
    cursor_ = cursor;
    update();
}

void SelectableText::copy() const
{
    if (anchor_ != cursor_)
        QGuiApplication::clipboard()->setText(selectedText());
}

void SelectableText::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const int at = cursorAt(event->position());
    select(event->modifiers() & Qt::ShiftModifier ? anchor_ : at, at);
}

void SelectableText::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        select(anchor_, cursorAt(event->position()));
}

void SelectableText::mouseDoubleClickEvent(QMouseEvent* event)
{
    const auto blank = [this](qsizetype i) { return text_.at(i).isSpace(); };
    int begin = cursorAt(event->position());
    int end = begin;
    while (begin > 0 && !blank(begin - 1))
        --begin;
    while (end < text_.size() && !blank(end))
        ++end;
    select(begin, end);
}

void SelectableText::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        copy();
    else if (event->matches(QKeySequence::SelectAll))
        select(0, static_cast<int>(text_.size()));
    else
        QWidget::keyPressEvent(event);
}

void SelectableText::focusOutEvent(QFocusEvent* event)
{
    // The menu with "Copy" takes the focus only for a moment.
    if (event->reason() != Qt::PopupFocusReason)
        select(cursor_, cursor_);
    QWidget::focusOutEvent(event);
}

void SelectableText::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    menu.addAction(QStringLiteral("&Copy"), this, [this] { copy(); })->setEnabled(anchor_ != cursor_);
    menu.addAction(QStringLiteral("Select &all"), this, [this] { select(0, static_cast<int>(text_.size())); });
    menu.exec(event->globalPos());
}

} // namespace daemonscope
