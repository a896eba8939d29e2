// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who signals whom. The filter stops the calls that siginfo is not enough for (os/filter.h): each is recorded before it
// is made, so that cause stands before effect, and once more with its result. Pids in them are the caller's own, which
// PidNamespaces translates.

#include "capture/tracer.h"

#include "capture/seenkill.h"
#include "os/clock.h"
#include "os/pidfd.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {

namespace {

/// How many members of a group are named: what the kernel signals at once is bounded by nothing.
constexpr std::size_t kMostMembers = 100000;
/// How many children that cannot be followed are told of, each in its own words.
constexpr std::size_t kMostUnseen = 64;

bool bySerial(const ProcessId& a, const ProcessId& b)
{
    return a.serial < b.serial;
}

} // namespace

const PidNamespaces::Place* Tracer::placeOf(std::int32_t pid)
{
    const PidNamespaces::Place* const place = spaces_.placeOf(pid);
    const auto process = live_.find(pid);
    if (!place || process == live_.end() || std::exchange(process->second.placeTold, true))
        return place;
    payload::PidNamespaceSeen seen{place->space, place->pids, std::nullopt};
    for (const std::int32_t other : processes_.livePids()) {
        const PidNamespaces::Place* const candidate = spaces_.placeOf(other);
        if (candidate && candidate->space == seen.space && candidate->pids.back() == 1)
            seen.leader = identify(other);
    }
    record(pid, std::move(seen));
    return spaces_.placeOf(pid);
}

std::int32_t Tracer::translate(std::int32_t viewer, std::int32_t number)
{
    return placeOf(viewer) ? spaces_.translate(viewer, number, processes_.livePids()) : number;
}

std::vector<ProcessId> Tracer::membersOf(std::int32_t sender, std::int32_t group)
{
    std::vector<ProcessId> members;
    const PidNamespaces::Place* const seen = placeOf(sender);
    const std::uint64_t space = seen ? seen->space : 0;
    for (const LiveProcess& process : processes_.live()) {
        const std::int32_t pid = process.id.pid;
        bool isMember = processGroupOf(pid) == group;
        if (group == kEverybody) {
            // All that the caller may signal, but itself and its namespace's first process (kill(2)).
            const PidNamespaces::Place* const place = space == 0 ? nullptr : spaces_.placeOf(pid);
            isMember = pid != sender && (space == 0 || (place && place->space == space && place->pids.back() != 1));
        }
        if (isMember && members.size() < kMostMembers)
            members.push_back(process.id);
    }
    std::sort(members.begin(), members.end(), bySerial);
    return members;
}

bool Tracer::onKillRequest(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    const std::int32_t sender = processOf(tid);
    auto seen = seeKill(tid, entry,
        {sender, [&](std::int32_t number) { return translate(sender, number); },
            [this](std::int32_t thread) { return processOf(thread); },
            [&](std::int32_t group) { return membersOf(sender, group); },
            [this](std::int32_t pid) { return processes_.find(pid); }});
    if (!seen)
        return false;
    const payload::KillRequested& request = seen->request;
    explainKills(request, true);
    record(sender, request);
    calls_[tid] = CallUnderWay{std::move(seen->request), seen->group};
    return true;
}

void Tracer::explainKills(const payload::KillRequested& request, bool explained)
{
    if (request.signal != SIGKILL)
        return;
    const auto explain = [this, explained](const ProcessId& victim) {
        if (const auto process = live_.find(victim.pid); process != live_.end())
            process->second.killExplained = explained;
    };
    std::for_each(request.members.begin(), request.members.end(), explain);
    if (request.target)
        explain(*request.target);
}

void Tracer::onKillReturned(std::int32_t tid, CallUnderWay& call, std::int64_t result)
{
    payload::KillRequested& request = *call.kill;
    // The victims may die before the call returns; it explains nothing if it has failed.
    if (result < 0)
        explainKills(request, false);
    payload::KillReturned returned{request.signal, request.targetPid, request.target, std::move(request.call),
        result < 0 ? static_cast<std::int32_t>(-result) : 0, {}};
    if (result >= 0 && call.group != 0 && call.group != kEverybody) {
        // A member may have forked between the stop and the call itself.
        const std::vector<ProcessId> now = membersOf(processOf(tid), call.group);
        std::set_difference(now.begin(), now.end(), request.members.begin(), request.members.end(),
            std::back_inserter(returned.members), bySerial);
    }
    record(processOf(tid), std::move(returned));
}

void Tracer::onParentDeathSignal(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    constexpr std::uint64_t kMostSignals = 64;
    if (entry.arguments[1] > kMostSignals)
        return; // the call will fail
    const std::int32_t pid = processOf(tid);
    record(pid, payload::ParentDeathSignalSet{static_cast<std::int32_t>(entry.arguments[1])});
    if (entry.arguments[1] != 0)
        awaitParentDeath_.insert(pid);
}

void Tracer::onThreadEnd(std::int32_t tid, std::int32_t process)
{
    for (const std::int32_t pid : awaitParentDeath_) {
        const auto child = live_.find(pid);
        if (child == live_.end() || child->second.parentThread != tid || child->second.parentPid != process)
            continue;
        child->second.parentThread = 0;
        record(pid, payload::ParentThreadEnded{identify(process), tid});
    }
}

void Tracer::onChildSignal(std::int32_t tid)
{
    const std::int32_t parent = processOf(tid);
    reaping_.look(parent);
    const auto process = live_.find(parent);
    if (process == live_.end() || std::exchange(process->second.childNews, 0) > 0)
        return;
    // None of its children had anything to tell. It may be a late signal, or one for a child that nobody has seen.
    const std::int32_t child = tracing::endedChild(tid);
    if (child > 0 && !placeOf(parent) && !processes_.find(child))
        onUnseenChild(parent, child, "nobody saw its birth, as with clone3 and CLONE_UNTRACED");
}

void Tracer::onUnseenChild(std::int32_t parent, std::int32_t child, const char* why)
{
    if (unseen_.size() >= kMostUnseen || !unseen_.insert(child).second)
        return;
    const auto id = identify(parent);
    recording_.append({monotonicNow(), id.value_or(ProcessId{}), Witness::Recorder,
        payload::Lost{"process " + std::to_string(child) + ", a child of process " + std::to_string(parent)
                + ", and all that it starts",
            std::string{why} + ", and ptrace follows only what it is told of"}});
}

} // namespace daemonscope
