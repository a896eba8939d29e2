// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/waitstatus.h"

// <sys/ptrace.h> and <linux/ptrace.h> define the same names differently; only the kernel's has PTRACE_EVENT_STOP.
#include <linux/ptrace.h>
#include <sys/wait.h>

#include <csignal>

namespace daemonscope {

namespace {

bool isStopSignal(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

} // namespace

ExitStatus ExitStatus::code(int code)
{
    ExitStatus status;
    status.code_ = code;
    return status;
}

ExitStatus ExitStatus::signal(Signal signal, bool coreDumped)
{
    ExitStatus status;
    status.signal_ = signal;
    status.coreDumped_ = coreDumped;
    return status;
}

ExitStatus ExitStatus::fromWait(int waitStatus)
{
    return WIFSIGNALED(waitStatus) ? signal(Signal{WTERMSIG(waitStatus)}, WCOREDUMP(waitStatus))
                                   : code(WEXITSTATUS(waitStatus));
}

WaitStatus::Kind WaitStatus::kind() const
{
    if (WIFEXITED(status_))
        return Kind::Exited;
    if (WIFSIGNALED(status_))
        return Kind::Signaled;
    const int event = status_ >> 16;
    const int signal = WSTOPSIG(status_);
    if (event == PTRACE_EVENT_STOP && isStopSignal(signal))
        return Kind::GroupStop;
    if (event != 0)
        return Kind::PtraceEvent;
    // PTRACE_O_TRACESYSGOOD marks system call stops with bit 7, so that they can't be taken for a SIGTRAP.
    return signal == (SIGTRAP | 0x80) ? Kind::SyscallStop : Kind::SignalDelivery;
}

Signal WaitStatus::stopSignal() const
{
    return Signal{WSTOPSIG(status_) & 0x7f};
}

int WaitStatus::ptraceEvent() const
{
    return status_ >> 16;
}

} // namespace daemonscope
