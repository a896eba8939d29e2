// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/librarytext.h"

#include "ui/theme/theme.h"

#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextList>

namespace daemonscope {

namespace {
constexpr qreal kLineHeight = 140; // percent

bool isCodeBlock(const QTextBlock& block)
{
    return block.blockFormat().hasProperty(QTextFormat::BlockCodeFence)
        || block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage);
}

/// Qt's own sizes of headings and its "monospace" depend on the machine.
void styleBlock(const QTextBlock& block, const Theme& theme)
{
    QTextCursor cursor(block);
    const int level = block.blockFormat().headingLevel();
    const bool code = isCodeBlock(block);
    QTextBlockFormat format = block.blockFormat();
    // A code block's lines are blocks of their own, whose grounds have to touch.
    format.setLineHeight(code ? 100 : kLineHeight, QTextBlockFormat::ProportionalHeight);
    format.setNonBreakableLines(false);
    format.setTopMargin(level > 0 ? 10 : 0);
    format.setBottomMargin(block.textList() ? 4 : code ? 0 : 8);
    if (code) {
        format.setBackground(theme.noteGround);
        format.setLeftMargin(8);
        if (!isCodeBlock(block.next()))
            format.setBottomMargin(10);
    }
    cursor.setBlockFormat(format);
    for (auto it = block.begin(); !it.atEnd(); ++it) {
        const QTextFragment fragment = it.fragment();
        QTextCharFormat words = fragment.charFormat();
        words.clearProperty(QTextFormat::FontSizeAdjustment);
        if (level > 0) {
            words.setFont(typeFont(level == 1 ? Type::CardName : Type::PanelTitle));
        } else if (code || words.fontFixedPitch()) {
            words.setFont(typeFont(Type::Mono));
            if (!code)
                words.setBackground(theme.noteGround);
        }
        cursor.setPosition(fragment.position());
        cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
        cursor.setCharFormat(words);
    }
}
} // namespace

LibraryText::LibraryText(const Theme& theme, QWidget* parent)
    : QTextBrowser(parent)
    , theme_(theme)
{
    setFrameShape(QFrame::NoFrame);
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFocusPolicy(Qt::StrongFocus);
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    document()->setDocumentMargin(0);
    document()->setDefaultFont(typeFont(Type::Body));
}

void LibraryText::showMarkdown(const QString& markdown)
{
    // No HTML within: it could bring fonts and colours of its own.
    document()->setMarkdown(markdown,
        QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next())
        styleBlock(block, theme_);
    verticalScrollBar()->setValue(0);
}

QVariant LibraryText::loadResource(int, const QUrl&)
{
    return {};
}

} // namespace daemonscope
