// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/valuereader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace daemonscope::scenario {
namespace {

bool isDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// 5, -5, 0; not 007 or +5.
bool isWholeNumber(std::string_view text)
{
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return isDigits(text) && (text.size() == 1 || text[0] != '0');
}

/// 0.5, -1.25, 1e-3
bool isFloat(std::string_view text)
{
    if (text.starts_with('-'))
        text.remove_prefix(1);
    const std::size_t exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        std::string_view power = text.substr(exponent + 1);
        if (power.starts_with('-') || power.starts_with('+'))
            power.remove_prefix(1);
        if (!isDigits(power))
            return false;
        text = text.substr(0, exponent);
        if (isDigits(text))
            return true;
    }
    const std::size_t point = text.find('.');
    return point != std::string_view::npos && isDigits(text.substr(0, point)) && isDigits(text.substr(point + 1));
}

std::int64_t wholeNumber(const YamlNode& node)
{
    std::int64_t number = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, number);
    if (error != std::errc() || stop != end || number > maxWholeNumber || number < -maxWholeNumber)
        throwExpected(node, "a whole number from -1000000000 to 1000000000");
    return number;
}

double floatNumber(const YamlNode& node)
{
    double number = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, number);
    if (error != std::errc() || stop != end || !std::isfinite(number))
        throwExpected(node, "a number that a double can hold");
    return number;
}

const std::vector<std::string>& ownFields()
{
    static const std::vector<std::string> names{"name", "pid", "ppid", "daemon", "parent", "thread", "active_children"};
    return names;
}

TextPart fieldPart(const YamlNode& node, const std::string& field, ReadScope& scope)
{
    if (const std::size_t point = field.find('.'); point != std::string::npos) {
        static const std::vector<std::string> members{"name", "pid", "daemon", "exitcode", "is_alive"};
        const std::string variable = field.substr(0, point);
        const std::string member = field.substr(point + 1);
        if (std::ranges::find(members, member) == members.end()) {
            throw ReadError{node.position,
                "expected " + orList(members) + " after the point, not " + quotedInMessage("{" + field + "}")};
        }
        const bool processOnly = member == "pid" || member == "exitcode";
        scope.use(variable, processOnly ? type::Process : type::Process | type::Thread, node.position);
        return {TextPart::Kind::Member, variable, member};
    }
    if (std::ranges::find(ownFields(), field) != ownFields().end())
        return {TextPart::Kind::Own, field, {}};
    if (field == "error") {
        if (scope.catchDepth == 0)
            throw ReadError{node.position, "expected {error} within catch only"};
        return {TextPart::Kind::Error, {}, {}};
    }
    scope.use(field, type::Plain, node.position);
    return {TextPart::Kind::Variable, field, {}};
}

VariableRef variableOf(const YamlNode& node, ReadScope& scope, TypeSet wanted)
{
    const std::string name = node.text.substr(1);
    if (node.kind == YamlNode::Kind::Quoted)
        throwExpected(node, "a variable without quotes around it");
    scope.use(name, wanted, node.position);
    return {name};
}

/// "1.5" of units of 10^digits nanoseconds; false if it is none, or more than a million seconds.
bool readTime(std::string_view number, int digits, std::chrono::nanoseconds& time)
{
    const std::size_t point = number.find('.');
    const std::string_view whole = number.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
    constexpr std::size_t mostDigits = 9;
    if (!isDigits(whole) || whole.size() > mostDigits || fraction.size() > static_cast<std::size_t>(digits)
        || (point != std::string_view::npos && !isDigits(fraction)))
        return false;
    std::int64_t count = 0;
    for (const char digit : std::string(whole) + std::string(fraction))
        count = count * 10 + (digit - '0');
    for (std::size_t i = fraction.size(); i < static_cast<std::size_t>(digits); ++i)
        count *= 10;
    time = std::chrono::nanoseconds(count);
    return time <= std::chrono::seconds(1'000'000);
}

} // namespace

