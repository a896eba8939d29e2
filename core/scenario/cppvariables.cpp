// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/cppvariables.h"

#include <algorithm>
#include <type_traits>

namespace daemonscope::scenario {
namespace {

void collect(const Operand& operand, std::set<std::string>& names);

void collect(const Text& text, std::set<std::string>& names)
{
    for (const TextPart& part : text) {
        if (part.kind == TextPart::Kind::Variable || part.kind == TextPart::Kind::Member)
            names.insert(part.text);
    }
}

void collect(const Operand& operand, std::set<std::string>& names)
{
    if (const auto* variable = std::get_if<VariableRef>(&operand))
        names.insert(variable->name);
    else if (const auto* text = std::get_if<Text>(&operand))
        collect(*text, names);
}

void collect(const Duration& duration, std::set<std::string>& names)
{
    if (const auto* variable = std::get_if<VariableRef>(&duration))
        names.insert(variable->name);
}

template <class T> void collect(const std::optional<T>& value, std::set<std::string>& names)
{
    if (value)
        collect(*value, names);
}

template <class T>
void collect(const std::vector<T>& values, std::set<std::string>& names) requires(!std::is_same_v<T, TextPart>)
{
    for (const T& value : values)
        collect(value, names);
}

/// Every variable that a step itself mentions.
std::set<std::string> mentioned(const Action& action)
{
    std::set<std::string> names;
    std::visit(
        [&](const auto& step) {
            if constexpr (requires { step.variable; })
                names.insert(step.variable);
            if constexpr (requires { step.lock; })
                names.insert(step.lock);
            if constexpr (requires { step.event; })
                names.insert(step.event);
            if constexpr (requires { step.queue; })
                names.insert(step.queue);
            if constexpr (requires { step.result; })
                names.insert(step.result);
            if constexpr (requires { step.text.size(); } && !std::is_same_v<std::decay_t<decltype(step)>, Comment>)
                collect(step.text, names);
            if constexpr (requires { step.message; })
                collect(step.message, names);
            if constexpr (requires { step.path; })
                collect(step.path, names);
            if constexpr (requires { step.name; })
                collect(step.name, names);
            if constexpr (requires { step.args; })
                collect(step.args, names);
            if constexpr (requires { step.argv; })
                collect(step.argv, names);
            if constexpr (requires { step.from; }) {
                collect(step.from, names);
                collect(step.to, names);
            }
            if constexpr (std::is_same_v<std::decay_t<decltype(step)>, Exit>)
                collect(step.status, names);
            if constexpr (std::is_same_v<std::decay_t<decltype(step)>, Put>)
                collect(step.value, names);
            if constexpr (requires { step.duration; })
                collect(step.duration, names);
            if constexpr (requires { step.every; })
                collect(step.every, names);
            if constexpr (requires { step.timeout; })
                collect(step.timeout, names);
        },
        action);
    names.erase("");
    return names;
}

std::set<std::string> mentionedWithin(const Step& step)
{
    std::set<std::string> names = mentioned(step.action);
    for (const Steps* inner : innerSteps(step.action))
        forEachStep(*inner, [&](const Step& each) { names.merge(mentioned(each.action)); });
    return names;
}

/// The variable that a step makes and that needs a declaration: not a loop's, which the loop declares.
std::string declarable(const Step& step)
{
    return std::holds_alternative<Repeat>(step.action) ? std::string() : madeBy(step.action).first;
}

/// What closes or disappears with its last reference lives as long as in Python, to the end of the function.
bool livesToTheEnd(TypeSet types)
{
    return (types & (type::File | type::Shared)) != 0;
}

} // namespace

std::string cppType(TypeSet types)
{
    switch (types) {
    case type::Bool:
        return "bool";
    case type::Int:
        return "int";
    case type::Float:
        return "double";
    case type::Text:
        return "std::string";
    case type::Lock:
        return "std::shared_ptr<mp::Lock>";
    case type::Event:
        return "std::shared_ptr<mp::Event>";
    case type::Queue:
        return "std::shared_ptr<mp::Queue>";
    case type::Process:
        return "mp::ProcessPtr";
    case type::Thread:
        return "mp::Thread";
    case type::File:
        return "mp::TextFilePtr";
    default:
        return "mp::Value";
    }
}

std::string cppParameterType(TypeSet types)
{
    const std::string name = cppType(types);
    return (types & (type::Bool | type::Int | type::Float)) == types && name != "mp::Value" ? name
                                                                                            : "const " + name + "&";
}

bool isCppValue(TypeSet types)
{
    return cppType(types) == "mp::Value";
}

CppVariables::CppVariables(const Function& function, const VariableTypes& types)
    : types_(types)
{
    std::set<std::string> declared(function.parameters.begin(), function.parameters.end());
    forEachStep(function.steps, [&](const Step& step) {
        if (const std::string name = declarable(step); !name.empty())
            ++timesMade_[name];
    });
    // Those of inner blocks that are to live as long as the function.
    for (const Step& step : function.steps) {
        for (const Steps* inner : innerSteps(step.action)) {
            forEachStep(*inner, [&](const Step& each) {
                const std::string name = declarable(each);
                if (name.empty() || declared.contains(name) || !livesToTheEnd(this->types(name)))
                    return;
                declared.insert(name);
                empty_.insert(name);
                before_[step.id].push_back(name);
            });
        }
        if (const std::string name = declarable(step); !name.empty() && livesToTheEnd(this->types(name))) {
            if (declared.insert(name).second)
                declaring_.insert(step.id);
        }
    }
    place(function.steps, declared);
}

void CppVariables::place(const Steps& steps, std::set<std::string> declared)
{
    std::vector<std::set<std::string>> mentions;
    for (const Step& step : steps)
        mentions.push_back(mentionedWithin(step));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        std::map<std::string, int> blocks; // in how many blocks of the step it is mentioned
        std::set<std::string> made;
        for (const Steps* inner : innerSteps(step.action)) {
            std::set<std::string> inBlock;
            forEachStep(*inner, [&](const Step& each) {
                if (const std::string name = declarable(each); !name.empty())
                    made.insert(name);
                inBlock.merge(mentioned(each.action));
            });
            for (const std::string& name : inBlock)
                ++blocks[name];
        }
        const auto usedLater = [&](const std::string& name) {
            return std::any_of(mentions.begin() + static_cast<std::ptrdiff_t>(i) + 1, mentions.end(),
                [&](const std::set<std::string>& later) { return later.contains(name); });
        };
        for (const std::string& name : made) {
            if (!declared.contains(name) && (blocks[name] > 1 || usedLater(name))) {
                declared.insert(name);
                empty_.insert(name);
                before_[step.id].push_back(name);
            }
        }
        if (const std::string name = declarable(step); !name.empty() && declared.insert(name).second)
            declaring_.insert(step.id);
        for (const Steps* inner : innerSteps(step.action))
            place(*inner, declared);
    }
}

const std::vector<std::string>& CppVariables::declaredBefore(const Step& step) const
{
    static const std::vector<std::string> none;
    const auto found = before_.find(step.id);
    return found == before_.end() ? none : found->second;
}

bool CppVariables::madeOnce(const std::string& variable) const
{
    const auto found = timesMade_.find(variable);
    return found != timesMade_.end() && found->second == 1;
}

TypeSet CppVariables::types(const std::string& variable) const
{
    const auto found = types_.find(variable);
    return found == types_.end() ? 0 : found->second;
}

bool CppVariables::madeIn(const Steps& steps, const std::string& variable)
{
    bool made = false;
    forEachStep(steps, [&](const Step& step) { made = made || declarable(step) == variable; });
    return made;
}

} // namespace daemonscope::scenario
