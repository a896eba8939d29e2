// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "os/result.h"

#include <string>

/// How the subcommands find the process that --process names.
namespace daemonscope::cli {

/// The process that the person means: a name that only one process carries, else an id of the report.
Result<ProcessIndex> findProcess(const ProcessTree& tree, const std::string& wanted);

/// What is wrong with such a name before a recording is looked at; empty if nothing is. An empty word is no name,
/// though many processes have none; it stands there when a script's variable is empty.
std::string processNameComplaint(const std::string& given);

} // namespace daemonscope::cli
