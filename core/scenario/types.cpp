// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/types.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace daemonscope::scenario {
namespace {

/// Adds what the function's steps hand over to the parameters of others; whether that told anything new.
bool handOver(const Scenario& scenario, const Function& function, ScenarioTypes& types)
{
    bool changed = false;
    forEachStep(function.steps, [&](const Step& step) {
        for (const FunctionUse& use : functionUses(step.action)) {
            const Function* const called = scenario.function(*use.function);
            if (!called || !use.args)
                continue;
            for (std::size_t i = 0; i < use.args->size() && i < called->parameters.size(); ++i) {
                TypeSet& known = types[called->name][called->parameters[i]];
                const TypeSet all = known | typeOf((*use.args)[i], types[function.name]);
                changed = changed || all != known;
                known = all;
            }
        }
    });
    return changed;
}

bool hasErrorField(const Text& text)
{
    return std::ranges::any_of(text, [](const TextPart& part) { return part.kind == TextPart::Kind::Error; });
}
bool hasErrorField(const std::optional<Text>& text)
{
    return text && hasErrorField(*text);
}
bool hasErrorField(const Operand& operand)
{
    const auto* const text = std::get_if<Text>(&operand);
    return text && hasErrorField(*text);
}
template <class T> bool hasErrorField(const std::vector<T>& several)
{
    return std::ranges::any_of(several, [](const T& each) { return hasErrorField(each); });
}

bool showsErrorItself(const Action& action)
{
    return std::visit(
        [](const auto& step) {
            using T = std::decay_t<decltype(step)>;
            if constexpr (std::is_same_v<T, Print> || std::is_same_v<T, WriteFile>)
                return hasErrorField(step.text);
            else if constexpr (std::is_same_v<T, CreateProcess> || std::is_same_v<T, CreateThread>)
                return hasErrorField(step.args) || hasErrorField(step.name);
            else if constexpr (std::is_same_v<T, Call> || std::is_same_v<T, RawFork> || std::is_same_v<T, Daemonize>)
                return hasErrorField(step.args);
            else if constexpr (std::is_same_v<T, OpenFile> || std::is_same_v<T, CountLines>)
                return hasErrorField(step.path);
            else if constexpr (std::is_same_v<T, Exit>)
                return hasErrorField(step.status);
            else if constexpr (std::is_same_v<T, Raise>)
                return hasErrorField(step.message);
            else if constexpr (std::is_same_v<T, Put>)
                return hasErrorField(step.value);
            else if constexpr (std::is_same_v<T, RunCommand>)
                return std::ranges::any_of(step.argv, [](const Text& word) { return hasErrorField(word); });
            else
                return false;
        },
        action);
}

} // namespace

bool showsError(const Steps& caught)
{
    return std::ranges::any_of(caught, [](const Step& step) {
        if (const auto* const inner = std::get_if<Try>(&step.action))
            return showsError(inner->steps);
        return showsErrorItself(step.action)
            || std::ranges::any_of(innerSteps(step.action), [](const Steps* steps) { return showsError(*steps); });
    });
}

TypeSet typeOf(const Operand& operand, const VariableTypes& variables)
{
    if (const auto* reference = std::get_if<VariableRef>(&operand)) {
        const auto found = variables.find(reference->name);
        return found == variables.end() ? 0 : found->second;
    }
    if (std::holds_alternative<bool>(operand))
        return type::Bool;
    if (std::holds_alternative<std::int64_t>(operand))
        return type::Int;
    if (std::holds_alternative<double>(operand))
        return type::Float;
    return std::holds_alternative<Text>(operand) ? type::Text : type::None;
}

