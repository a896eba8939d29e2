// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/reproducible.h"

namespace daemonscope {

namespace {
constexpr std::int32_t kFirstPid = 1000;
constexpr std::chrono::milliseconds kGrid{100};
} // namespace

std::int32_t Reproducible::pidFor(std::int32_t pid) const
{
    const auto found = pids_.find(pid);
    return found == pids_.end() ? pid : found->second;
}

void Reproducible::note(ProcessId& id)
{
    const std::int32_t shown = kFirstPid + static_cast<std::int32_t>(id.serial);
    pids_[id.pid] = shown;
    id.pid = shown;
}

void Reproducible::operator()(Event& event)
{
    if (!started_) {
        started_ = true;
        start_ = event.time;
    }
    // No two runs use the same.
    if (auto* sampled = std::get_if<payload::ResourceSampled>(&event.payload)) {
        *sampled = {-1, -1, 0, 0};
    } else if (auto* exited = std::get_if<payload::Exited>(&event.payload)) {
        exited->cpuNs = exited->maxRssBytes = 0;
        exited->usageAtEnd = false;
    } else if (auto* started = std::get_if<payload::RecordingStarted>(&event.payload)) {
        started->sampleNs = 0;
        started->controlSocket.clear();
    }
    const EventTime since = event.time - start_;
    // Of those that share a grid point, each is a nanosecond later than the one before: nobody sees that, but what came
    // first stays first.
    const EventTime onGrid = (since + kGrid / 2) / kGrid * kGrid;
    event.time = start_ + onGrid + std::chrono::nanoseconds(ties_[onGrid]++);
    note(event.process);
    const auto some = [this](std::optional<ProcessId>& id) {
        if (id)
            note(*id);
    };
    std::visit(
        [&](auto& fact) {
            // Whatever kind of fact it is, these are the names of the members that hold a process.
            if constexpr (requires { fact.object; })
                note(fact.object.creator);
            if constexpr (requires { fact.parent; })
                some(fact.parent);
            if constexpr (requires { fact.sender; })
                some(fact.sender);
            if constexpr (requires { fact.adopter; })
                some(fact.adopter);
            if constexpr (requires { fact.by; })
                some(fact.by);
            if constexpr (requires { fact.child; })
                some(fact.child);
            if constexpr (requires { fact.logicalParent; })
                some(fact.logicalParent);
            if constexpr (requires { fact.target.has_value(); })
                some(fact.target);
            if constexpr (requires {
                              fact.daemons;
                              fact.others;
                          }) {
                for (auto* candidates : {&fact.daemons, &fact.others}) {
                    for (auto& candidate : *candidates)
                        note(candidate.object.creator);
                }
            }
            if constexpr (requires { fact.leader; })
                some(fact.leader);
            if constexpr (requires { fact.members; }) {
                for (ProcessId& member : fact.members)
                    note(member);
            }
            if constexpr (requires { fact.claimedPid; })
                fact.claimedPid = pidFor(fact.claimedPid);
            if constexpr (requires { fact.parentThread; })
                fact.parentThread = pidFor(fact.parentThread);
            if constexpr (requires { fact.senderPid; })
                fact.senderPid = pidFor(fact.senderPid);
            if constexpr (requires { fact.adopterPid; })
                fact.adopterPid = pidFor(fact.adopterPid);
            if constexpr (requires { fact.childPid; })
                fact.childPid = pidFor(fact.childPid);
            if constexpr (requires { fact.logicalParentPid; })
                fact.logicalParentPid = pidFor(fact.logicalParentPid);
            if constexpr (requires { fact.targetPid; })
                fact.targetPid = pidFor(static_cast<std::int32_t>(fact.targetPid));
        },
        event.payload);
}

} // namespace daemonscope
