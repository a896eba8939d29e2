// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"

#include <cstdint>
#include <string>
#include <vector>

/// Programs that a process starts beside itself, and what it does to others, with the system's own error numbers: for
/// those who have to say the same as another runtime does. Callable from any thread.
namespace daemonscope {

/// The pid of a program that was started, or why it was not.
struct StartedProgram {
    std::int32_t pid = 0;
    int error = 0; ///< errno; 0: it runs
};
/// Executes argv[0], which is searched in PATH unless it has a '/', as a child. It gets this process's standard
/// streams, no other descriptor, and the default actions for SIGPIPE and SIGXFSZ, as from Python's subprocess.Popen.
StartedProgram startProgram(const std::vector<std::string>& argv);
/// Whether the child is gone, now reaped if it has ended. Does not wait. True also if somebody else reaped it.
bool reapIfEnded(std::int32_t pid);
/// kill(2): 0, or errno.
int trySignal(std::int32_t pid, Signal signal);
/// setsid(2): 0, or errno.
int beginSession();
/// getppid(2)
std::int32_t parentProcessId();

} // namespace daemonscope
