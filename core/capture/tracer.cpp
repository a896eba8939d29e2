// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/tracer.h"

#include "capture/executedfacts.h"
#include "os/clock.h"
#include "os/procfs.h"
#include "os/self.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace daemonscope {

Tracer::Tracer(
    RecordingWriter& recording, ProcessRegistry& processes, ReapWatch& reaping, LetGo* letGo, Callbacks callbacks)
    : recording_(recording)
    , processes_(processes)
    , reaping_(reaping)
    , letGo_(letGo)
    , callbacks_(std::move(callbacks))
{
}

void Tracer::adopt(std::int32_t pid)
{
    root_ = pid;
    for (const std::int32_t child : currentChildren()) {
        if (child != pid)
            strangers_.insert(child);
    }
    addProcess(pid, std::nullopt, payload::Born::How::Launch, 0);
}

void Tracer::run(const std::function<void(std::optional<ExitStatus>)>& rootEvent)
{
    rootEvent_ = rootEvent;
    while (const auto report = nextReport())
        onReport(*report);
    if (letGo_)
        letGo_->waitUntilAllEnded();
}

void Tracer::onReport(const tracing::Report& report)
{
    if (strangers_.contains(report.tid))
        return;
    if (report.untraced || isLetGoProgram(report.tid)) {
        onLetGoProgram(report);
        return;
    }
    switch (report.status.kind()) {
    case WaitStatus::Kind::Exited:
    case WaitStatus::Kind::Signaled:
        onEnd(report);
        break;
    case WaitStatus::Kind::PtraceEvent:
        onPtraceEvent(report);
        break;
    case WaitStatus::Kind::GroupStop:
        onGroupStop(report);
        break;
    case WaitStatus::Kind::SignalDelivery:
        onSignal(report);
        break;
    case WaitStatus::Kind::SyscallStop:
        onCallEnd(report.tid);
        tracing::resume(report.tid);
        break;
    }
}

void Tracer::onPtraceEvent(const tracing::Report& report)
{
    switch (const int event = report.status.ptraceEvent(); event) {
    case tracing::kFork:
    case tracing::kVfork:
    case tracing::kClone:
        onNewTask(report.tid, event);
        tracing::resume(report.tid);
        break;
    case tracing::kExec:
        onExec(report.tid);
        tracing::resume(report.tid);
        break;
    case tracing::kSeccomp:
        switch (onSeccomp(report.tid)) {
        case AfterSeccomp::Resume:
            tracing::resume(report.tid);
            break;
        case AfterSeccomp::ResumeToCallEnd:
            tracing::resumeToCallEnd(report.tid);
            break;
        case AfterSeccomp::Stay:
            break;
        }
        break;
    default: // PTRACE_EVENT_STOP: a new task's first stop, or the end of a group stop
        onFirstStop(report.tid);
        break;
    }
}

void Tracer::onExec(std::int32_t pid)
{
    // All other threads are gone, and the one that called exec has the process's number now (ptrace(2)).
    if (const auto former = static_cast<std::int32_t>(tracing::eventMessage(pid)); former != pid) {
        tasks_.erase(former);
        calls_.erase(former);
        for (const std::int32_t child : awaitParentDeath_) {
            if (const auto process = live_.find(child);
                process != live_.end() && process->second.parentThread == former)
                process->second.parentThread = pid;
        }
    }

    record(pid, readExecuted(pid));
    if (pid == root_)
        rootEvent_(std::nullopt);
}

void Tracer::onSignal(const tracing::Report& report)
{
    const int signal = report.status.stopSignal().number();
    // A child's end is told by the child, and this is the most frequent signal of all.
    if (signal != SIGCHLD) {
        payload::SignalDelivered delivered{signal, 0, 0, 0, std::nullopt};
        if (auto info = tracing::signalInfo(report.tid)) {
            // Sent in the kernel's place, see OutputRoute::refuse().
            if (signal == SIGPIPE && info->senderPid == currentProcess())
                info = tracing::becomeOwnSignal(report.tid, processOf(report.tid));
            const auto process = live_.find(processOf(report.tid));
            if (signal == SIGSTOP && info->senderPid == currentProcess() && process != live_.end())
                process->second.stopIsOurs = true;
            delivered.code = info->code;
            delivered.senderPid = info->senderPid;
            delivered.senderUid = info->senderUid;
            if (const std::int32_t sender = translate(processOf(report.tid), info->senderPid); sender != 0)
                delivered.sender = processes_.find(sender);
        }
        record(processOf(report.tid), delivered);
    } else {
        onChildSignal(report.tid);
    }
    tracing::resume(report.tid, signal);
}

