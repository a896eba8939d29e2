// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/types.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// Internal to the C++ writer: where a function's variables are declared, and as what. In a scenario they belong to the
/// function, in C++ to a block.
namespace daemonscope::scenario {

/// "int", "const std::string&", …; mp::Value if it may be several things.
std::string cppType(TypeSet types);
std::string cppParameterType(TypeSet types);
/// Whether values of these types are in an mp::Value.
bool isCppValue(TypeSet types);

class CppVariables {
public:
    CppVariables(const Function& function, const VariableTypes& types);

    /// Variables to be declared, empty, before the step.
    [[nodiscard]] const std::vector<std::string>& declaredBefore(const Step& step) const;
    /// Whether the step declares the variable it makes.
    [[nodiscard]] bool declaredBy(const Step& step) const { return declaring_.contains(step.id); }
    /// Whether the variable was declared empty somewhere; a thread is then a std::optional.
    [[nodiscard]] bool declaredEmpty(const std::string& variable) const { return empty_.contains(variable); }
    [[nodiscard]] bool madeOnce(const std::string& variable) const;
    [[nodiscard]] TypeSet types(const std::string& variable) const;
    /// Whether any of the steps makes the variable.
    [[nodiscard]] static bool madeIn(const Steps& steps, const std::string& variable);
    [[nodiscard]] bool has(const std::string& variable) const { return types_.contains(variable); }

private:
    void place(const Steps& steps, std::set<std::string> declared);

    const VariableTypes& types_;
    std::map<std::string, int> timesMade_;
    std::map<unsigned, std::vector<std::string>> before_; ///< by the id of a step
    std::set<unsigned> declaring_;
    std::set<std::string> empty_;
};

} // namespace daemonscope::scenario
