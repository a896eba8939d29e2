// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/waitstatus.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope {

/// What the kernel tells of a task to those who listen only and stop nobody.
struct TaskEvent {
    enum class Kind { Fork, Exec, Exit, Lost };
    Kind kind = Kind::Lost;
    std::chrono::nanoseconds time{}; ///< CLOCK_MONOTONIC
    std::int32_t pid = 0;            ///< the process (thread group); of a Fork: the new task's
    std::int32_t tid = 0;            ///< the thread; equal to pid unless it is another than the first one
    std::int32_t parentPid = 0;      ///< of a Fork and an Exit: the process that is its parent then; else 0
    std::int32_t parentTid = 0;
    std::optional<ExitStatus> status; ///< of an Exit, where it is told
    std::string name;                 ///< of an Exec: the kernel's short name (at most 15 bytes), where it is told
};

/// A stream of such events. Not thread safe.
class TaskEventSource {
public:
    TaskEventSource() = default;
    TaskEventSource(const TaskEventSource&) = delete;
    TaskEventSource& operator=(const TaskEventSource&) = delete;
    virtual ~TaskEventSource() = default;

    /// "cn_proc", "perf" or "pidfd".
    [[nodiscard]] virtual const char* name() const = 0;
    /// Whether an Exit comes with its status.
    [[nodiscard]] virtual bool tellsStatus() const = 0;
    /// Whether it tells of births, so that who comes from an added process need not be added, too.
    [[nodiscard]] virtual bool tellsBirths() const { return true; }
    /// Also tells of this process, which lives, and of all that it makes from now on.
    virtual Outcome add(std::int32_t pid) = 0;
    /// Can be polled for input (poll(2)): ready when there is something to read().
    [[nodiscard]] virtual std::vector<int> descriptors() const = 0;
    /// Appends all that has been told up to now, in its order. Does not wait.
    virtual void read(std::vector<TaskEvent>& events) = 0;
};

/// The best stream of task events that the kernel grants: cn_proc, else perf's task records. To be called in a thread
/// that outlives it. The error says in a sentence why there is none.
Result<std::unique_ptr<TaskEventSource>> openTaskEvents();

} // namespace daemonscope