std::string typeText(TypeSet types)
{
    if (types == type::Plain)
        return "a value";
    static const std::vector<std::pair<TypeSet, const char*>> names{{type::None, "None"}, {type::Bool, "True or False"},
        {type::Int, "a whole number"}, {type::Float, "a number"}, {type::Text, "a text"}, {type::Lock, "a lock"},
        {type::Event, "an event"}, {type::Queue, "a queue"}, {type::Process, "a process"}, {type::Thread, "a thread"},
        {type::File, "a file"}};
    std::vector<std::string> held;
    for (const auto& [bit, name] : names) {
        if ((types & bit) != 0)
            held.emplace_back(name);
    }
    std::string text;
    for (std::size_t i = 0; i < held.size(); ++i)
        text += (i == 0 ? "" : i + 1 == held.size() ? " or " : ", ") + held[i];
    return text;
}

std::pair<std::string, TypeSet> madeBy(const Action& action)
{
    return std::visit(
        [](const auto& step) -> std::pair<std::string, TypeSet> {
            using T = std::decay_t<decltype(step)>;
            if constexpr (std::is_same_v<T, Repeat> || std::is_same_v<T, CountLines>)
                return {step.variable, type::Int};
            else if constexpr (std::is_same_v<T, CreateProcess>)
                return {step.variable, type::Process};
            else if constexpr (std::is_same_v<T, CreateThread>)
                return {step.variable, type::Thread};
            else if constexpr (std::is_same_v<T, OpenFile>)
                return {step.variable, type::File};
            else if constexpr (std::is_same_v<T, MakeShared>)
                return {step.variable,
                    step.kind == MakeShared::Kind::Lock        ? type::Lock
                        : step.kind == MakeShared::Kind::Event ? type::Event
                                                               : type::Queue};
            else if constexpr (std::is_same_v<T, Acquire> || std::is_same_v<T, WaitEvent>)
                return {step.result, type::Bool};
            else if constexpr (std::is_same_v<T, Get>)
                return {step.result, type::Plain};
            else
                return {};
        },
        action);
}

ScenarioTypes inferTypes(const Scenario& scenario)
{
    ScenarioTypes types;
    std::vector<const Function*> functions{&scenario.main};
    for (const Function& function : scenario.functions)
        functions.push_back(&function);
    for (const Function* function : functions) {
        VariableTypes& variables = types[function->name];
        for (const std::string& parameter : function->parameters)
            variables[parameter] = 0;
        forEachStep(function->steps, [&](const Step& step) {
            if (const auto [name, held] = madeBy(step.action); !name.empty())
                variables[name] |= held;
        });
    }
    // Parameters may be handed on, so until nothing is new; each round adds to a set, so it ends.
    for (bool changed = true; changed;) {
        changed = false;
        for (const Function* function : functions)
            changed = handOver(scenario, *function, types) || changed;
    }
    return types;
}

std::vector<FunctionUse> functionUses(const Action& action)
{
    return std::visit(
        [](const auto& step) -> std::vector<FunctionUse> {
            using T = std::decay_t<decltype(step)>;
            if constexpr (std::is_same_v<T, CreateProcess> || std::is_same_v<T, CreateThread>)
                return {{&step.function, &step.args, true}};
            else if constexpr (std::is_same_v<T, Call> || std::is_same_v<T, RawFork> || std::is_same_v<T, Daemonize>)
                return {{&step.function, &step.args, false}};
            else if constexpr (std::is_same_v<T, OnSignal>) {
                if (step.action == OnSignal::Action::Call)
                    return {{&step.function, nullptr, false}};
            }
            return {};
        },
        action);
}

std::vector<const Steps*> innerSteps(const Action& action)
{
    return std::visit(
        [](const auto& step) -> std::vector<const Steps*> {
            using T = std::decay_t<decltype(step)>;
            if constexpr (std::is_same_v<T, Try>)
                return {&step.steps, &step.caught};
            else if constexpr (
                std::is_same_v<T,
                    Repeat> || std::is_same_v<T, Forever> || std::is_same_v<T, RepeatUntilSet> || std::is_same_v<T, WithLock>)
                return {&step.steps};
            else
                return {};
        },
        action);
}

} // namespace daemonscope::scenario
