// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/processregistry.h"

namespace daemonscope {

ProcessId ProcessRegistry::born(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    const ProcessId id{pid, nextSerial_++};
    byPid_[pid] = Entry{id};
    return id;
}

std::optional<ProcessId> ProcessRegistry::find(std::int32_t pid) const
{
    const std::lock_guard lock{mutex_};
    const auto found = byPid_.find(pid);
    return found == byPid_.end() ? std::nullopt : std::optional{found->second.id};
}

ProcessId ProcessRegistry::findOrAdd(std::int32_t pid, bool& isNew)
{
    const std::lock_guard lock{mutex_};
    const auto [entry, added] = byPid_.try_emplace(pid);
    isNew = added;
    if (added)
        entry->second.id = ProcessId{pid, nextSerial_++};
    return entry->second.id;
}

void ProcessRegistry::ended(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        found->second.alive = false;
}

bool ProcessRegistry::lives(std::int32_t pid) const
{
    const std::lock_guard lock{mutex_};
    const auto found = byPid_.find(pid);
    return found != byPid_.end() && found->second.alive;
}

std::vector<std::int32_t> ProcessRegistry::livePids() const
{
    const std::lock_guard lock{mutex_};
    std::vector<std::int32_t> pids;
    for (const auto& [pid, entry] : byPid_) {
        if (entry.alive)
            pids.push_back(pid);
    }
    return pids;
}

} // namespace daemonscope
