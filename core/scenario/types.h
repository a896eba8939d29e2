// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/scenario.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// What the variables of a scenario can hold, as far as that can be told without running it.
namespace daemonscope::scenario {

/// A set of these.
using TypeSet = unsigned;
namespace type {
constexpr TypeSet None = 1;
constexpr TypeSet Bool = 2;
constexpr TypeSet Int = 4;
constexpr TypeSet Float = 8;
constexpr TypeSet Text = 16;
constexpr TypeSet Lock = 32;
constexpr TypeSet Event = 64;
constexpr TypeSet Queue = 128;
constexpr TypeSet Process = 256;
constexpr TypeSet Thread = 512;
constexpr TypeSet File = 1024;
constexpr TypeSet Plain = None | Bool | Int | Float | Text; ///< what goes through a queue and can be shown in a text
constexpr TypeSet Shared = Lock | Event | Queue;
} // namespace type

/// Of one function: its parameters and variables by name. Empty for a parameter that nobody gives a value.
using VariableTypes = std::map<std::string, TypeSet>;
/// By the name of the function, "main" among them. Parameters hold what is given to them anywhere.
using ScenarioTypes = std::map<std::string, VariableTypes>;

ScenarioTypes inferTypes(const Scenario& scenario);
/// What an operand can be in a function with such variables.
TypeSet typeOf(const Operand& operand, const VariableTypes& variables);
/// "a lock", "a number"; for several "a lock or a text".
std::string typeText(TypeSet types);

/// The variable that a step makes, and what it then holds; an empty name if it makes none.
std::pair<std::string, TypeSet> madeBy(const Action& action);

/// A function that a step refers to, and what is handed to it.
struct FunctionUse {
    const std::string* function;
    const std::vector<Operand>* args; ///< null: none
    bool asTarget;                    ///< of a process or a thread
};
/// Nothing if the step refers to none.
std::vector<FunctionUse> functionUses(const Action& action);
/// The lists of steps within a step.
std::vector<const Steps*> innerSteps(const Action& action);
/// Whether a text of the steps of a `catch` shows the error: not one of a `catch` within it, which has its own.
bool showsError(const Steps& caught);
/// Calls `visit(const Step&)` for each step and those within it, in the order of the file.
template <class F> void forEachStep(const Steps& steps, const F& visit)
{
    for (const Step& step : steps) {
        visit(step);
        for (const Steps* inner : innerSteps(step.action))
            forEachStep(*inner, visit);
    }
}

} // namespace daemonscope::scenario
