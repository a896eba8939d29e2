// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trial {

/// Pids of processes that have this entry ("NAME=value") in their environment, in whatever session. Zombies have none.
std::vector<pid_t> processesWith(std::string_view entry);
/// Kills them until there are none.
void killProcessesWith(std::string_view entry);

/// An entry for the environment of all that this test starts. When the test has ended, be it by SIGKILL, a process of
/// its own kills whatever still has the entry. From the first call on.
const std::string& guardEntry();
/// A folder for all files of this test, which that process removes then.
const std::string& guardedFolder();

} // namespace trial