Text readText(const YamlNode& node, ReadScope& scope)
{
    if (!node.isText())
        throwExpected(node, "a text");
    Text parts;
    std::string literal;
    const std::string& text = node.text;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '{' && text[i] != '}') {
            literal += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == text[i]) {
            literal += text[i++];
        } else {
            const std::size_t end = text[i] == '{' ? text.find('}', i) : std::string::npos;
            if (end == std::string::npos)
                throwExpected(node, "fields such as {name}, and {{ or }} for a brace");
            if (!literal.empty())
                parts.push_back({TextPart::Kind::Literal, std::move(literal), {}});
            literal.clear();
            parts.push_back(fieldPart(node, text.substr(i + 1, end - i - 1), scope));
            i = end;
        }
    }
    if (!literal.empty())
        parts.push_back({TextPart::Kind::Literal, std::move(literal), {}});
    return parts;
}

Operand readOperand(const YamlNode& node, ReadScope& scope, TypeSet wanted)
{
    const auto check = [&](TypeSet is) {
        if ((is & wanted) == 0)
            throwExpected(node, typeText(wanted));
    };
    if (node.kind == YamlNode::Kind::Null || (node.kind == YamlNode::Kind::Plain && node.text == "null")) {
        check(type::None);
        return std::monostate();
    }
    if (!node.isText())
        throwExpected(node, typeText(wanted));
    if (node.text.size() > 1 && node.text[0] == '$')
        return variableOf(node, scope, wanted);
    if (node.kind == YamlNode::Kind::Plain) {
        if (node.text == "yes" || node.text == "true" || node.text == "no" || node.text == "false") {
            check(type::Bool);
            return readFlag(node);
        }
        if (isWholeNumber(node.text)) {
            check(type::Int);
            return wholeNumber(node);
        }
        if (isFloat(node.text)) {
            check(type::Float);
            return floatNumber(node);
        }
    }
    check(type::Text);
    return readText(node, scope);
}

std::vector<Operand> readArguments(const YamlNode& node, ReadScope& scope)
{
    if (node.kind != YamlNode::Kind::List)
        throwExpected(node, "a list of arguments");
    std::vector<Operand> arguments;
    for (const YamlNode& item : node.items)
        arguments.push_back(readOperand(item, scope, type::Plain | type::Shared));
    return arguments;
}

Duration readDuration(const YamlNode& node, ReadScope& scope)
{
    if (node.isText() && node.text.size() > 1 && node.text[0] == '$')
        return variableOf(node, scope, type::Int | type::Float);
    std::chrono::nanoseconds time{};
    if (node.isText()) {
        const std::string_view text = node.text;
        constexpr int secondDigits = 9;
        constexpr int millisecondDigits = 6;
        if (text.ends_with("ms") && readTime(text.substr(0, text.size() - 2), millisecondDigits, time))
            return time;
        if (text.ends_with("s") && readTime(text.substr(0, text.size() - 1), secondDigits, time))
            return time;
    }
    throwExpected(node, "a duration such as 100ms or 3s");
}

bool readFlag(const YamlNode& node)
{
    if (node.kind == YamlNode::Kind::Plain) {
        if (node.text == "yes" || node.text == "true")
            return true;
        if (node.text == "no" || node.text == "false")
            return false;
    }
    throwExpected(node, "yes or no");
}

std::int64_t readWholeNumber(const YamlNode& node, std::int64_t least, std::int64_t most)
{
    if (node.kind == YamlNode::Kind::Plain && isWholeNumber(node.text)) {
        const std::int64_t number = wholeNumber(node);
        if (number >= least && number <= most)
            return number;
    }
    throwExpected(node, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Method readMethod(const YamlNode& node)
{
    if (node.isText()) {
        if (node.text == "fork")
            return Method::Fork;
        if (node.text == "spawn")
            return Method::Spawn;
        if (node.text == "forkserver")
            return Method::ForkServer;
    }
    throwExpected(node, "fork, spawn or forkserver");
}

Signal readSignal(const YamlNode& node)
{
    // Python's signal module has SIGSTKFLT only since 3.11, and real-time signals not by name.
    const auto signal = node.isText() ? Signal::fromName(node.text) : std::nullopt;
    if (!signal || signal->name() != node.text || node.text.find('+') != std::string::npos || node.text == "SIGSTKFLT")
        throwExpected(node, "a signal such as SIGTERM or SIGKILL");
    return *signal;
}

} // namespace daemonscope::scenario
