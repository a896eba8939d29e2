// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/runframe.h"

#include "engine/errors.h"
#include "engine/text.h"
#include "os/self.h"

namespace daemonscope::scenario {

namespace {
std::string ownField(const std::string& field)
{
    if (field == "pid")
        return engine::str(daemonscope::currentProcess());
    if (field == "ppid")
        return engine::str(engine::parentPid());
    if (field == "thread")
        return engine::currentThreadName();
    if (field == "daemon")
        return engine::str(engine::currentProcess()->daemon());
    if (field == "parent")
        return engine::parentName();
    return field == "active_children" ? engine::activeChildrenNames() : engine::currentProcess()->name();
}

std::string processField(engine::Process& process, const std::string& field)
{
    if (field == "pid")
        return engine::str(process.pid());
    if (field == "daemon")
        return engine::str(process.daemon());
    if (field == "exitcode")
        return engine::str(process.exitCode());
    return field == "is_alive" ? engine::str(process.isAlive()) : process.name();
}
} // namespace

RunFrame::RunFrame(const Scenario& scenario, const Function& function, std::vector<RunValue> arguments)
    : scenario_(scenario)
{
    engine::checkArgumentCount(function.name, function.parameters.size(), arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i)
        variables_.emplace(function.parameters[i], std::move(arguments[i]));
}

void RunFrame::set(const std::string& name, RunValue value)
{
    if (!name.empty())
        variables_.insert_or_assign(name, std::move(value));
}

const RunValue& RunFrame::get(const std::string& name) const
{
    const auto found = variables_.find(name);
    if (found == variables_.end()) {
        throw engine::Exception(
            "UnboundLocalError", "cannot access local variable '" + name + "' where it is not associated with a value");
    }
    return found->second;
}

void RunFrame::throwNoAttribute(const RunValue& variable, const char* attribute)
{
    throw engine::AttributeError("'" + typeName(variable) + "' object has no attribute '" + attribute + "'");
}

RunValue RunFrame::evaluate(const Operand& operand) const
{
    if (const auto* variable = std::get_if<VariableRef>(&operand))
        return get(variable->name);
    if (const auto* parts = std::get_if<Text>(&operand))
        return engine::Value(text(*parts));
    if (const auto* flag = std::get_if<bool>(&operand))
        return engine::Value(*flag);
    if (const auto* number = std::get_if<std::int64_t>(&operand))
        return engine::Value(*number);
    if (const auto* number = std::get_if<double>(&operand))
        return engine::Value(*number);
    return engine::Value();
}

std::vector<RunValue> RunFrame::evaluate(const std::vector<Operand>& operands) const
{
    std::vector<RunValue> values;
    values.reserve(operands.size());
    for (const Operand& operand : operands)
        values.push_back(evaluate(operand));
    return values;
}

std::string RunFrame::member(const std::string& name, const std::string& member) const
{
    const RunValue& variable = get(name);
    if (const auto* process = std::get_if<engine::ProcessPtr>(&variable))
        return processField(**process, member);
    const auto* thread = std::get_if<std::shared_ptr<engine::Thread>>(&variable);
    if (thread && member == "name")
        return (*thread)->name();
    if (thread && member == "daemon")
        return engine::str((*thread)->daemon());
    if (thread && member == "is_alive")
        return engine::str((*thread)->isAlive());
    throwNoAttribute(variable, member.c_str());
}

std::string RunFrame::text(const Text& text) const
{
    std::string result;
    for (const TextPart& part : text) {
        switch (part.kind) {
        case TextPart::Kind::Literal:
            result += part.text;
            break;
        case TextPart::Kind::Variable:
            result += shown(get(part.text));
            break;
        case TextPart::Kind::Own:
            result += ownField(part.text);
            break;
        case TextPart::Kind::Member:
            result += member(part.text, part.member);
            break;
        case TextPart::Kind::Error:
            result += error;
            break;
        }
    }
    return result;
}

std::chrono::nanoseconds RunFrame::duration(const Duration& duration) const
{
    if (const auto* literal = std::get_if<std::chrono::nanoseconds>(&duration))
        return *literal;
    const RunValue& variable = get(std::get<VariableRef>(duration).name);
    if (const auto* value = std::get_if<engine::Value>(&variable))
        return engine::seconds(*value);
    throw engine::TypeError("'" + typeName(variable) + "' object cannot be interpreted as an integer");
}

std::int64_t RunFrame::integer(const Operand& operand) const
{
    const RunValue variable = evaluate(operand);
    if (const auto* value = std::get_if<engine::Value>(&variable)) {
        if (const auto* number = std::get_if<std::int64_t>(&value->content()))
            return *number;
        if (const auto* flag = std::get_if<bool>(&value->content()))
            return *flag ? 1 : 0;
    }
    throw engine::TypeError("'" + typeName(variable) + "' object cannot be interpreted as an integer");
}

} // namespace daemonscope::scenario
