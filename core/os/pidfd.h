// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"
#include "os/waitstatus.h"

#include <cstdint>
#include <optional>

/// Processes by descriptors that, unlike pids, never come to mean another process (pidfd_open(2)). Any thread.
namespace daemonscope {

/// A descriptor of the process that has this pid now, a zombie too; invalid if there is none, or no descriptor left.
/// poll(2) reports a hang-up of it when the process has been collected by its parent, where the kernel does so.
UniqueFd openPidfd(std::int32_t pid);
/// Whether the process has been collected: nothing is left of it.
bool isCollected(const UniqueFd& pidfd);
/// How the process ended, once it was collected, whoever did that (PIDFD_GET_INFO, since Linux 6.15); nothing before,
/// and on older kernels.
std::optional<ExitStatus> collectedStatus(const UniqueFd& pidfd);
/// Whether there is a process, dead or alive, with this pid.
bool pidIsTaken(std::int32_t pid);

/// The process group of a process, a zombie too; 0 if there is no such process.
std::int32_t processGroupOf(std::int32_t pid);

} // namespace daemonscope
