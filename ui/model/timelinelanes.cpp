// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinelanes.h"

#include "lifecycle/endedby.h"

#include <algorithm>
#include <utility>

namespace daemonscope {

namespace {

std::int64_t laneTime(const ProcessTree& tree, EventTime time)
{
    return (time - tree.start()).count();
}

LaneEnd laneEnd(const Process& process)
{
    if (!process.ended) {
        return LaneEnd::None;
    }
    if (!process.exit) {
        return LaneEnd::Unknown;
    }
    if (process.exit->bySignal()) {
        return LaneEnd::Killed;
    }
    return process.exit->exitCode() == 0 ? LaneEnd::Finished : LaneEnd::Failed;
}

std::vector<LaneStretch> laneStretches(const ProcessTree& tree, const Process& process)
{
    const std::int64_t ended = process.ended ? laneTime(tree, *process.ended) : kNotYet;
    std::vector<LaneStretch> stretches;
    for (const JoinWait& wait : process.waits) {
        const std::int64_t end = wait.end ? std::min(laneTime(tree, *wait.end), ended) : ended;
        stretches.push_back({laneTime(tree, wait.begin), end, wait.child.value_or(-1), LaneStretch::Kind::Waiting});
    }
    for (std::size_t i = 0; i < process.stops.size(); ++i) {
        if (!process.stops[i].value) {
            continue;
        }
        std::int64_t end = ended;
        for (std::size_t next = i + 1; next < process.stops.size(); ++next) {
            if (!process.stops[next].value) {
                end = std::min(end, laneTime(tree, process.stops[next].time));
                break;
            }
            i = next; // stopped again while stopped: one stretch
        }
        stretches.push_back({laneTime(tree, process.stops[i].time), end, -1, LaneStretch::Kind::Stopped});
    }
    std::stable_sort(stretches.begin(), stretches.end(),
        [](const LaneStretch& a, const LaneStretch& b) { return a.beginNs < b.beginNs; });
    return stretches;
}

} // namespace

LaneKill laneKill(const ProcessTree& tree, const Process& process)
{
    LaneKill kill;
    kill.target = process.index;
    kill.endedNs = laneTime(tree, *process.ended);
    kill.sentNs = kill.endedNs;
    kill.signal = process.exit->signal();
    if (const auto by = tree.endedBy(process.index)) {
        kill.killer = by->process.value_or(-1);
        kill.how = by->how;
        if (by->process)
            kill.runtime = tree.at(*by->process).runtime;
        if (const SignalFact* fact = causeOf(process, endingSignal(process))) {
            kill.sentNs = std::min(laneTime(tree, fact->time), kill.endedNs);
            kill.call = fact->call;
            kill.place = fact->place;
        }
    }
    return kill;
}

void TimelineLanes::rebuild(const ProcessTree& tree)
{
    byProcess_.clear();
    kills_.clear();
    killOf_.clear();
    marks_ = {};
    reorder(tree);
    for (ProcessIndex process = 0; process < static_cast<ProcessIndex>(tree.size()); ++process) {
        refresh(tree, process);
    }
}

void TimelineLanes::update(const ProcessTree& tree, const ProcessTree::Changes& changes)
{
    if (byProcess_.empty()) {
        rebuild(tree);
        return;
    }
    if (!changes.born.empty() || !changes.moved.empty() || !changes.folded.empty()) {
        reorder(tree);
    }
    for (const auto* list : {&changes.born, &changes.moved, &changes.folded, &changes.changed}) {
        for (const ProcessIndex process : *list) {
            refresh(tree, process);
        }
    }
    if (!changes.folded.empty() || std::exchange(kindChanged_, false)) {
        noteAll();
    }
    ++revision_;
}

void TimelineLanes::noteAll()
{
    // Marks of lanes that went away, or were of another kind until more was known, are no longer there to explain.
    marks_ = {};
    for (const ProcessIndex process : order_) {
        note(byProcess_[static_cast<std::size_t>(process)]);
    }
    marks_.killArrow = std::any_of(kills_.begin(), kills_.end(), [this](const LaneKill& kill) {
        return kill.killer >= 0 && kill.killer != kill.target && laneOf(kill.target) >= 0;
    });
}

void TimelineLanes::assign(std::vector<TimelineLane> lanes, std::vector<LaneKill> kills)
{
    byProcess_.assign(lanes.size(), {});
    order_.assign(lanes.size(), 0);
    laneOf_.assign(lanes.size(), -1);
    killOf_.assign(lanes.size(), -1);
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        const ProcessIndex process = lanes[i].process;
        order_[i] = process;
        laneOf_[static_cast<std::size_t>(process)] = static_cast<int>(i);
        byProcess_[static_cast<std::size_t>(process)] = std::move(lanes[i]);
    }
    marks_ = {};
    for (const TimelineLane& lane : byProcess_) {
        note(lane);
    }
    kills_ = std::move(kills);
    marks_.killArrow = std::any_of(kills_.begin(), kills_.end(), [](const LaneKill& kill) { return kill.killer >= 0; });
    for (std::size_t i = 0; i < kills_.size(); ++i) {
        killOf_[static_cast<std::size_t>(kills_[i].target)] = static_cast<int>(i);
    }
    ++revision_;
}

int TimelineLanes::laneOf(ProcessIndex process) const
{
    const auto at = static_cast<std::size_t>(process);
    return process >= 0 && at < laneOf_.size() ? laneOf_[at] : -1;
}

