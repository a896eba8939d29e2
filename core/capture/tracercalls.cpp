// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls that the filter stops (SyscallFilter): requests for SIGKILL here, others in files of their own.

#include "capture/tracer.h"

#include "os/filter.h"
#include "os/procfs.h"

#include <csignal>

namespace daemonscope {

void Tracer::onSeccomp(std::int32_t tid)
{
    const auto entry = tracing::seccompEntry(tid);
    if (!entry)
        return;
    if (entry->filterData == SyscallFilter::kKill)
        onKillRequest(tid, *entry);
    else if (entry->filterData == SyscallFilter::kOpen)
        onOpen(tid, *entry);
}

void Tracer::onKillRequest(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    payload::KillRequested request;
    request.signal = SIGKILL;
    if (!entry.native) {
        // The 32-bit table has other numbers; that a kill was asked for is known, its target is its first argument
        // in all but tgkill, so it is left open.
        request.call = "kill";
    } else {
        request.call = killCallName(entry.number);
        const auto argument = static_cast<std::int32_t>(entry.arguments.at(killTargetArgument(entry.number)));
        request.targetPid = argument;
        if (request.call == "pidfd_send_signal") {
            const auto info = readProcText(tid, "fdinfo/" + std::to_string(argument));
            request.targetPid = info.ok() ? parsePidOfPidfd(info.value()) : 0;
        } else if (request.call == "tkill" || request.call == "tgkill") {
            request.targetPid = processOf(argument);
        }
    }
    if (request.targetPid > 0)
        request.target = processes_.find(static_cast<std::int32_t>(request.targetPid));
    record(processOf(tid), std::move(request));
}

} // namespace daemonscope
