// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/kind.h"

#include <algorithm>

namespace daemonscope {

Kind kindAt(const Process& process, EventTime t)
{
    switch (process.role) {
    case Role::Main:
        return Kind::Main;
    case Role::Helper:
        return Kind::Helper;
    case Role::Program:
        return Kind::Program;
    case Role::Child:
        return statusAt(process, t).daemon.value_or(process.daemon.value_or(false)) ? Kind::Daemon : Kind::NonDaemon;
    }
    return Kind::Program;
}

Mark markAt(const Process& process, EventTime t)
{
    switch (statusAt(process, t).activity) {
    case Activity::NotBorn:
        return Mark::NotBorn;
    case Activity::Running:
        return Mark::Running;
    case Activity::Waiting:
        return Mark::Waiting;
    case Activity::Stopped:
        return Mark::Stopped;
    case Activity::Ended:
        break;
    }
    if (!process.exit)
        return Mark::Gone;
    if (process.exit->bySignal())
        return Mark::Killed;
    return process.exit->exitCode() == 0 ? Mark::Finished : Mark::Failed;
}

bool stateMayDiffer(const Process& process, const Process* parent, EventTime from, EventTime to)
{
    const auto within = [&](const std::optional<EventTime>& time) { return time && *time > from && *time <= to; };
    const auto anySince = [&](const auto& changes) {
        return std::any_of(changes.begin(), changes.end(), [&](const auto& change) { return within(change.time); });
    };
    if (within(process.ended) || within(process.told->exitSequenceBegun) || within(process.told->exitSequenceEnded)
        || within(process.told->mainCodeEnded) || within(process.told->targetEnded)
        || within(process.told->exceptionTime) || within(process.reaped)
        || (process.rare->adoption && within(process.rare->adoption->time)) || (parent && within(parent->ended)))
        return true;
    return anySince(process.stops) || anySince(process.told->daemonChanges) || anySince(process.signalsReceived)
        || std::any_of(process.waits.begin(), process.waits.end(),
            [&](const JoinWait& wait) { return within(wait.begin) || within(wait.end); });
}

} // namespace daemonscope
