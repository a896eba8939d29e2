// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/freezer.h"

#include "os/clock.h"
#include "os/procfs.h"

#include <csignal>
#include <vector>

namespace daemonscope {

namespace {

/// A child whose parent was killed before the fork was reported is held by the tracer for 50 ms before it is known
/// (tracerbirths.cpp), and then runs.
constexpr std::chrono::milliseconds kQuiet{70};
constexpr std::chrono::milliseconds kQuietWithDead{500};

/// The state letter of proc(5); '?' for a process that is gone.
char stateOf(std::int32_t pid)
{
    const auto stat = readProcStat(pid);
    return stat.ok() ? stat.value().state : '?';
}

} // namespace

Freezer::Progress Freezer::step()
{
    active_ = true;
    Progress progress;
    const std::vector<LiveProcess> all = processes_.live();
    for (const LiveProcess& process : all) {
        bool frozen = process.frozen;
        // The kernel witness tells of stops. Where it does not watch, /proc does; there a traced process is 't'.
        char state = process.stopped ? 'T' : '?';
        if (!frozen && !process.stopped) {
            state = stateOf(process.id.pid);
            if (state != 'T' && processes_.freeze(process.id)) {
                frozen = true;
                if (!signaller_.send(process.id, Signal{SIGSTOP}).ok())
                    continue; // it has ended
            }
        }
        if (!process.stopped && frozen)
            state = stateOf(process.id.pid);
        if (state == 'T')
            ++(frozen ? progress.frozen : progress.stoppedBefore);
        else if (state == 'D' || (state == 't' && process.letGo))
            ++progress.inKernel;
        else if (state == 'Z' || state == 'X' || state == '?')
            ++progress.dead;
        else
            ++progress.running;
    }
    const std::optional<std::uint32_t> newest = all.empty() ? std::nullopt : std::optional{all.back().id.serial};
    const std::chrono::nanoseconds now = monotonicNow();
    if (progress.running > 0 || newest != newest_)
        quietSince_ = now;
    newest_ = newest;
    const auto quiet = now - quietSince_;
    // What has ended may have made a child that the tracer is still to tell of; a witness that tells of no ends at all
    // is not waited for longer.
    progress.stable = quiet >= (progress.dead > 0 ? kQuietWithDead : kQuiet);
    return progress;
}

std::size_t Freezer::resume()
{
    active_ = false;
    newest_.reset();
    std::size_t resumed = 0;
    const std::vector<LiveProcess> all = processes_.live();
    for (auto process = all.rbegin(); process != all.rend(); ++process) {
        if (!process->frozen)
            continue;
        processes_.unfreeze(process->id.pid);
        if (signaller_.send(process->id, Signal{SIGCONT}).ok())
            ++resumed;
    }
    return resumed;
}

} // namespace daemonscope
