// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/signal.h"
#include "os/uniquefd.h"

#include <cstdint>

namespace daemonscope {

/// One process, and never another one that got its pid later (pidfd_open(2)). On a kernel without pidfds (before 5.3,
/// or where a container forbids them) it falls back to the pid. Callable from any thread.
class ProcessHandle {
public:
    /// The process that has this pid now; an error if there is none.
    static Result<ProcessHandle> open(std::int32_t pid);

    [[nodiscard]] std::int32_t pid() const { return pid_; }
    /// Sends it a signal; an error if it is gone, or if this user may not.
    [[nodiscard]] Outcome send(Signal signal) const;

private:
    ProcessHandle(std::int32_t pid, UniqueFd pidfd)
        : pid_(pid)
        , pidfd_(std::move(pidfd))
    {
    }
    std::int32_t pid_;
    UniqueFd pidfd_;
};

} // namespace daemonscope
