// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/libraryhighlighter.h"

#include "ui/theme/theme.h"

namespace daemonscope {

namespace {
QSet<QString> keywordsOf(CodeLanguage language)
{
    QString words;
    if (language == CodeLanguage::Python) {
        words =
            QStringLiteral("False None True and as assert async await break class continue def del elif else except "
                           "finally for from global if import in is lambda nonlocal not or pass raise return try "
                           "while with yield");
    } else if (language == CodeLanguage::Cpp) {
        words =
            QStringLiteral("auto bool break case catch char class const constexpr continue default delete do double "
                           "else enum explicit false float for if include inline int long namespace new noexcept "
                           "nullptr operator private protected public return signed sizeof static struct switch "
                           "template this throw true try typename unsigned using virtual void while");
    }
    const QStringList list = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return {list.begin(), list.end()};
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}
} // namespace

LibraryHighlighter::LibraryHighlighter(QTextDocument& document, const Theme& theme)
    : QSyntaxHighlighter(&document)
    , keywords_(keywordsOf(language_))
{
    keyword_.setFontWeight(QFont::Bold);
    comment_.setForeground(theme.secondaryText);
}

void LibraryHighlighter::setLanguage(CodeLanguage language)
{
    language_ = language;
    keywords_ = keywordsOf(language);
}

qsizetype LibraryHighlighter::endOfString(const QString& text, qsizetype from) const
{
    const QChar quote = text[from];
    qsizetype i = from + 1;
    while (i < text.size() && text[i] != quote)
        i += text[i] == QLatin1Char('\\') ? 2 : 1;
    return std::min(i + 1, text.size());
}

bool LibraryHighlighter::startsComment(const QString& text, qsizetype at) const
{
    if (language_ == CodeLanguage::Cpp)
        return QStringView(text).mid(at).startsWith(QLatin1String("//"));
    // In YAML, as in "a#b", only a separate "#" starts one.
    return text[at] == QLatin1Char('#')
        && (language_ == CodeLanguage::Python || at == 0 || text[at - 1] == QLatin1Char(' '));
}

void LibraryHighlighter::highlightBlock(const QString& text)
{
    if (language_ == CodeLanguage::Yaml) {
        // Keys: "- create:" and "create:".
        qsizetype from = 0;
        while (from < text.size() && (text[from] == QLatin1Char(' ') || text[from] == QLatin1Char('-')))
            ++from;
        qsizetype to = from;
        while (to < text.size() && isWordCharacter(text[to]))
            ++to;
        if (to > from && to < text.size() && text[to] == QLatin1Char(':'))
            setFormat(static_cast<int>(from), static_cast<int>(to - from), keyword_);
    }
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        if (startsComment(text, i)) {
            setFormat(static_cast<int>(i), static_cast<int>(text.size() - i), comment_);
            return;
        }
        if (c == QLatin1Char('"') || (c == QLatin1Char('\'') && language_ != CodeLanguage::Yaml)) {
            i = endOfString(text, i);
        } else if (isWordCharacter(c)) {
            qsizetype end = i;
            while (end < text.size() && isWordCharacter(text[end]))
                ++end;
            if (keywords_.contains(text.mid(i, end - i)))
                setFormat(static_cast<int>(i), static_cast<int>(end - i), keyword_);
            i = end;
        } else {
            ++i;
        }
    }
}

} // namespace daemonscope
