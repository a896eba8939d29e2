// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text.h"
#include "scenario/cppsteps.h"

#include <array>
#include <utility>

namespace daemonscope::scenario {

std::string CppSteps::part(const TextPart& part, bool string)
{
    switch (part.kind) {
    case TextPart::Kind::Literal:
        return cppLiteral(part.text);
    case TextPart::Kind::Variable: {
        const TypeSet held = variables_->types(part.text);
        const bool asItIs = held == type::Text || (held == type::Int && !string);
        return asItIs ? part.text : "mp::str(" + part.text + ")";
    }
    case TextPart::Kind::Error:
        return "mp::str(" + errorName() + ")";
    case TextPart::Kind::Member: {
        const std::string object = access(part.text);
        if (part.member == "name")
            return object + "name()";
        const std::string call = part.member == "exitcode" ? "exitCode()"
            : part.member == "is_alive"                    ? "isAlive()"
                                                           : part.member + "()";
        return "mp::str(" + object + call + ")";
    }
    case TextPart::Kind::Own:
        break;
    }
    if (part.text == "pid") {
        includes_.insert("unistd.h");
        return string ? "mp::str(::getpid())" : "::getpid()";
    }
    if (part.text == "ppid")
        return string ? "mp::str(mp::parentPid())" : "mp::parentPid()";
    if (part.text == "daemon")
        return "mp::str(mp::currentProcess()->daemon())";
    if (part.text == "parent")
        return "mp::parentName()";
    if (part.text == "thread")
        return "mp::currentThreadName()";
    if (part.text == "active_children")
        return "mp::activeChildrenNames()";
    return "mp::currentProcess()->name()";
}

std::string CppSteps::text(const Text& text)
{
    if (text.empty())
        return "\"\"";
    std::vector<std::string> parts;
    for (const TextPart& each : text)
        parts.push_back(part(each, true));
    return joined(parts, " + ");
}

std::string CppSteps::operand(const Operand& operand)
{
    if (const auto* flag = std::get_if<bool>(&operand))
        return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&operand))
        return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&operand))
        return engine::str(*number);
    if (const auto* words = std::get_if<Text>(&operand))
        return text(*words);
    if (const auto* variable = std::get_if<VariableRef>(&operand))
        return variable->name;
    return "mp::Value()";
}

std::string CppSteps::converted(const Operand& operand, TypeSet to)
{
    const auto* const name = std::get_if<VariableRef>(&operand);
    return name ? variable(name->name, to) : this->operand(operand);
}

std::string CppSteps::variable(const std::string& name, TypeSet to) const
{
    if (!isCppValue(variables_->types(name)) || isCppValue(to))
        return name;
    return name + ".as<" + cppType(to) + ">()";
}

std::vector<std::string> CppSteps::operands(const std::vector<Operand>& operands)
{
    std::vector<std::string> result;
    result.reserve(operands.size());
    for (const Operand& each : operands)
        result.push_back(operand(each));
    return result;
}

std::string CppSteps::duration(const Duration& duration)
{
    if (const auto* variable = std::get_if<VariableRef>(&duration))
        return "mp::seconds(" + variable->name + ")";
    needsLiterals_ = true;
    includes_.insert("chrono");
    const std::int64_t count = std::get<std::chrono::nanoseconds>(duration).count();
    constexpr std::array<std::pair<std::int64_t, const char*>, 3> units{
        {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}}};
    for (const auto& [nanoseconds, unit] : units) {
        if (count % nanoseconds == 0)
            return std::to_string(count / nanoseconds) + unit;
    }
    return std::to_string(count) + "ns";
}

std::string CppSteps::timeout(const std::optional<Duration>& duration)
{
    return duration ? CppSteps::duration(*duration) : std::string();
}

std::string CppSteps::context(const std::optional<Method>& method)
{
    return method ? "mp::Context::of(" + cppLiteral(methodName(*method)) + ")" : "mp::Context::standard()";
}

std::string CppSteps::access(const std::string& variable) const
{
    const TypeSet held = variables_->types(variable);
    if (isCppValue(held)) // a parameter that nobody gives anything
        return shared(variable, type::Queue);
    return variable + (held == type::Thread && !variables_->declaredEmpty(variable) ? "." : "->");
}

std::string CppSteps::shared(const std::string& variable, TypeSet type) const
{
    return this->variable(variable, type) + "->";
}

void CppSteps::assign(const std::string& variable, const std::string& expression)
{
    std::string declaration;
    if (variables_->declaredBy(*current_)) {
        const TypeSet held = variables_->types(variable);
        const bool plain = held == type::Bool || held == type::Int || isCppValue(held);
        declaration = (variables_->madeOnce(variable) ? "const " : "") + (plain ? cppType(held) : "auto") + " ";
    }
    out_.line(declaration + variable + " = " + expression + ";");
}

} // namespace daemonscope::scenario
