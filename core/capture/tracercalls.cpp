// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls that the filter stops (SyscallFilter): which of them it is; the rest is in files of their own.

#include "capture/tracer.h"

#include "os/filter.h"

namespace daemonscope {

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
    if (call.mapped().kill)
        onKillReturned(tid, call.mapped(), *result);
    else if (*result > 0)
        onUnseenChild(processOf(tid), static_cast<std::int32_t>(*result), "it was made with CLONE_UNTRACED");
}

} // namespace daemonscope
