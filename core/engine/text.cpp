// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text.h"

#include "engine/errors.h"
#include "engine/process.h"
#include "engine/reprtext.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace daemonscope::engine {
namespace {

struct StrOfContent {
    std::string operator()(std::monostate) const { return "None"; }
    std::string operator()(bool value) const { return str(value); }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return str(value); }
    std::string operator()(const std::string& value) const { return value; }
    // Python shows addresses and owners here, which are different in each run.
    std::string operator()(const std::shared_ptr<Lock>&) const { return "<Lock>"; }
    std::string operator()(const std::shared_ptr<Event>&) const { return "<Event>"; }
    std::string operator()(const std::shared_ptr<Queue>&) const { return "<Queue>"; }
};

} // namespace

std::string str(bool value)
{
    return value ? "True" : "False";
}

std::string str(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    // repr() has an exponent below 1e-4 and from 1e16 on, while to_chars would take whichever is shorter.
    constexpr double leastPlain = 1e-4;
    constexpr double firstLarge = 1e16;
    const double magnitude = std::fabs(value);
    const bool exponent = value != 0 && (magnitude < leastPlain || magnitude >= firstLarge);
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
        exponent ? std::chars_format::scientific : std::chars_format::fixed);
    std::string text(buffer.data(), end.ptr);
    if (!exponent && text.find('.') == std::string::npos)
        text += ".0";
    return text;
}

std::string str(std::optional<int> value)
{
    return value ? std::to_string(*value) : "None";
}

std::string str(const Value& value)
{
    return std::visit(StrOfContent(), value.content());
}

std::string str(const Exception& error)
{
    return error.typeName() + ": " + error.message();
}

std::string parentName()
{
    const auto parent = parentProcess();
    return parent ? parent->name() : "None";
}

std::string activeChildrenNames()
{
    std::vector<std::string> names;
    for (const ProcessPtr& child : activeChildren())
        names.push_back(child->name());
    std::ranges::sort(names);
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + quoted(name);
    return "[" + list + "]";
}

std::chrono::nanoseconds seconds(double count)
{
    constexpr double longest = 9e9; // what a count of nanoseconds can hold
    constexpr double nanoseconds = 1e9;
    if (std::isnan(count))
        throw ValueError("Invalid value NaN (not a number)");
    if (std::fabs(count) > longest)
        throw OverflowError("timestamp too large to convert to C _PyTime_t");
    return std::chrono::nanoseconds(std::llround(count * nanoseconds));
}

std::chrono::nanoseconds seconds(const Value& count)
{
    if (const auto* fraction = std::get_if<double>(&count.content()))
        return seconds(*fraction);
    return seconds(static_cast<double>(count.as<std::int64_t>()));
}

} // namespace daemonscope::engine
