// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/filter.h"
#include "os/ownchild.h"
#include "os/result.h"
#include "os/terminalhost.h"
#include "os/uniquefd.h"
#include "os/waitstatus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace daemonscope {

/// What to start, and how.
struct LaunchSpec {
    std::vector<std::string> argv;        ///< argv[0] is searched in PATH of `environment` unless it has a '/'
    std::vector<std::string> environment; ///< "NAME=value"
    std::string workingDirectory;         ///< empty: the caller's
    int standardInput = 0;                ///< descriptors of the caller's that become 0, 1 and 2; -1: closed there
    int standardOutput = 1;
    int standardError = 2;
    int foregroundOf = -1; ///< a terminal in whose foreground the program is to be put; -1: none
    /// A terminal of its own: the program's side, which becomes its controlling terminal; -1: the caller's one.
    int terminal = -1;
    int personsTerminal = -1; ///< with that: where the person sits, whose settings the host puts back if need be
    SyscallFilter filter;
};

/// A started process that waits at the door of its exec.
class PendingLaunch {
public:
    /// Forks a process with default signal dispositions, an empty signal mask and a process group of its own. It does
    /// not execute the program before go(). With a terminal of its own it has a session of its own, too, and
    /// is the child of a host in it (TerminalHost).
    static Result<PendingLaunch> start(const LaunchSpec& spec);

    [[nodiscard]] std::int32_t pid() const { return pid_; }
    /// Lets it execute the program.
    void go();
    /// Why the program could not be executed.
    struct Failure {
        int exitStatus = 0; ///< 127: not found, 126: found but not executable, 125: anything else
        std::string message;
    };
    /// Blocks until the program was executed, or could not be, which is true and told in `failure`. A tracer calls it
    /// only once it has seen the exec, or the end.
    [[nodiscard]] bool failed(Failure& failure);
    /// Blocks until the program is stopped or continued, or has ended, for a caller that does not trace it. Unless it
    /// has a host, its end stays to be collected (collectChild).
    ChildChange nextChange();
    /// Ends it before it has executed anything, and collects it. Not for one that is traced.
    void abandon();
    /// The process that keeps the program's own terminal; without effect where it has none.
    [[nodiscard]] TerminalHost& host() { return host_; }

private:
    PendingLaunch(std::int32_t pid, UniqueFd door, UniqueFd report, std::string program, TerminalHost host)
        : pid_(pid)
        , door_(std::move(door))
        , report_(std::move(report))
        , program_(std::move(program))
        , host_(std::move(host))
    {
    }

    std::int32_t pid_;
    UniqueFd door_;
    UniqueFd report_; ///< closed by a successful exec, else carries errno and the step that failed
    std::string program_;
    TerminalHost host_;
};

} // namespace daemonscope
