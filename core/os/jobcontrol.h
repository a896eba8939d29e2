// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"
#include "os/uniquefd.h"

#include <cstdint>

namespace daemonscope {

/// The terminal of the session that this process is in, and who is in its foreground: the program has a process group
/// of its own, and what a shell does with this process's group is to be done with the program's. Where there is no such
/// terminal nothing has an effect. Expects SIGTTOU to be blocked (takeOverSignals). Thread safe.
class JobControl {
public:
    JobControl();

    /// The terminal if a program that is started now belongs in its foreground, else -1. It does not if this process is
    /// in the background, or if others in its group may want the terminal, too: the rest of a pipeline, as in
    /// "daemonscope record make | less", or a window that does not read it. There the program gets it when it asks.
    [[nodiscard]] int terminalToGive() const;
    /// Puts this process's group back into the foreground once the program has ended there.
    void reclaim(std::int32_t group) const;
    /// The program, which leads process group `group`, was stopped by `signal`. If it only wants the terminal that this
    /// process's group has, it gets it and goes on. If it was stopped at the terminal, this process stops in the
    /// same way with all of its job, so that its shell notices, and when it is continued the program is, too, in the
    /// foreground if that is where the shell wants it. Else nothing is done, as whoever stopped the program will
    /// continue it.
    void programStopped(std::int32_t group, Signal signal) const;

private:
    [[nodiscard]] bool othersMayWantIt() const;

    UniqueFd terminal_;
};

/// Whom a shell has to see stopped so that it notices: a terminal stops all of a job, its process group.
enum class StopScope { Job, Process };
/// Stops this process, or its job, as by `signal` until it is continued. A signal by which terminals stop has no effect
/// where nobody could continue it (an orphaned process group, setpgid(2)). False, and nothing is done, if no shell
/// would notice: this process alone is to stop, and is but a part of a job, as the recorder of a window is.
bool stopAsShellNotices(Signal signal, StopScope scope);
/// Whether terminals stop processes by it: SIGTSTP, SIGTTIN, SIGTTOU.
bool isTerminalStop(Signal signal);

} // namespace daemonscope
