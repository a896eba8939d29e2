// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/taskevents.h"
#include "os/uniquefd.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace daemonscope {

/// The event in one record of a perf ring buffer (perf_event_open(2)) that was opened by PerfTaskEvents: a fork, an
/// exit (without a status), the change of name that an exec makes, or a note that records were lost. Nothing for any
/// other record, or one that is cut off.
std::optional<TaskEvent> parsePerfRecord(std::string_view record);

/// The kernel's task records for a process and all that it makes (perf_event_open(2): a dummy event on every CPU,
/// inherited). Needs perf_event_paranoid of at most 2, or CAP_PERFMON. They have no exit status. The kernel takes the
/// event off a process that executes a set-uid program: from there on nothing is told.
class PerfTaskEvents : public TaskEventSource {
public:
    /// Nothing is told before add(), and nothing after the end of the thread that calls this. The error says why it
    /// would never be.
    static Result<std::unique_ptr<TaskEventSource>> open();
    ~PerfTaskEvents() override;

    [[nodiscard]] const char* name() const override { return "perf"; }
    [[nodiscard]] bool tellsStatus() const override { return false; }
    Outcome add(std::int32_t pid) override;
    [[nodiscard]] std::vector<int> descriptors() const override;
    /// Sorted by time, as each CPU has a ring buffer of its own.
    void read(std::vector<TaskEvent>& events) override;

private:
    PerfTaskEvents() = default;
    /// One CPU: the event whose ring buffer all others of that CPU write to.
    struct Ring {
        int cpu = 0;
        UniqueFd event;
        char* pages = nullptr; ///< one page of control, then the data
    };
    static void readRing(const Ring& ring, std::vector<TaskEvent>& events);

    std::vector<Ring> rings_;
    std::vector<UniqueFd> followed_; ///< kept open: closing one ends its telling
};

} // namespace daemonscope
