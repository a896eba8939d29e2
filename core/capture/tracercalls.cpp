// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls that the filter stops (SyscallFilter): which of them it is; the rest is in files of their own.

#include "capture/tracer.h"

#include "capture/notice.h"
#include "os/clock.h"
#include "os/filter.h"

#include <cerrno>

namespace daemonscope {

namespace {

/// So many are told of.
constexpr std::size_t kMostRefused = 16;
constexpr const char* kOneTracer =
    "a process has one tracer, and that is daemonscope here; record with --no-ptrace to leave it to others";

} // namespace

bool Tracer::onSeccomp(std::int32_t tid)
{
    const auto entry = tracing::seccompEntry(tid);
    if (!entry)
        return false;
    switch (entry->filterData) {
    case SyscallFilter::kKill:
        return onKillRequest(tid, *entry);
    case SyscallFilter::kParentDeath:
        onParentDeathSignal(tid, *entry);
        return false;
    case SyscallFilter::kUntraced:
        calls_[tid] = CallUnderWay{};
        return true;
    case SyscallFilter::kTracing:
        calls_[tid] = CallUnderWay{{}, 0, true};
        return true;
    case SyscallFilter::kOpen:
        onOpen(tid, *entry);
        return false;
    default:
        return false;
    }
}

void Tracer::onCallEnd(std::int32_t tid)
{
    const auto call = calls_.extract(tid);
    const auto result = tracing::callResult(tid);
    if (!call || !result)
        return;
    if (call.mapped().asksToTrace) {
        if (*result == -EPERM)
            onTracerRefused(processOf(tid));
    } else if (call.mapped().kill)
        onKillReturned(tid, call.mapped(), *result);
    else if (*result > 0)
        onUnseenChild(processOf(tid), static_cast<std::int32_t>(*result), "it was made with CLONE_UNTRACED");
}

void Tracer::onTracerRefused(std::int32_t pid)
{
    const auto id = identify(pid);
    if (!id || refusedTracers_.size() >= kMostRefused || !refusedTracers_.insert(pid).second)
        return;
    if (refusedTracers_.size() == 1)
        notice(
            "process " + std::to_string(pid) + " of the program wanted to trace another and could not: " + kOneTracer);
    recording_.append({monotonicNow(), *id, Witness::Recorder,
        payload::Lost{"what process " + std::to_string(pid) + " wanted to trace, as a debugger does", kOneTracer}});
}

} // namespace daemonscope
