// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <optional>
#include <string>

/// What this machine permits to this process, found out by doing it. Each probe undoes what it did; its error says in
/// the system's words why it failed. Not for a process with other children than its own.
namespace daemonscope::probes {

/// Attaches to a child (PTRACE_SEIZE).
Outcome tracing();
/// Installs the recorder's system call filter in a child.
Outcome syscallFilter();
/// Whether the kernel says who wrote what into a socket (SO_PASSCRED).
Outcome writersOfSockets();
/// pidfd_open(2)
Outcome pidfd();
/// Whether the kernel reports when a process is collected (a pidfd's hang-up).
Outcome momentOfCollecting();
/// Whether the kernel tells how a process ended that others collected (PIDFD_GET_INFO).
Outcome statusOfCollected();

/// A number in a file of /proc/sys; nothing if it isn't there.
std::optional<int> kernelSetting(const std::string& name);
/// Signs of a container, as a list with commas; empty if there are none.
std::string containerSigns();
/// Whether no program that this process starts gains rights (PR_SET_NO_NEW_PRIVS).
bool gainsNoRights();

} // namespace daemonscope::probes
