// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/pidfd.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace daemonscope {

UniqueFd openPidfd(std::int32_t pid)
{
    return UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))};
}

bool isCollected(const UniqueFd& pidfd)
{
    return ::syscall(SYS_pidfd_send_signal, pidfd.get(), 0, nullptr, 0U) != 0 && errno == ESRCH;
}

bool pidIsTaken(std::int32_t pid)
{
    return ::kill(pid, 0) == 0 || errno != ESRCH;
}

std::int32_t processGroupOf(std::int32_t pid)
{
    return std::max(::getpgid(pid), 0);
}

} // namespace daemonscope
