// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/steps.h"

#include <string>
#include <vector>

/// A program as data: what a lesson does, told once, and run or written out in several languages
/// (docs/scenario-format.md). Plain values; nothing here does anything.
namespace daemonscope::scenario {

struct Function {
    std::string name; ///< "main" for the program itself
    std::vector<std::string> parameters;
    Steps steps;
    Position position;
};

struct Scenario {
    std::string file; ///< as it is named in messages and to daemonscope
    std::string title;
    Function main;
    std::vector<Function> functions; ///< in the order of the file
    unsigned stepCount = 0;          ///< ids of steps are 0 … stepCount - 1, in the order of the file
    /// The function called `name`, or null.
    [[nodiscard]] const Function* function(const std::string& name) const;
};

} // namespace daemonscope::scenario
