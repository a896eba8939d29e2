// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/yamltree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace daemonscope::scenario {
namespace {

constexpr std::size_t shownCharacters = 40;

bool continuesCharacter(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// Whether a text would be something else without its quotes: a number, True, None.
bool looksLikeAnother(std::string_view text)
{
    if (text == "yes" || text == "no" || text == "true" || text == "false" || text == "null")
        return true;
    return !text.empty() && text.find_first_not_of("-.0123456789") == std::string_view::npos;
}

/// How many letters have to be changed, added or left out.
std::size_t editDistance(std::string_view from, std::string_view to)
{
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t above = row[j + 1];
            row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (from[i] == to[j] ? 0U : 1U)});
            diagonal = above;
        }
    }
    return row.back();
}

} // namespace

std::string quotedInMessage(std::string_view text)
{
    std::string result = "'";
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (!continuesCharacter(text[i]) && ++characters > shownCharacters)
            return result + "…'";
        // U+0080 … U+009F are controls as well, and U+2028 … U+202E and U+2066 … U+2069 turn the direction of a line.
        const std::string_view rest = text.substr(i);
        const bool turns = rest.size() >= 3 && rest.starts_with("\xe2\x80")
            && static_cast<unsigned char>(rest[2]) >= 0xa8 && static_cast<unsigned char>(rest[2]) <= 0xae;
        const bool isolates = rest.size() >= 3 && rest.starts_with("\xe2\x81")
            && static_cast<unsigned char>(rest[2]) >= 0xa6 && static_cast<unsigned char>(rest[2]) <= 0xa9;
        const bool control = byte == 0xc2 && rest.size() >= 2 && static_cast<unsigned char>(rest[1]) < 0xa0;
        if (turns || isolates) {
            result += "?";
            i += 2;
        } else if (control) {
            result += "?";
            i += 1;
        } else if (byte == '\n') {
            result += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            std::array<char, 8> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\x%02x", static_cast<unsigned>(byte));
            result += escaped.data();
        } else {
            result += text[i];
        }
    }
    return result + "'";
}

void throwExpected(const YamlNode& node, const std::string& what)
{
    std::string found;
    switch (node.kind) {
    case YamlNode::Kind::Null:
        found = "nothing";
        break;
    case YamlNode::Kind::Plain:
        found = quotedInMessage(node.text);
        break;
    case YamlNode::Kind::Quoted:
        found = (looksLikeAnother(node.text) ? "the text " : "") + quotedInMessage(node.text);
        break;
    case YamlNode::Kind::List:
        found = node.items.empty() ? "an empty list" : "a list";
        break;
    case YamlNode::Kind::Map:
        found = node.items.empty() ? "an empty mapping" : "a mapping";
        break;
    }
    throw ReadError{node.position, "expected " + what + ", not " + found};
}

std::string nearestWord(std::string_view word, const std::vector<std::string>& known)
{
    constexpr std::size_t longestWord = 64;
    if (word.size() > longestWord)
        return {};
    std::string nearest;
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = editDistance(word, candidate);
        if (distance < best) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string orList(const std::vector<std::string>& words)
{
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            list += i + 1 == words.size() ? " or " : ", ";
        list += words[i];
    }
    return list;
}

} // namespace daemonscope::scenario
