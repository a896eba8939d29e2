// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/reproducible.h"

#include "recording/reader.h"

#include <algorithm>
#include <numeric>

namespace daemonscope {

namespace {
constexpr std::int32_t kFirstPid = 1000;
constexpr std::chrono::milliseconds kGrid{100};
} // namespace

Reproducible::Reproducible(const std::vector<EventTime>& times)
    : shown_(times.size())
{
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t index) { return times[index]; });
    EventTime last = EventTime::min();
    for (const std::size_t index : order) {
        const EventTime start = times.front();
        // Of those that share a grid point, each is a nanosecond later than the one before: nobody sees that, but what
        // came first stays first.
        last = std::max(start + (times[index] - start + kGrid / 2) / kGrid * kGrid, last + std::chrono::nanoseconds(1));
        shown_[index] = last;
    }
}

Reproducible Reproducible::of(const std::string& recording)
{
    std::vector<EventTime> times;
    if (auto opened = RecordingReader::open(recording); opened.ok()) {
        RecordingReader reader = std::move(opened).value();
        for (auto batch = reader.poll(); !batch.empty(); batch = reader.poll()) {
            for (const Event& event : batch)
                times.push_back(event.time);
        }
    }
    return Reproducible(times);
}

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
    if (next_ < shown_.size())
        event.time = shown_[next_++];
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
