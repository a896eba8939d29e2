// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the tracer learns of new tasks. Two reports tell of each: the fork event of the parent, which says who made it
// and how, and the task's own first stop. They come in either order. The task's end may be the first that is heard of
// it, when it is killed before its first stop; and the fork event never comes when the parent is killed before it is
// reported. So a task that nobody has announced is held in its first stop until
// - it is announced, or
// - the process ends that was its parent when it was first seen (/proc): then that was the one, or
// - its parent, when it is first seen, is none of the traced processes, or no announcement comes for some time: then
// the
//   process that made it is gone, and unknown; what is known is who has adopted it.

#include "capture/tracer.h"

#include "os/clock.h"
#include "os/procfs.h"

#include <csignal>

namespace daemonscope {

namespace {

/// How long a fork event may be under way: the parent runs or is runnable between making the child and its own stop.
constexpr std::chrono::milliseconds kReportPatience{50};
/// After this time a fork event is about another task with the same, reused number.
constexpr std::chrono::seconds kLatest{1};

payload::Born::How howOf(int event)
{
    switch (event) {
    case tracing::kFork:
        return payload::Born::How::Fork;
    case tracing::kVfork:
        return payload::Born::How::Vfork;
    default:
        return payload::Born::How::Clone;
    }
}

} // namespace

bool Tracer::onlyStrangersAreLeft() const
{
    return !strangers_.empty() && tasks_.empty() && unannounced_.empty();
}

std::optional<tracing::Report> Tracer::nextReport()
{
    // Once an end is collected, nothing is left to tell a process from a thread.
    const auto look = [this](std::int32_t tid, int signal) {
        if (isLetGoProgram(tid))
            letGo_->programIsDead();
        else if (!tasks_.contains(tid) && !strangers_.contains(tid))
            lookAt(tid);
        else
            lookAtDead(tid, signal);
        processes_.ending(tid);
    };
    if (!unannounced_.empty()) {
        const EventTime overdue = monotonicNow() - kReportPatience;
        acceptUnannouncedIf(false, [overdue](const Unannounced& task) { return task.since < overdue; });
    }
    if (!unannounced_.empty()) {
        if (auto report = tracing::waitAnyFor(kReportPatience, look))
            return report;
        acceptUnannouncedIf(false, [](const Unannounced&) { return true; });
    }
    while (!leaving_.empty()) {
        leaveOverdue();
        if (auto report = tracing::waitAnyFor(kReportPatience, look))
            return report;
    }
    // These may live longer than the recording has to, and a wait for all children would wait for them. A task that
    // was never announced is on its way to its first stop, if there is one.
    if (onlyStrangersAreLeft())
        return tracing::waitAnyFor(kReportPatience, look);
    return tracing::waitAny(look);
}

void Tracer::lookAtDead(std::int32_t tid, int signal)
{
    const auto process = live_.find(tid);
    if (process == live_.end())
        return;
    // Nobody was seen to kill it: perhaps its whole pid namespace ends.
    if (signal == SIGKILL && !process->second.killExplained)
        placeOf(tid);
    // Now, as nobody can collect it yet: whoever adopts its zombies may be quick.
    if (!reaping_.hasZombies(tid))
        return;
    const auto stat = readProcStat(tid);
    tellReaping(tid, stat.ok() ? std::optional{stat.value().collectedFaults} : std::nullopt);
}

void Tracer::onNewTask(std::int32_t parentTid, int event)
{
    const auto tid = static_cast<std::int32_t>(tracing::eventMessage(parentTid));
    if (tid == 0 || isLateAnnouncement(tid))
        return;
    const std::int32_t parent = processOf(parentTid);
    reaping_.look(parent);
    const auto known = unannounced_.extract(tid);
    // Only clone() makes threads, and not only threads.
    const bool process = event != tracing::kClone || (known ? known.mapped().process : tracing::isProcess(tid));
    if (process) {
        const auto [owner, thread] = parentOfNew(parentTid);
        addProcess(tid, owner, howOf(event), thread);
    } else if (known ? !known.mapped().end : tracing::isThreadOf(tid, parent))
        tasks_[tid] = Task{parent};
    else
        return;
    if (!known)
        announced_.insert(tid);
    else if (known.mapped().end)
        onEnd(*known.mapped().end);
    else if (known.mapped().stopped && !holdIfLeaving(tid))
        tracing::resume(tid);
}

std::pair<std::int32_t, std::int32_t> Tracer::parentOfNew(std::int32_t parentTid) const
{
    const std::int32_t maker = processOf(parentTid);
    const auto process = live_.find(maker);
    if (process != live_.end() && tracing::makesSibling(parentTid) && identify(process->second.parentPid))
        return {process->second.parentPid, process->second.parentThread};
    return {maker, parentTid};
}

void Tracer::onFirstStop(std::int32_t tid)
{
    if (announced_.erase(tid) > 0) {
        if (!holdIfLeaving(tid))
            tracing::resume(tid);
        return;
    }
    const auto task = tasks_.find(tid);
    if (task == tasks_.end()) {
        onUnannounced(tid, true, std::nullopt);
        return;
    }
    // A known task: SIGCONT has ended a group stop.
    if (const auto process = live_.find(task->second.process); process != live_.end() && process->second.stopped) {
        process->second.stopped = process->second.stopIsOurs = false;
        processes_.setStopped(process->first, false);
        record(process->first, payload::Continued{});
        noteChildNews(process->second);
    }
    if (!holdIfLeaving(tid))
        tracing::resume(tid);
}

void Tracer::addProcess(
    std::int32_t pid, std::optional<std::int32_t> parent, payload::Born::How how, std::int32_t thread)
{
    const auto parentId = parent ? identify(*parent) : std::nullopt;
    reaping_.reused(pid);
    spaces_.born(pid);
    TracedProcess process;
    process.id = processes_.born(pid);
    process.parentThread = thread;
    if (parentId) {
        process.parentPid = *parent;
        if (const auto family = live_.find(*parent); family != live_.end())
            family->second.children.push_back(pid);
    }
    live_[pid] = std::move(process);
    tasks_[pid] = Task{pid};
    record(pid, payload::Born{parentId, how, thread});
}

Tracer::Unannounced& Tracer::lookAt(std::int32_t tid)
{
    const auto [entry, isNew] = unannounced_.try_emplace(tid);
    Unannounced& task = entry->second;
    if (isNew) {
        task.process = tracing::isProcess(tid);
        const auto stat = readProcStat(tid);
        task.parentPid = stat.ok() ? stat.value().parentPid : 0;
        task.since = monotonicNow();
    }
    return task;
}

void Tracer::onUnannounced(std::int32_t tid, bool stopped, const std::optional<tracing::Report>& end)
{
    Unannounced& task = lookAt(tid);
    task.stopped = stopped;
    task.end = end;
    if (task.process && !live_.contains(task.parentPid))
        acceptUnannounced(tid, false);
    else if (stopped)
        tracing::keepStopped(tid);
}

void Tracer::acceptUnannounced(std::int32_t tid, bool parentHasEnded)
{
    const auto node = unannounced_.extract(tid);
    if (!node)
        return;
    const Unannounced& task = node.mapped();
    accepted_[tid] = monotonicNow();
    if (task.process) {
        addProcess(tid, parentHasEnded ? std::optional{task.parentPid} : std::nullopt, payload::Born::How::Unknown, 0);
        if (!parentHasEnded && task.parentPid != 0) {
            live_[tid].parentPid = task.parentPid;
            if (const auto adopter = live_.find(task.parentPid); adopter != live_.end())
                adopter->second.children.push_back(tid);
            record(tid, payload::Reparented{identify(task.parentPid), task.parentPid});
        }
    } else if (!task.end) {
        const auto group = readThreadGroup(tid);
        tasks_[tid] = Task{group.ok() ? group.value() : 0};
    }
    if (task.process && task.end)
        onEnd(*task.end);
    else if (task.stopped)
        tracing::resume(tid);
}

void Tracer::acceptUnannouncedIf(bool parentHasEnded, const std::function<bool(const Unannounced&)>& condition)
{
    std::vector<std::int32_t> accepted;
    for (const auto& [tid, task] : unannounced_) {
        if (condition(task))
            accepted.push_back(tid);
    }
    for (const std::int32_t tid : accepted)
        acceptUnannounced(tid, parentHasEnded);
}

bool Tracer::isLateAnnouncement(std::int32_t tid)
{
    if (accepted_.empty())
        return false;
    const auto accepted = accepted_.extract(tid);
    return accepted && monotonicNow() - accepted.mapped() < kLatest;
}

} // namespace daemonscope
