// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/runvalues.h"

#include "engine/errors.h"
#include "engine/text.h"

#include <array>

namespace daemonscope::scenario {

namespace {
template <class... Cases> struct ValueCases : Cases... {
    using Cases::operator()...;
};
template <class... Cases> ValueCases(Cases...) -> ValueCases<Cases...>;

} // namespace

std::string shown(const RunValue& variable)
{
    return std::visit(ValueCases{
                          [](const engine::Value& value) { return engine::str(value); },
                          [](const engine::ProcessPtr& process) { return process->repr(); },
                          [](const std::shared_ptr<engine::Thread>& thread) { return "<" + thread->name() + ">"; },
                          [](const engine::TextFilePtr&) -> std::string { return "<file>"; },
                      },
        variable);
}

std::string typeName(const RunValue& variable)
{
    if (const auto* process = std::get_if<engine::ProcessPtr>(&variable))
        return (*process)->className();
    if (std::holds_alternative<std::shared_ptr<engine::Thread>>(variable))
        return "Thread";
    const auto* value = std::get_if<engine::Value>(&variable);
    if (!value)
        return "TextIOWrapper";
    constexpr std::array names{"NoneType", "bool", "int", "float", "str", "Lock", "Event", "Queue"};
    static_assert(names.size() == std::variant_size_v<engine::Value::Content>);
    return names.at(value->content().index());
}

void raiseNamed(const std::string& type, const std::string& message)
{
    if (type == "KeyboardInterrupt")
        throw engine::KeyboardInterrupt(message);
    if (type == "AssertionError")
        throw engine::AssertionError(message);
    if (type == "AttributeError")
        throw engine::AttributeError(message);
    if (type == "EOFError")
        throw engine::EOFError(message);
    if (type == "RuntimeError")
        throw engine::RuntimeError(message);
    if (type == "TypeError")
        throw engine::TypeError(message);
    if (type == "ValueError")
        throw engine::ValueError(message);
    throw engine::Exception(type, message);
}

} // namespace daemonscope::scenario
