// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/reporttext.h"

#include "engine/forkpath.h"

#include <cstdint>

namespace daemonscope::engine::report {
namespace {

constexpr std::string_view cutMark = "...";
constexpr char32_t firstBeyond16Bits = 0x10000;

/// A character of the text, or one byte of it that belongs to none.
struct TextUnit {
    char32_t code = 0; ///< 0xdc80 to 0xdcff for a stray byte, as Python's "surrogateescape" has it
    std::size_t length = 1;
};

bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// RFC 3629: no form longer than needed, no surrogates, nothing beyond U+10FFFF.
TextUnit unitAt(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80)
        return {first, 1};
    const TextUnit stray{0xdc00U + first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > text.size())
        return stray;
    char32_t code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(text[at + i]))
            return stray;
        code = (code << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
    }
    const bool tooLong = (length == 3 && code < 0x800) || (length == 4 && code < firstBeyond16Bits);
    const bool noCharacter = (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff;
    return tooLong || noCharacter ? stray : TextUnit{code, length};
}

/// The letter of JSON's two-character escape, or 0.
char shortEscape(char32_t code)
{
    switch (code) {
    case U'"':
    case U'\\':
        return static_cast<char>(code);
    case U'\b':
        return 'b';
    case U'\f':
        return 'f';
    case U'\n':
        return 'n';
    case U'\r':
        return 'r';
    case U'\t':
        return 't';
    default:
        return 0;
    }
}

DAEMONSCOPE_IN_EACH_FORK bool isPlain(char32_t code)
{
    return code >= 0x20 && code < 0x7f && code != U'"' && code != U'\\';
}

DAEMONSCOPE_IN_EACH_FORK bool isPlain(std::string_view text)
{
    for (const char byte : text) {
        if (!isPlain(static_cast<unsigned char>(byte)))
            return false;
    }
    return true;
}

std::size_t escapedSize(char32_t code)
{
    if (isPlain(code))
        return 1;
    if (shortEscape(code) != 0)
        return 2;
    return code < firstBeyond16Bits ? 6 : 12;
}

void appendHexEscape(RecordText& out, std::uint32_t value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        out.append(digits[(value >> static_cast<unsigned>(shift)) & 0xfU]);
}

void appendEscaped(RecordText& out, char32_t code)
{
    if (isPlain(code)) {
        out.append(static_cast<char>(code));
    } else if (const char letter = shortEscape(code)) {
        out.append('\\');
        out.append(letter);
    } else if (code < firstBeyond16Bits) {
        appendHexEscape(out, code);
    } else {
        const std::uint32_t offset = code - firstBeyond16Bits;
        appendHexEscape(out, 0xd800U + (offset >> 10U));
        appendHexEscape(out, 0xdc00U + (offset & 0x3ffU));
    }
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK void appendQuoted(RecordText& out, std::string_view text, std::size_t limit)
{
    out.append('"');
    if (text.size() <= limit && isPlain(text)) { // nearly all are
        out.append(text);
        out.append('"');
        return;
    }
    const std::size_t begin = out.size();
    std::size_t fitting = begin; // where the mark goes if the text is too long
    for (std::size_t at = 0; at < text.size();) {
        if (out.size() - begin + cutMark.size() <= limit)
            fitting = out.size();
        const TextUnit unit = unitAt(text, at);
        appendEscaped(out, unit.code);
        if (out.size() - begin > limit) {
            out.cut(fitting);
            out.append(cutMark);
            break;
        }
        at += unit.length;
    }
    out.append('"');
}

void appendQuotedEnd(RecordText& out, std::string_view text, std::size_t limit)
{
    // No byte of the text takes less than one, so those before cannot have room.
    bool isCut = text.size() > limit;
    if (isCut) {
        text.remove_prefix(text.size() - limit);
        for (int i = 0; i < 3 && !text.empty() && isContinuation(text.front()); ++i)
            text.remove_prefix(1);
    }
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size();) {
        const TextUnit unit = unitAt(text, at);
        size += escapedSize(unit.code);
        at += unit.length;
    }
    isCut = isCut || size > limit;
    out.append('"');
    if (isCut)
        out.append(cutMark);
    std::size_t at = 0;
    while (isCut && size + cutMark.size() > limit && at < text.size()) {
        const TextUnit unit = unitAt(text, at);
        size -= escapedSize(unit.code);
        at += unit.length;
    }
    while (at < text.size()) {
        const TextUnit unit = unitAt(text, at);
        appendEscaped(out, unit.code);
        at += unit.length;
    }
    out.append('"');
}

} // namespace daemonscope::engine::report
