// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "scenario/runvalues.h"
#include "scenario/scenario.h"

#include <chrono>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

/// Internal to the interpreter: the variables of one call of a function.
namespace daemonscope::scenario {

class RunFrame {
public:
    /// Throws TypeError if the arguments are too many or too few.
    RunFrame(const Scenario& scenario, const Function& function, std::vector<RunValue> arguments);

    [[nodiscard]] const Scenario& scenario() const { return scenario_; }
    void set(const std::string& name, RunValue value);
    /// Throws UnboundLocalError for one that was not set yet.
    [[nodiscard]] const RunValue& get(const std::string& name) const;
    /// The thing in a variable. `attribute` is what is wanted from it: AttributeError "'int' object has no attribute
    /// 'start'".
    template <class T> [[nodiscard]] std::shared_ptr<T> held(const std::string& name, const char* attribute) const
    {
        const RunValue& variable = get(name);
        if constexpr (std::is_same_v<T,
                          engine::
                              Process> || std::is_same_v<T, engine::Thread> || std::is_same_v<T, engine::TextFile>) {
            if (const auto* thing = std::get_if<std::shared_ptr<T>>(&variable))
                return *thing;
        } else if (const auto* value = std::get_if<engine::Value>(&variable)) {
            if (const auto* thing = std::get_if<std::shared_ptr<T>>(&value->content()))
                return *thing;
        }
        throwNoAttribute(variable, attribute);
    }

    [[nodiscard]] RunValue evaluate(const Operand& operand) const;
    [[nodiscard]] std::vector<RunValue> evaluate(const std::vector<Operand>& operands) const;
    [[nodiscard]] std::string text(const Text& text) const;
    /// Seconds in a variable count as Python's do: whole or not. Throws TypeError.
    [[nodiscard]] std::chrono::nanoseconds duration(const Duration& duration) const;
    /// A bound of a loop. Throws TypeError "'str' object cannot be interpreted as an integer".
    [[nodiscard]] std::int64_t integer(const Operand& operand) const;

    /// What {error} shows; to be set on the way into a `catch`, and put back on the way out.
    std::string error;

private:
    [[noreturn]] static void throwNoAttribute(const RunValue& variable, const char* attribute);
    [[nodiscard]] std::string member(const std::string& name, const std::string& member) const;

    const Scenario& scenario_;
    std::map<std::string, RunValue> variables_;
};

} // namespace daemonscope::scenario
