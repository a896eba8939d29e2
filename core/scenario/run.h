// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/target.h"
#include "scenario/scenario.h"

#include <string>

/// Runs a scenario on the engine: each step does what docs/scenario-format.md says, and what the Python written from it
/// does, with the same texts. To be called under engine::runMain(), or by a target in a child.
namespace daemonscope::scenario {

/// Calls a function of the scenario in the process and thread that ask. Throws what its steps raise, SystemExit and
/// KeyboardInterrupt among it; TypeError for a wrong number of arguments; AttributeError if there is no such function.
/// `scenario` must live as long as this process and its forks: signal handlers, threads and targets refer to it.
void runFunction(const Scenario& scenario, const std::string& name, const engine::Arguments& arguments);

/// The program itself.
void runProgram(const Scenario& scenario);

/// Lets main's own first set_start_method set `method` (see WriteOptions). False: there is none.
bool replaceStartMethod(Scenario& scenario, Method method);

/// The function as something a process can run; none if there is no such function. For engine::setTargetResolver().
engine::Target targetOf(const Scenario& scenario, const std::string& name);

} // namespace daemonscope::scenario
