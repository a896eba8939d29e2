// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Processes that another one of the program wants to trace, as gdb and strace do. A process has one tracer, so the
// tracer lets go of it at the very call that asks for it: the caller is held at the call's door until all threads of
// the other one have been stopped and detached, and then makes its call. A child that wants to be traced by its parent
// (PTRACE_TRACEME) is detached at its own call's door. LetGo follows them from then on.

#include "capture/tracer.h"

#include "capture/notice.h"
#include "os/clock.h"
#include "os/filter.h"
#include "os/procfs.h"
#include "os/self.h"

#include <linux/ptrace.h>

#include <csignal>
#include <thread>

namespace daemonscope {

namespace {

/// How long a process may take to stop. One that waits in the kernel, for the exec of a vfork child, takes longer.
constexpr std::chrono::milliseconds kStopPatience{1000};
/// So many who could not trace are told of.
constexpr std::size_t kMostRefused = 16;
constexpr const char* kOneTracer =
    "a process has one tracer, and that is daemonscope here; record with --no-ptrace to leave it to others";

bool isOwnChild(std::int32_t pid)
{
    const auto stat = readProcStat(pid);
    return stat.ok() && stat.value().parentPid == currentProcess();
}

/// Until a process whose group is stopped has got there again after it was detached: its new tracer may count on it.
void waitUntilStopped(std::int32_t pid)
{
    constexpr int kMostTurns = 100;
    for (int turn = 0; turn < kMostTurns; ++turn) {
        const auto stat = readProcStat(pid);
        if (!stat.ok() || stat.value().state == 'T')
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

} // namespace

std::string Tracer::whyNotLetGo(std::int32_t asker, const tracing::SyscallEntry& entry, std::int32_t target) const
{
    if (!entry.native)
        return "it is asked for by a 32-bit program, which daemonscope can't leave to another tracer";
    const bool traceMe = entry.arguments[0] == PTRACE_TRACEME;
    const auto process = live_.find(target);
    if (traceMe && (process == live_.end() || !identify(process->second.parentPid)))
        return "its parent, which would trace it, is not of the program";
    // With a terminal of its own it is not this process's child, and nobody would tell of its end in time.
    if (target == root_ && !isOwnChild(root_))
        return "it is the program itself, which has a terminal of its own (--output=pty)";
    if (entry.arguments[0] == PTRACE_SEIZE && (entry.arguments[3] & PTRACE_O_TRACESECCOMP) != 0)
        return "process " + std::to_string(asker)
            + " would look at its calls by a filter (seccomp), before which that of daemonscope goes";
    return {};
}

Tracer::AfterSeccomp Tracer::onTraceRequest(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    const std::int32_t asker = processOf(tid);
    const bool traceMe = static_cast<std::uint32_t>(entry.arguments[0]) == PTRACE_TRACEME;
    std::int32_t target = asker;
    if (!traceMe) {
        const std::int32_t number = translate(asker, static_cast<std::int32_t>(entry.arguments[1]));
        target = processOf(number);
        // Who is not traced here, nobody keeps from being traced; and nobody can trace himself.
        if (!tasks_.contains(number) || target == asker)
            return AfterSeccomp::Resume;
    }
    CallUnderWay call;
    call.traceTarget = target;
    call.whyNot = kept_.contains(target) ? kOneTracer : whyNotLetGo(asker, entry, target);
    const bool stays = !call.whyNot.empty();
    calls_[tid] = std::move(call);
    if (stays || !letGo_)
        return AfterSeccomp::ResumeToCallEnd;
    tracing::keepStopped(tid);
    const auto [leaving, isNew] = leaving_.try_emplace(target);
    leaving->second.askers.insert(tid);
    if (isNew) {
        leaving->second.since = monotonicNow();
        for (const auto& [thread, task] : tasks_) {
            if (task.process == target && thread != tid)
                tracing::interrupt(thread);
        }
    }
    letGoIfAllStopped(target);
    return AfterSeccomp::Stay;
}

bool Tracer::holdIfLeaving(std::int32_t tid)
{
    if (leaving_.empty())
        return false;
    const auto leaving = leaving_.find(processOf(tid));
    if (leaving == leaving_.end())
        return false;
    tracing::keepStopped(tid);
    leaving->second.held.insert(tid);
    letGoIfAllStopped(leaving->first);
    return true;
}

void Tracer::letGoIfAllStopped(std::int32_t pid)
{
    const auto found = leaving_.find(pid);
    const auto process = live_.find(pid);
    if (found == leaving_.end() || process == live_.end())
        return;
    std::vector<std::int32_t> threads;
    for (const auto& [thread, task] : tasks_) {
        if (task.process != pid)
            continue;
        if (!found->second.held.contains(thread) && !found->second.askers.contains(thread))
            return;
        threads.push_back(thread);
    }
    // Not by a thread of it that asks for another process, but its own call is the best place to act from.
    const Leaving leaving = std::move(found->second);
    leaving_.erase(found);
    const auto own = std::find_if(
        threads.begin(), threads.end(), [&](std::int32_t thread) { return leaving.askers.contains(thread); });
    const std::int32_t actor = own != threads.end() ? *own : threads.front();
    const bool wasStopped = process->second.stopped;
    const ProcessId id = process->second.id;
    const std::int32_t tracer = own != threads.end() ? process->second.parentPid : processOf(*leaving.askers.begin());
    const Outcome taken = letGo_->take({id, actor, threads.size() > 1, wasStopped, tracer, pid == root_});
    if (!taken.ok()) {
        keepAfterAll(pid, leaving, taken.error().message);
        return;
    }
    for (const std::int32_t thread : threads) {
        tracing::detach(thread);
        tasks_.erase(thread);
        announced_.erase(thread);
        calls_.erase(thread);
    }
    live_.erase(pid);
    awaitParentDeath_.erase(pid);
    if (wasStopped)
        waitUntilStopped(pid);
    for (const std::int32_t asker : leaving.askers) {
        if (tasks_.contains(asker))
            tracing::resumeToCallEnd(asker);
    }
}

void Tracer::keepAfterAll(std::int32_t pid, const Leaving& leaving, const std::string& why)
{
    kept_.insert(pid);
    const auto process = live_.find(pid);
    for (const std::int32_t thread : leaving.held) {
        if (process != live_.end() && process->second.stopped)
            tracing::listen(thread);
        else
            tracing::resume(thread);
    }
    for (const std::int32_t asker : leaving.askers) {
        if (const auto call = calls_.find(asker); call != calls_.end())
            call->second.whyNot = why;
        tracing::resumeToCallEnd(asker);
    }
}

void Tracer::leaveOverdue()
{
    const EventTime overdue = monotonicNow() - kStopPatience;
    std::vector<std::int32_t> pids;
    for (const auto& [pid, leaving] : leaving_) {
        if (leaving.since < overdue || !live_.contains(pid))
            pids.push_back(pid);
    }
    for (const std::int32_t pid : pids)
        keepAfterAll(pid, leaving_.extract(pid).mapped(), "it could not be stopped for that");
}

bool Tracer::isLetGoProgram(std::int32_t pid) const
{
    return pid == root_ && letGo_ && letGo_->any() && letGo_->hasProgram();
}

void Tracer::onLetGoProgram(const tracing::Report& report)
{
    if (report.untraced) {
        if (report.tid == root_ && !processes_.isFrozen(root_))
            callbacks_.programStopped(report.status.stopSignal());
        return;
    }
    const ExitStatus status = report.status.exitStatus();
    letGo_->programEnded(status, report.maxRssBytes);
    rootEvent_(status);
}

void Tracer::onTracerRefused(std::int32_t pid, const CallUnderWay& call)
{
    const auto id = identify(pid);
    if (!id || refusedTracers_.size() >= kMostRefused || !refusedTracers_.insert(pid).second)
        return;
    std::string why = call.whyNot.empty() ? kOneTracer : call.whyNot;
    if (refusedTracers_.size() == 1)
        notice("process " + std::to_string(pid) + " of the program wanted to trace another and could not: " + why);
    recording_.append({monotonicNow(), *id, Witness::Recorder,
        payload::Lost{"what process " + std::to_string(pid) + " wanted to trace, as a debugger does", std::move(why)}});
}

} // namespace daemonscope
