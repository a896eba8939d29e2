// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextLayout>
#include <QWidget>

namespace daemonscope {

/// A paragraph of plain text, never of markup, that can be selected with the mouse and copied. Unlike a QLabel it
/// breaks a word that is longer than a line, so that nothing of a long path or name is cut off; no text needs more
/// height than heightForWidth().
class SelectableText : public QWidget {
    Q_OBJECT
public:
    SelectableText(const QFont& font, const QColor& color, QWidget* parent = nullptr);

    /// The text is its accessible name, too.
    void setText(const QString& text);
    [[nodiscard]] const QString& text() const { return text_; }
    void setColor(const QColor& color);
    void setTextFont(const QFont& font);
    /// The part that is selected; empty if there is none.
    [[nodiscard]] QString selectedText() const;

    /// In one line, in pixels.
    [[nodiscard]] int naturalWidth() const;
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {40, 0}; }
    /// From its top to the first line's baseline.
    [[nodiscard]] int ascent() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    /// Breaks the text into lines; the height that they take.
    static double layOut(QTextLayout& layout, int width);
    [[nodiscard]] int cursorAt(QPointF position) const;
    void select(int anchor, int cursor);
    void copy() const;

    QString text_;
    QFont font_;
    QColor color_;
    QTextLayout layout_;
    int anchor_ = 0;
    int cursor_ = 0;
};

} // namespace daemonscope
