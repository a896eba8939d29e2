// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/signaller.h"

#include "os/clock.h"
#include "os/processhandle.h"
#include "os/procfs.h"
#include "os/self.h"

#include <csignal>

namespace daemonscope {

Outcome Signaller::send(ProcessId process, Signal signal)
{
    const auto known = processes_.find(process.pid);
    if (!known || *known != process)
        return Error{"no process of this recording has pid " + std::to_string(process.pid) + " and serial "
            + std::to_string(process.serial)};
    std::optional<Result<ProcessHandle>> handle;
    const auto seen = processes_.whileAlive(process, [&] { handle.emplace(ProcessHandle::open(process.pid)); });
    if (!seen || !handle->ok())
        return Error{"process " + std::to_string(process.pid) + " has ended"};
    if (const auto stat = readProcStat(process.pid); !stat.ok() || startOf(stat.value()) > *seen)
        return Error{"process " + std::to_string(process.pid) + " has ended"};
    if (signal == Signal{SIGKILL})
        recording_.append({monotonicNow(), process, Witness::Recorder,
            payload::SignalDelivered{SIGKILL, 0, currentProcess(), static_cast<std::int32_t>(currentUser()), {}}});
    return handle->value().send(signal);
}

} // namespace daemonscope
