// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"
#include "lifecycle/othertracer.h"

#include <algorithm>

namespace daemonscope {
namespace {

/// How many requests to the recorder are kept: a person makes a few, a program that repeats itself makes any number.
/// How many of the hook's errors are kept for a process: a broken hook may report one for every call.
constexpr std::size_t kMaximumHookErrors = 16;

/// The recorder's own events concern no process, whatever their id says.
bool concernsProcess(const Payload& payload)
{
    return !std::holds_alternative<payload::RecordingStarted>(payload)
        && !std::holds_alternative<payload::RecordingEnded>(payload) && !std::holds_alternative<payload::Lost>(payload)
        && !std::holds_alternative<payload::ControlRequested>(payload)
        && !std::holds_alternative<payload::CaptureStatement>(payload);
}

void insertByIndex(std::vector<ProcessIndex>& list, ProcessIndex index)
{
    list.insert(std::upper_bound(list.begin(), list.end(), index), index);
}

void removeByIndex(std::vector<ProcessIndex>& list, ProcessIndex index)
{
    const auto found = std::lower_bound(list.begin(), list.end(), index);
    if (found != list.end() && *found == index)
        list.erase(found);
}

} // namespace

EventFold::EventFold(ProcessTree& tree, const Event& event)
    : tree_(tree)
    , state_(tree.fold_)
    , event_(event)
{
    tree_.latest_ = std::max(tree_.latest_, event.time);
    if (concernsProcess(event.payload)) {
        if (!tree_.program_ && tree_.processes_.empty())
            tree_.start_ = event.time; // a salvaged recording without a beginning
        self_ = ensure(event.process);
        if (state_.unborn[static_cast<std::size_t>(self_)])
            self().born = std::min(self().born, event.time);
    }
}

Process& EventFold::at(ProcessIndex index)
{
    return tree_.processes_.at(static_cast<std::size_t>(index));
}

ProcessIndex EventFold::ensure(ProcessId id)
{
    if (const auto known = tree_.findSerial(id.serial))
        return *known;
    Process& process = tree_.processes_.emplace_back();
    process.index = static_cast<ProcessIndex>(tree_.size() - 1);
    if (static_cast<std::uint32_t>(process.index) != id.serial)
        state_.bySerial.emplace(id.serial, process.index);
    process.id = id;
    process.born = event_.time;
    process.name = "process " + std::to_string(id.pid);
    tree_.children_.emplace_back();
    tree_.foldedCount_.push_back(0);
    state_.noted.emplace_back();
    state_.unborn.push_back(true);
    tree_.roots_.push_back(process.index);
    return process.index;
}

std::optional<ProcessIndex> EventFold::ensure(const std::optional<ProcessId>& id)
{
    if (!id)
        return std::nullopt;
    return ensure(*id);
}

void EventFold::note(ProcessIndex index)
{
    FoldState::Noted& noted = state_.noted.at(static_cast<std::size_t>(index));
    if (!noted.changed) {
        noted.changed = true;
        state_.changed.push_back(index);
    }
}

void EventFold::attach(ProcessIndex child)
{
    const std::optional<ProcessIndex> parent = at(child).parent;
    insertByIndex(parent ? tree_.children_.at(static_cast<std::size_t>(*parent)) : tree_.roots_, child);
}

void EventFold::detach(ProcessIndex child)
{
    const std::optional<ProcessIndex> parent = at(child).parent;
    removeByIndex(parent ? tree_.children_.at(static_cast<std::size_t>(*parent)) : tree_.roots_, child);
}

void EventFold::setParent(ProcessIndex child, std::optional<ProcessIndex> parent)
{
    // A parent is older than its child; anything else comes from a damaged recording and could close a circle.
    if (parent && *parent >= child)
        return;
    Process& process = at(child);
    if (parent && at(*parent).foldedInto)
        parent = at(*parent).foldedInto;
    if (process.parent == parent || process.foldedInto)
        return;
    detach(child);
    process.parent = parent;
    attach(child);
    FoldState::Noted& noted = state_.noted.at(static_cast<std::size_t>(child));
    if (!noted.moved) {
        noted.moved = true;
        state_.moved.push_back(child);
    }
    process.orphanedAt.reset();
    if (parent && at(*parent).ended && (!process.ended || *process.ended > *at(*parent).ended))
        process.orphanedAt = std::max(*at(*parent).ended, process.born);
    note(child);
}

void EventFold::foldPrelude(ProcessIndex interpreter)
{
    const std::vector<ProcessIndex> before = tree_.children_.at(static_cast<std::size_t>(interpreter));
    for (const ProcessIndex child : before)
        foldDescendants(child, interpreter);
}

void EventFold::foldDescendants(ProcessIndex index, ProcessIndex into)
{
    // Depth first without recursion: a launcher's chain of forks may be deep.
    std::vector<ProcessIndex> open{index};
    while (!open.empty()) {
        const ProcessIndex current = open.back();
        open.pop_back();
        Process& process = at(current);
        // What wrote something, or was killed, is a part of what happened that a person wants to see.
        const bool showsSomething =
            process.stdoutBytes > 0 || process.stderrBytes > 0 || (process.exit && process.exit->bySignal());
        const bool helper =
            process.role == Role::Program && !process.told->interpreterStarted && process.ended && !showsSomething;
        if (!helper) {
            // Still alive, a Python of its own, or worth a look: it keeps its row, under the process that its family is
            // folded into.
            setParent(current, into);
            continue;
        }
        const std::vector<ProcessIndex> children = tree_.children_.at(static_cast<std::size_t>(current));
        detach(current);
        process.foldedInto = into;
        state_.folded.push_back(current);
        ++tree_.foldedCount_.at(static_cast<std::size_t>(into));
        open.insert(open.end(), children.rbegin(), children.rend());
    }
    note(into);
}

void EventFold::endProcess(ProcessIndex index, std::optional<ExitStatus> status, bool byRuntime)
{
    Process& process = at(index);
    if (process.ended && !process.exit && status) {
        process.exit = status; // one witness saw when, another one how
        process.exitByRuntime = byRuntime && !process.endByRuntime;
        note(index);
    }
    if (process.ended && !(process.endByRuntime && !byRuntime))
        return;
    process.ended = event_.time;
    if (status)
        process.exit = status;
    process.endByRuntime = byRuntime;
    for (const ProcessIndex child : tree_.children_.at(static_cast<std::size_t>(index))) {
        Process& orphan = at(child);
        if (!orphan.ended) {
            orphan.orphanedAt = event_.time;
            note(child);
        }
    }
    if (!process.parent)
        state_.programChanged = true;
    note(index);
}

void EventFold::operator()(const payload::RecordingStarted& started)
{
    if (tree_.program_)
        return;
    tree_.program_ = started;
    tree_.start_ = event_.time;
    state_.programChanged = true;
}

void EventFold::operator()(const payload::RecordingEnded&)
{
    tree_.complete_ = true;
    state_.programChanged = true;
}

void EventFold::operator()(const payload::CaptureStatement& statement)
{
    tree_.abilities_ = statement.abilities;
    state_.programChanged = true;
}

void EventFold::operator()(const payload::Lost& lost)
{
    tree_.lost_.push_back(lost);
    state_.programChanged = true;
}

void EventFold::operator()(const payload::HookGap& gap)
{
    if (gap.lost > 0)
        self().told.edit().hookLost += gap.lost;
    noteSelf();
}

void EventFold::operator()(const payload::HookError& error)
{
    if (self().told->hookErrors.size() < kMaximumHookErrors)
        self().told.edit().hookErrors.push_back(error.where + ": " + error.message);
    noteSelf();
}

void EventFold::operator()(const payload::OutputWritten& written)
{
    (written.stream == payload::Stream::Stdout ? self().stdoutBytes : self().stderrBytes) += written.sizeBytes;
    noteSelf();
}

void EventFold::operator()(const payload::ResourceSampled& sampled)
{
    Process& process = self();
    // What was read while the process ended may come after its end, which told the same more exactly.
    if (process.ended || sampled.cpuNs < 0 || sampled.rssBytes < 0)
        return;
    process.cpuNs = std::max(process.cpuNs, sampled.cpuNs);
    process.maxRssBytes = std::max(process.maxRssBytes, sampled.rssBytes);
    tree_.resources_.add(self_,
        {event_.time - EventTime(std::max<std::int64_t>(sampled.sinceLookNs, 0)), event_.time, sampled.cpuNs,
            sampled.rssBytes, sampled.threads});
    noteSelf();
}

void EventFold::operator()(const payload::ControlRequested& requested)
{
    if (tree_.requests_.size() == kMaximumRequests)
        tree_.requests_.pop_front();
    tree_.requests_.push_back({event_.time, requested});
    ensure(requested.target);
    state_.programChanged = true;
}

void EventFold::operator()(const payload::OutputDropped& dropped)
{
    Process& process = self();
    (dropped.stream == payload::Stream::Stdout ? process.stdoutBytes : process.stderrBytes) += dropped.sizeBytes;
    if (process.rare->droppedBytes == 0)
        process.rare.edit().droppedSince = event_.time;
    process.rare.edit().droppedBytes += dropped.sizeBytes;
    noteSelf();
}

} // namespace daemonscope
