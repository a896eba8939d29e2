// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls that the filter stops (SyscallFilter): which of them it is; the rest is in files of their own.

#include "capture/tracer.h"

#include "capture/reopening.h"
#include "os/filter.h"

#include <cerrno>

namespace daemonscope {

Tracer::AfterSeccomp Tracer::onSeccomp(std::int32_t tid)
{
    const auto entry = tracing::seccompEntry(tid);
    if (!entry)
        return AfterSeccomp::Resume;
    switch (entry->filterData) {
    case SyscallFilter::kKill:
        return onKillRequest(tid, *entry) ? AfterSeccomp::ResumeToCallEnd : AfterSeccomp::Resume;
    case SyscallFilter::kParentDeath:
        onParentDeathSignal(tid, *entry);
        return AfterSeccomp::Resume;
    case SyscallFilter::kUntraced:
        calls_[tid] = CallUnderWay{};
        return AfterSeccomp::ResumeToCallEnd;
    case SyscallFilter::kTracing:
        return onTraceRequest(tid, *entry);
    case SyscallFilter::kOpen:
        if (const auto reopening = findReopening(tid, *entry, callbacks_.isProgramEnd))
            tracing::replaceByDuplicate(tid, reopening->fd, reopening->closeOnExec);
        return AfterSeccomp::Resume;
    default:
        return AfterSeccomp::Resume;
    }
}

void Tracer::onCallEnd(std::int32_t tid)
{
    const auto call = calls_.extract(tid);
    const auto result = tracing::callResult(tid);
    if (!call || !result)
        return;
    if (call.mapped().traceTarget != 0) {
        if (*result == -EPERM)
            onTracerRefused(processOf(tid), call.mapped());
    } else if (call.mapped().kill)
        onKillReturned(tid, call.mapped(), *result);
    else if (*result > 0)
        onUnseenChild(processOf(tid), static_cast<std::int32_t>(*result), "it was made with CLONE_UNTRACED");
}

} // namespace daemonscope
