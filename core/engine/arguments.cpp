// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/arguments.h"

#include "engine/errors.h"
#include "engine/forkpath.h"

namespace daemonscope::engine {
namespace {

const char* typeNameOf(const Value::Content& content)
{
    struct Names {
        const char* operator()(std::monostate) const { return "NoneType"; }
        const char* operator()(bool) const { return "bool"; }
        const char* operator()(std::int64_t) const { return "int"; }
        const char* operator()(double) const { return "float"; }
        const char* operator()(const std::string&) const { return "str"; }
        const char* operator()(const std::shared_ptr<Lock>&) const { return "Lock"; }
        const char* operator()(const std::shared_ptr<Event>&) const { return "Event"; }
        const char* operator()(const std::shared_ptr<Queue>&) const { return "Queue"; }
    };
    return std::visit(Names{}, content);
}

} // namespace

std::int64_t Value::integer() const
{
    if (const auto* number = std::get_if<std::int64_t>(&content_))
        return *number;
    if (const bool* truth = std::get_if<bool>(&content_))
        return *truth ? 1 : 0; // Python's bool is an int
    throwWrongType();
}

double Value::real() const
{
    const double* number = std::get_if<double>(&content_);
    return number ? *number : static_cast<double>(integer());
}

void Value::throwWrongType() const
{
    throw TypeError(
        std::string("a value of type '") + typeNameOf(content_) + "' cannot be used here: another type is needed");
}

DAEMONSCOPE_IN_EACH_FORK // The texts are those of Python's int.to_bytes().
    void
    Value::throwTooBig()
{
    throw OverflowError("int too big to convert");
}

void Value::throwNegative()
{
    throw OverflowError("can't convert negative int to unsigned");
}

void throwArgumentCount(std::string_view function, std::size_t expected, std::size_t given)
{
    throw TypeError(std::string(function) + "() takes " + std::to_string(expected)
        + (expected == 1 ? " positional argument but " : " positional arguments but ") + std::to_string(given)
        + (given == 1 ? " was given" : " were given"));
}

} // namespace daemonscope::engine
