// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"

namespace daemonscope {

/// How a process ended: with an exit code (0..255) or by a signal. A value; wait(2) says what its bits mean, and
/// os/waitstatus.cpp is the only place that looks at them.
class ExitStatus {
public:
    static ExitStatus code(int code);
    static ExitStatus signal(Signal signal, bool coreDumped = false);
    /// Decodes what wait4() wrote for a process that has ended.
    static ExitStatus fromWait(int waitStatus);

    [[nodiscard]] bool bySignal() const { return signal_.number() != 0; }
    /// The exit code; 0 when the process was ended by a signal.
    [[nodiscard]] int exitCode() const { return code_; }
    /// The signal; number 0 when the process exited by itself.
    [[nodiscard]] Signal signal() const { return signal_; }
    [[nodiscard]] bool coreDumped() const { return coreDumped_; }
    /// As Python's Process.exitcode has it: the code, or minus the signal's number.
    [[nodiscard]] int pythonCode() const { return bySignal() ? -signal_.number() : code_; }
    /// As a shell's $? has it: the code, or 128 plus the signal's number.
    [[nodiscard]] int shellCode() const { return bySignal() ? 128 + signal_.number() : code_; }

    bool operator==(const ExitStatus&) const = default;

private:
    int code_ = 0;
    Signal signal_;
    bool coreDumped_ = false;
};

/// What one wait4(2) of a tracer reported about a thread.
class WaitStatus {
public:
    enum class Kind { Exited, Signaled, SignalDelivery, GroupStop, PtraceEvent, SyscallStop };

    explicit WaitStatus(int status)
        : status_(status)
    {
    }

    /// What was reported. A stop by PTRACE_EVENT_STOP is GroupStop if its signal stops processes, else PtraceEvent.
    [[nodiscard]] Kind kind() const;
    /// The signal that is about to be delivered or that stopped the group; meaningless for other kinds.
    [[nodiscard]] Signal stopSignal() const;
    /// The PTRACE_EVENT_… number; 0 when kind() is not PtraceEvent.
    [[nodiscard]] int ptraceEvent() const;
    /// How the thread ended; only for Exited and Signaled.
    [[nodiscard]] ExitStatus exitStatus() const { return ExitStatus::fromWait(status_); }
    [[nodiscard]] int raw() const { return status_; }

private:
    int status_;
};

} // namespace daemonscope
