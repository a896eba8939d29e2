// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// Gives every process of a recording its identity, and joins the witnesses: whichever of them speaks of a pid means
/// the process that had the pid last. Thread safe.
class ProcessRegistry {
public:
    /// A process was born with this pid: gives it the next serial.
    ProcessId born(std::int32_t pid);
    /// The process that has this pid, or had it last.
    [[nodiscard]] std::optional<ProcessId> find(std::int32_t pid) const;
    /// The same, or a new identity for a process that no witness has announced; `isNew` tells which.
    ProcessId findOrAdd(std::int32_t pid, bool& isNew);
    /// The process with this pid has ended. Its pid still finds it, until another one is born with it.
    void ended(std::int32_t pid);
    [[nodiscard]] bool lives(std::int32_t pid) const;
    [[nodiscard]] std::vector<std::int32_t> livePids() const;

private:
    struct Entry {
        ProcessId id;
        bool alive = true;
    };
    mutable std::mutex mutex_;
    std::unordered_map<std::int32_t, Entry> byPid_;
    std::uint32_t nextSerial_ = 0;
};

} // namespace daemonscope
