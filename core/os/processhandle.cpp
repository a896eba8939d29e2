// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/processhandle.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

namespace daemonscope {

Result<ProcessHandle> ProcessHandle::open(std::int32_t pid)
{
    if (pid <= 0)
        return Error{std::to_string(pid) + " is not the pid of a process"};
    UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (!pidfd.valid() && errno == ESRCH)
        return Error{"process " + std::to_string(pid) + " is gone"};
    // ENOSYS and EPERM: there are none here. EMFILE and the like: the pid has to do, too.
    return ProcessHandle{pid, std::move(pidfd)};
}

Outcome ProcessHandle::send(Signal signal) const
{
    const long sent = pidfd_.valid() ? ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal.number(), nullptr, 0)
                                     : static_cast<long>(::kill(pid_, signal.number()));
    if (sent == 0)
        return Done{};
    if (errno == ESRCH)
        return Error{"process " + std::to_string(pid_) + " is gone"};
    return systemError("cannot send " + signal.name() + " to process " + std::to_string(pid_), errno);
}

} // namespace daemonscope