void Tracer::onGroupStop(const tracing::Report& report)
{
    if (!tasks_.contains(report.tid)) {
        // Born into a stopped group.
        tracing::listen(report.tid);
        onUnannounced(report.tid, false, std::nullopt);
        return;
    }
    // A new task may be born into a stopped group, with the group stop for its first stop.
    announced_.erase(report.tid);
    const bool leaves = leaving_.contains(processOf(report.tid));
    if (!leaves)
        tracing::listen(report.tid);
    // Every thread reports the stop, the process stops once.
    if (const auto process = live_.find(processOf(report.tid)); process != live_.end() && !process->second.stopped) {
        process->second.stopped = true;
        processes_.setStopped(process->first, true);
        // Stopped by another one just before the recorder could: not to be resumed by it.
        if (!std::exchange(process->second.stopIsOurs, false))
            processes_.unfreeze(process->first);
        record(process->first, payload::Stopped{report.status.stopSignal().number()});
        noteChildNews(process->second);
        if (process->first == root_ && !processes_.isFrozen(root_))
            callbacks_.programStopped(report.status.stopSignal());
    }
    if (leaves && !holdIfLeaving(report.tid))
        tracing::listen(report.tid);
}

void Tracer::onEnd(const tracing::Report& report)
{
    const auto task = tasks_.find(report.tid);
    if (task == tasks_.end()) {
        onUnannounced(report.tid, false, report);
        return;
    }
    const std::int32_t pid = task->second.process;
    const bool wasThread = pid != report.tid;
    tasks_.erase(task);
    announced_.erase(report.tid);
    calls_.erase(report.tid);
    if (wasThread && !awaitParentDeath_.empty())
        onThreadEnd(report.tid, pid);
    if (!wasThread && live_.contains(report.tid))
        onProcessEnd(report.tid, report);
    else if (!leaving_.empty())
        letGoIfAllStopped(pid);
}

void Tracer::onProcessEnd(std::int32_t pid, const tracing::Report& report)
{
    // Its fork events can no longer come.
    if (!unannounced_.empty())
        acceptUnannouncedIf(true, [pid](const Unannounced& task) { return task.parentPid == pid; });
    callbacks_.beforeEnd(pid);
    const ExitStatus status = report.status.exitStatus();
    const TracedProcess process = std::move(live_.at(pid));
    live_.erase(pid);
    payload::Exited exited;
    exited.bySignal = status.bySignal();
    exited.code = status.bySignal() ? status.signal().number() : status.exitCode();
    exited.coreDumped = status.coreDumped();
    exited.cpuNs = std::max<std::int64_t>((report.cpu - process.childrenCpu).count(), 0);
    exited.maxRssBytes = report.maxRssBytes;
    exited.usageAtEnd = true;
    const EventTime now = monotonicNow();
    recording_.append({now, process.id, Witness::Kernel, exited});
    processes_.ended(pid);
    spaces_.ended(pid);
    awaitParentDeath_.erase(pid);
    noteChildNews(process);
    if (const auto parent = live_.find(process.parentPid); parent != live_.end()) {
        parent->second.childrenCpu += report.cpu;
        std::erase(parent->second.children, pid);
    }
    reaping_.ended(process.id, {process.parentPid, identify(process.parentPid)}, report.minorFaults);
    noteNewParents(process);
    tellReaping(pid, std::nullopt);
    if (pid == root_)
        rootEvent_(status);
}

void Tracer::noteChildNews(const TracedProcess& child)
{
    if (const auto parent = live_.find(child.parentPid); parent != live_.end())
        ++parent->second.childNews;
}

void Tracer::tellReaping(std::int32_t dead, std::optional<std::uint64_t> collectedFaults)
{
    reaping_.parentEnded(dead, collectedFaults, [this](std::int32_t zombie) {
        const auto stat = readProcStat(zombie);
        const std::int32_t adopter = stat.ok() ? stat.value().parentPid : 0;
        return ReapWatch::Parent{adopter, identify(adopter)};
    });
}

void Tracer::noteNewParents(const TracedProcess& dead)
{
    for (const std::int32_t child : dead.children) {
        const auto process = live_.find(child);
        if (process == live_.end() && letGo_)
            letGo_->parentEnded(child, dead.id.pid);
        if (process == live_.end() || process->second.parentPid != dead.id.pid)
            continue;
        const auto stat = readProcStat(child);
        const std::int32_t adopter = stat.ok() ? stat.value().parentPid : 0;
        process->second.parentPid = adopter;
        if (const auto family = live_.find(adopter); family != live_.end())
            family->second.children.push_back(child);
        record(child, payload::Reparented{identify(adopter), adopter});
    }
}

std::optional<ProcessId> Tracer::identify(std::int32_t pid) const
{
    const auto process = live_.find(pid);
    if (process != live_.end())
        return process->second.id;
    return letGo_ && letGo_->any() && processes_.lives(pid) ? processes_.find(pid) : std::nullopt;
}

std::int32_t Tracer::processOf(std::int32_t tid) const
{
    const auto task = tasks_.find(tid);
    return task == tasks_.end() ? tid : task->second.process;
}

void Tracer::record(std::int32_t pid, Payload payload)
{
    if (const auto id = identify(pid))
        recording_.append({monotonicNow(), *id, Witness::Kernel, std::move(payload)});
}

} // namespace daemonscope
