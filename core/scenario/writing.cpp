// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/writing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace daemonscope::scenario {
namespace {

constexpr std::size_t indentColumns = 4;

struct CodePoint {
    std::uint32_t value;
    std::size_t bytes;
};

/// The first character of a text that is UTF-8, as all of a scenario is.
CodePoint firstCodePoint(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    constexpr std::array<unsigned, 5> leadBits{0, 0x7f, 0x1f, 0x0f, 0x07};
    std::uint32_t value = lead & leadBits.at(bytes);
    for (std::size_t i = 1; i < bytes && i < text.size(); ++i)
        value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    return {value, std::min(bytes, text.size())};
}

/// Controls, invisible characters, and those that turn the direction of a line.
bool isHidden(std::uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb)
        || (c >= 0xe0000 && c <= 0xe0fff);
}

std::string formatted(const char* format, unsigned value)
{
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), format, value);
    return buffer.data();
}

/// \n, \t, \", \: the same in both languages. Empty for other characters.
std::string_view simpleEscape(std::uint32_t c)
{
    switch (c) {
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '\r':
        return "\\r";
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    default:
        return {};
    }
}

} // namespace

const char* methodName(Method method)
{
    return method == Method::Fork ? "fork" : method == Method::Spawn ? "spawn" : "forkserver";
}

const Step* startMethodStep(const Scenario& scenario)
{
    const auto found = std::ranges::find_if(
        scenario.main.steps, [](const Step& step) { return std::holds_alternative<SetStartMethod>(step.action); });
    return found == scenario.main.steps.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& items, std::string_view separator)
{
    std::string text;
    for (const std::string& item : items) {
        if (&item != items.data())
            text += separator;
        text += item;
    }
    return text;
}

std::string pythonLiteral(std::string_view text, bool inFString)
{
    std::string result;
    while (!text.empty()) {
        const auto [c, bytes] = firstCodePoint(text);
        if (const std::string_view escape = simpleEscape(c); !escape.empty())
            result += escape;
        else if (isHidden(c))
            result += formatted(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
        else
            result += text.substr(0, bytes);
        if (inFString && (c == '{' || c == '}'))
            result += static_cast<char>(c);
        text.remove_prefix(bytes);
    }
    return inFString ? result : "\"" + result + "\"";
}

std::string cppLiteral(std::string_view text)
{
    std::string result = "\"";
    while (!text.empty()) {
        const auto [c, bytes] = firstCodePoint(text);
        if (const std::string_view escape = simpleEscape(c); !escape.empty()) {
            result += escape;
        } else if (isHidden(c)) {
            // Three octal digits end by themselves, unlike hexadecimal ones.
            for (const char byte : text.substr(0, bytes))
                result += formatted("\\%03o", static_cast<unsigned char>(byte));
        } else {
            if (c == '?' && result.ends_with('?'))
                result += '\\'; // no trigraph
            result += text.substr(0, bytes);
        }
        text.remove_prefix(bytes);
    }
    return result + "\"";
}

std::size_t LineWriter::room() const
{
    const std::size_t used = depth_ * indentColumns;
    return used < width_ ? width_ - used : 0;
}

void LineWriter::line(std::string_view text)
{
    text_.append(depth_ * indentColumns, ' ');
    text_ += text;
    text_ += '\n';
    ++lines_;
}

void LineWriter::list(
    const std::string& head, const std::vector<std::string>& items, const std::string& tail, bool lastComma)
{
    const std::string all = joined(items, ", ");
    const bool broken = all.find('\n') != std::string::npos;
    if (items.empty() || (!broken && head.size() + all.size() + tail.size() <= room())) {
        line(head + all + tail);
        return;
    }
    line(head);
    indent();
    if (!broken && all.size() <= room()) {
        line(all);
    } else {
        for (const std::string& item : items) {
            std::string_view rest = item;
            for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
                line(rest.substr(0, end));
                rest.remove_prefix(end + 1);
            }
            line(std::string(rest) + (lastComma || &item != &items.back() ? "," : ""));
        }
    }
    outdent();
    line(tail);
}

void LineWriter::comment(std::string_view mark, std::string_view text)
{
    const auto put = [&](const std::string& words) {
        std::string whole(mark);
        whole += words;
        if (whole.ends_with(' '))
            whole.pop_back();
        if (whole.ends_with('\\'))
            whole += '.'; // or the next line would be part of the comment
        line(whole);
    };
    std::string row;
    std::string word;
    const auto endWord = [&] {
        if (!row.empty() && mark.size() + row.size() + 1 + word.size() > room()) {
            put(row);
            row.clear();
        }
        row += (row.empty() || word.empty() ? "" : " ") + word;
        word.clear();
    };
    while (!text.empty()) {
        const auto [c, bytes] = firstCodePoint(text);
        if (c == ' ' || c == '\t') {
            endWord();
        } else if (c == '\n' && text.size() > bytes) {
            endWord();
            put(row);
            row.clear();
        } else if (isHidden(c)) {
            word += c == '\n' ? "" : "?";
        } else {
            word += text.substr(0, bytes);
        }
        text.remove_prefix(bytes);
    }
    endWord();
    put(row);
}

WrittenProgram LineWriter::after(const LineWriter& head) const
{
    WrittenProgram program{head.text_ + text_, lineOfStep_};
    for (unsigned& line : program.lineOfStep)
        line += head.lines_;
    return program;
}

} // namespace daemonscope::scenario
