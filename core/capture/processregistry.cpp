// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/processregistry.h"

#include "os/clock.h"

#include <utility>

namespace daemonscope {

ProcessId ProcessRegistry::add(std::int32_t pid)
{
    const ProcessId id{pid, nextSerial_++};
    const auto [entry, isNew] = byPid_.try_emplace(pid);
    // An end that nobody saw: the kernel gives a pid only once.
    if (!isNew && entry->second.alive)
        live_.erase(entry->second.process.id.serial);
    entry->second = Entry{{id, sinceBoot()}};
    live_.emplace_hint(live_.end(), id.serial, pid);
    return id;
}

ProcessId ProcessRegistry::born(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    return add(pid);
}

ProcessId ProcessRegistry::announced(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end() && found->second.alive && !found->second.announced) {
        found->second.announced = true;
        return found->second.process.id;
    }
    return add(pid);
}

void ProcessRegistry::askBeforeUnknown(std::function<void()> ask)
{
    const std::lock_guard lock{mutex_};
    ask_ = std::move(ask);
}

void ProcessRegistry::askIfUnknown(std::int32_t pid, std::unique_lock<std::mutex>& lock) const
{
    // One that has ended may have left its pid to another.
    if (!ask_ || living(pid))
        return;
    const std::function<void()> ask = ask_;
    lock.unlock();
    ask();
    lock.lock();
}

std::optional<ProcessId> ProcessRegistry::find(std::int32_t pid) const
{
    std::unique_lock lock{mutex_};
    askIfUnknown(pid, lock);
    const auto found = byPid_.find(pid);
    return found == byPid_.end() ? std::nullopt : std::optional{found->second.process.id};
}

ProcessId ProcessRegistry::findOrAdd(std::int32_t pid, bool& isNew)
{
    std::unique_lock lock{mutex_};
    askIfUnknown(pid, lock);
    const auto found = byPid_.find(pid);
    isNew = found == byPid_.end();
    if (!isNew)
        return found->second.process.id;
    const ProcessId id = add(pid);
    byPid_.at(pid).announced = false;
    return id;
}

void ProcessRegistry::ending(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        found->second.ending = true;
}

void ProcessRegistry::ending(ProcessId process)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(process.pid); found != byPid_.end() && found->second.process.id == process)
        found->second.ending = true;
}

void ProcessRegistry::ended(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        end(found->second);
}

void ProcessRegistry::ended(ProcessId process)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(process.pid); found != byPid_.end() && found->second.process.id == process)
        end(found->second);
}

void ProcessRegistry::end(Entry& entry)
{
    if (!entry.alive)
        return;
    entry.alive = false;
    live_.erase(entry.process.id.serial);
}

const ProcessRegistry::Entry* ProcessRegistry::living(std::int32_t pid) const
{
    const auto found = byPid_.find(pid);
    return found == byPid_.end() || !found->second.alive ? nullptr : &found->second;
}

bool ProcessRegistry::lives(std::int32_t pid) const
{
    const std::lock_guard lock{mutex_};
    return living(pid) != nullptr;
}

bool ProcessRegistry::isAnnounced(std::int32_t pid) const
{
    const std::lock_guard lock{mutex_};
    const Entry* const entry = living(pid);
    return entry && entry->announced;
}

std::vector<std::int32_t> ProcessRegistry::livePids() const
{
    const std::lock_guard lock{mutex_};
    std::vector<std::int32_t> pids;
    pids.reserve(live_.size());
    for (const auto& [serial, pid] : live_)
        pids.push_back(pid);
    return pids;
}

std::vector<LiveProcess> ProcessRegistry::live() const
{
    const std::lock_guard lock{mutex_};
    std::vector<LiveProcess> processes;
    processes.reserve(live_.size());
    for (const auto& [serial, pid] : live_)
        processes.push_back(byPid_.at(pid).process);
    return processes;
}

std::vector<LiveProcess> ProcessRegistry::liveAfter(std::optional<std::uint32_t> after, std::size_t limit) const
{
    const std::lock_guard lock{mutex_};
    std::vector<LiveProcess> processes;
    for (auto next = after ? live_.upper_bound(*after) : live_.begin(); next != live_.end() && processes.size() < limit;
         ++next)
        processes.push_back(byPid_.at(next->second).process);
    return processes;
}

std::optional<std::chrono::nanoseconds> ProcessRegistry::whileAlive(
    ProcessId id, const std::function<void()>& action) const
{
    const std::lock_guard lock{mutex_};
    const Entry* const entry = living(id.pid);
    if (!entry || entry->ending || entry->process.id != id)
        return std::nullopt;
    action();
    return entry->process.seen;
}

void ProcessRegistry::setStopped(std::int32_t pid, bool stopped)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        found->second.process.stopped = stopped;
}

void ProcessRegistry::setLetGo(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        found->second.process.letGo = true;
}

bool ProcessRegistry::freeze(ProcessId id)
{
    const std::lock_guard lock{mutex_};
    const auto found = byPid_.find(id.pid);
    if (found == byPid_.end() || found->second.process.id != id || !found->second.alive || found->second.process.stopped
        || found->second.process.frozen)
        return false;
    found->second.process.frozen = true;
    return true;
}

void ProcessRegistry::unfreeze(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = byPid_.find(pid); found != byPid_.end())
        found->second.process.frozen = false;
}

bool ProcessRegistry::isFrozen(std::int32_t pid) const
{
    const std::lock_guard lock{mutex_};
    const Entry* const entry = living(pid);
    return entry && entry->process.frozen;
}

} // namespace daemonscope
