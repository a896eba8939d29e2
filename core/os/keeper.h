// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/uniquefd.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace daemonscope {

/// Whether the environment of a process (the text of /proc/PID/environ) has this entry, "NAME=value".
bool hasEntry(std::string_view environment, std::string_view entry);

/// A small process beside this one that ends what this one has started, should it be killed: what PTRACE_O_EXITKILL
/// does for a tracer. It sends SIGKILL to a process group, to single processes, and to each process that has `mark`
/// in its environment: who is none of these escapes.
class Keeper {
public:
    /// Starts it, best before this process has other threads. `mark`: "NAME=value"; empty: the group only.
    static Result<Keeper> start(const std::string& mark);
    Keeper(Keeper&&) noexcept = default;
    Keeper& operator=(Keeper&&) noexcept = default;
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    /// Lets it go: nothing is to be ended.
    ~Keeper();

    /// The process group that is to be ended.
    void watch(std::int32_t group);
    /// One more process that is to be ended, whatever its group and its environment; it lives.
    void watchProcess(std::int32_t pid);

private:
    explicit Keeper(UniqueFd line)
        : line_(std::move(line))
    {
    }
    UniqueFd line_; ///< its end is what the keeper waits for
};

} // namespace daemonscope
