// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QSyntaxHighlighter>

namespace daemonscope {

struct Theme;

/// What a program's text is written in.
enum class CodeLanguage { Python, Cpp, Yaml };

/// Makes keywords bold and comments grey. No more: colours stand for kinds of processes.
class LibraryHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    LibraryHighlighter(QTextDocument& document, const Theme& theme);
    /// Takes effect with the next text.
    void setLanguage(CodeLanguage language);

protected:
    void highlightBlock(const QString& text) override;

private:
    [[nodiscard]] qsizetype endOfString(const QString& text, qsizetype from) const;
    [[nodiscard]] bool startsComment(const QString& text, qsizetype at) const;

    CodeLanguage language_ = CodeLanguage::Python;
    QSet<QString> keywords_;
    QTextCharFormat keyword_;
    QTextCharFormat comment_;
};

} // namespace daemonscope
