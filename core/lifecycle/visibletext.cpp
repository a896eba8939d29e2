// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/visibletext.h"

#include <cstdint>
#include <cstdio>

namespace daemonscope {
namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t length = 0; ///< in bytes; 0: not UTF-8
};

CodePoint decodeUtf8(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const std::size_t length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (length == 0 || first >= 0xf5 || text.size() < length)
        return {};
    std::uint32_t value = first & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        value = (value << 6) | (byte(i) & 0x3fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return {};
    return {value, length};
}

/// Control characters, and those that are invisible or turn the direction of what follows.
bool mustBeEscaped(std::uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb)
        || (c >= 0xe0000 && c <= 0xe007f);
}

std::string escapeOf(std::uint32_t c)
{
    switch (c) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        break;
    }
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    return buffer;
}

} // namespace

std::string visibleText(std::string_view text, std::size_t maximum)
{
    std::string shown;
    std::size_t characters = 0;
    while (!text.empty()) {
        const CodePoint point = decodeUtf8(text);
        std::string piece;
        std::size_t width = 1;
        if (point.length == 0) {
            char buffer[8];
            std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[0])));
            piece = buffer;
            width = piece.size();
        } else if (mustBeEscaped(point.value)) {
            piece = escapeOf(point.value);
            width = piece.size();
        } else {
            piece = text.substr(0, point.length);
        }
        const std::size_t used = point.length == 0 ? 1 : point.length;
        const bool last = used == text.size();
        if (characters + width > maximum || (!last && characters + width == maximum)) {
            shown += "…";
            break;
        }
        shown += piece;
        characters += width;
        text.remove_prefix(used);
    }
    return shown;
}

std::string visibleCommand(const std::vector<std::string>& arguments, std::size_t maximum)
{
    std::string line;
    for (std::size_t i = 0; i < arguments.size() && line.size() <= 4 * maximum; ++i) {
        if (i > 0)
            line += ' ';
        const std::string& argument = arguments[i];
        const bool plain =
            !argument.empty() && argument.find_first_of(" \t\n'\"\\$`;|&<>()*?[]{}~#!") == std::string::npos;
        if (plain) {
            line.append(argument, 0, 4 * maximum);
            continue;
        }
        line += '\'';
        for (const char c : std::string_view(argument).substr(0, 4 * maximum)) {
            if (c == '\'')
                line += "'\\''";
            else
                line += c;
        }
        line += '\'';
    }
    return visibleText(line, maximum);
}

} // namespace daemonscope