const LaneKill* TimelineLanes::killOf(ProcessIndex process) const
{
    const auto at = static_cast<std::size_t>(process);
    if (process < 0 || at >= killOf_.size() || killOf_[at] < 0) {
        return nullptr;
    }
    return &kills_[static_cast<std::size_t>(killOf_[at])];
}

void TimelineLanes::reorder(const ProcessTree& tree)
{
    byProcess_.resize(tree.size());
    killOf_.resize(tree.size(), -1);
    laneOf_.assign(tree.size(), -1);
    order_.clear();
    order_.reserve(tree.size());
    // Own stack: a hostile program can make a chain of any depth.
    std::vector<std::pair<ProcessIndex, std::int32_t>> stack;
    const auto push = [&stack](std::span<const ProcessIndex> family, std::int32_t depth) {
        for (auto it = family.rbegin(); it != family.rend(); ++it) {
            stack.emplace_back(*it, depth);
        }
    };
    push(tree.roots(), 0);
    while (!stack.empty()) {
        const auto [process, depth] = stack.back();
        stack.pop_back();
        const auto at = static_cast<std::size_t>(process);
        const bool shown = !tree.at(process).foldedInto;
        if (shown && laneOf_[at] < 0) {
            laneOf_[at] = static_cast<int>(order_.size());
            order_.push_back(process);
            byProcess_[at].depth = depth;
        }
        push(tree.children(process), shown ? depth + 1 : depth);
    }
    ++revision_;
}

void TimelineLanes::refresh(const ProcessTree& tree, ProcessIndex index)
{
    const Process& process = tree.at(index);
    TimelineLane& lane = byProcess_[static_cast<std::size_t>(index)];
    lane.process = index;
    lane.parent = process.parent.value_or(process.kernelParent.value_or(-1));
    const Kind kind = kindAt(process, tree.latest());
    kindChanged_ = kindChanged_ || kind != lane.kind;
    lane.kind = kind;
    lane.end = laneEnd(process);
    lane.bornNs = laneTime(tree, process.born);
    lane.endedNs = process.ended ? laneTime(tree, *process.ended) : kNotYet;
    const bool orphaned = process.orphanedAt && (!process.ended || *process.orphanedAt < *process.ended);
    lane.orphanedNs = orphaned ? std::max(laneTime(tree, *process.orphanedAt), lane.bornNs) : kNotYet;
    lane.stretches = laneStretches(tree, process);

    if (process.foldedInto) {
        return;
    }
    note(lane);
    if (lane.end != LaneEnd::Killed) {
        return;
    }
    LaneKill kill = laneKill(tree, process);
    marks_.killArrow = marks_.killArrow || (kill.killer >= 0 && kill.killer != index);
    int& at = killOf_[static_cast<std::size_t>(index)];
    if (at < 0) {
        at = static_cast<int>(kills_.size());
        kills_.emplace_back();
    }
    kills_[static_cast<std::size_t>(at)] = std::move(kill);
}

void TimelineLanes::note(const TimelineLane& lane)
{
    marks_.main |= lane.kind == Kind::Main;
    marks_.nonDaemon |= lane.kind == Kind::NonDaemon;
    marks_.daemon |= lane.kind == Kind::Daemon;
    marks_.helper |= lane.kind == Kind::Helper;
    marks_.program |= lane.kind == Kind::Program;
    marks_.orphaned |= lane.orphanedNs != kNotYet;
    marks_.finished |= lane.end == LaneEnd::Finished;
    marks_.failed |= lane.end == LaneEnd::Failed;
    marks_.killed |= lane.end == LaneEnd::Killed;
    marks_.unknown |= lane.end == LaneEnd::Unknown;
    for (const LaneStretch& stretch : lane.stretches) {
        marks_.waiting |= stretch.kind == LaneStretch::Kind::Waiting;
        marks_.waitedFor |= stretch.child >= 0;
        marks_.stopped |= stretch.kind == LaneStretch::Kind::Stopped;
    }
}

std::vector<LiveCount> liveCounts(const TimelineLanes& lanes, std::int64_t untilNs, int most)
{
    std::vector<std::pair<std::int64_t, int>> steps;
    steps.reserve(static_cast<std::size_t>(lanes.size()) * 2);
    for (int i = 0; i < lanes.size(); ++i) {
        const TimelineLane& lane = lanes.at(i);
        if (lane.bornNs > untilNs) {
            continue;
        }
        steps.emplace_back(lane.bornNs, 1);
        if (lane.endedNs <= untilNs) {
            steps.emplace_back(lane.endedNs, -1);
        }
    }
    std::sort(steps.begin(), steps.end());
    const std::int64_t first = steps.empty() ? 0 : steps.front().first;
    const auto slots = std::max<std::int64_t>(1, most / 2);
    const std::int64_t slotNs =
        static_cast<int>(steps.size()) > most ? std::max<std::int64_t>(1, (untilNs - first) / slots) : 0;

    std::vector<LiveCount> counts;
    int live = 0;
    for (std::size_t i = 0; i < steps.size();) {
        // All steps of one slot (of one instant where there is room for all): its greatest count, then its last.
        const std::int64_t begin = steps[i].first;
        int greatest = live;
        while (i < steps.size() && steps[i].first <= begin + slotNs) {
            const std::int64_t instant = steps[i].first;
            while (i < steps.size() && steps[i].first == instant) {
                live += steps[i++].second;
            }
            greatest = std::max(greatest, live);
        }
        const double seconds = static_cast<double>(begin) * 1e-9;
        if (greatest > live && slotNs > 0) {
            counts.push_back({seconds, greatest});
        }
        counts.push_back({seconds, live});
    }
    return counts;
}

} // namespace daemonscope
