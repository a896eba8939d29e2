// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include "lifecycle/signaljoin.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {

std::size_t EventFold::beginWait(JoinWait wait)
{
    std::vector<JoinWait>& waits = self().waits;
    // Two threads of one process may report in the wrong order.
    if (!waits.empty())
        wait.begin = std::max(wait.begin, waits.back().begin);
    waits.push_back(std::move(wait));
    noteSelf();
    return waits.size() - 1;
}

void EventFold::endWait(std::size_t position, bool timedOut)
{
    JoinWait& wait = self().waits.at(position);
    if (!wait.end) {
        wait.end = std::max(wait.begin, event_.time);
        wait.timedOut = timedOut;
    }
    noteSelf();
}

void EventFold::endExitWait()
{
    const auto sequence = state_.exitSequences.find(self_);
    if (sequence == state_.exitSequences.end() || !sequence->second.wait)
        return;
    endWait(*sequence->second.wait, false);
    sequence->second.wait.reset();
}

std::optional<ProcessIndex> EventFold::exitChild(const payload::ExitSequenceStep& step)
{
    if (step.child)
        return ensure(*step.child);
    const auto sequence = state_.exitSequences.find(self_);
    if (sequence == state_.exitSequences.end())
        return std::nullopt;
    const auto named = sequence->second.byName.find(step.name);
    return named == sequence->second.byName.end() ? std::nullopt : childOf(named->second);
}

void EventFold::signalTo(ProcessIndex target, SignalFact fact)
{
    Process& process = at(target);
    if (!fact.delivered && process.ended && *process.ended < fact.time - kLateReport)
        return; // it was dead already: nothing reached it
    joinSignal(process.signalsReceived, std::move(fact));
    note(target);
}

void EventFold::operator()(const payload::JoinBegun& begun)
{
    const std::optional<ProcessIndex> child = childOf(begun.object);
    std::size_t position = 0;
    FoldState::ExitSequence* sequence = begun.atExit ? &state_.exitSequences[self_] : nullptr;
    if (sequence && sequence->wait
        && (!child || !self().waits[*sequence->wait].child || self().waits[*sequence->wait].child == child)) {
        position = *sequence->wait; // the step has announced this very wait
        if (child)
            self().waits[position].child = child;
    } else {
        JoinWait wait;
        wait.begin = event_.time;
        wait.child = child;
        wait.atExit = begun.atExit;
        if (!begun.atExit)
            wait.place = begun.source.place;
        position = beginWait(std::move(wait));
        if (sequence)
            sequence->wait = position;
    }
    state_.openWaits[{self_, begun.object}] = position;
    noteSelf();
}

void EventFold::operator()(const payload::JoinEnded& ended)
{
    const auto open = state_.openWaits.find({self_, ended.object});
    const auto sequence = state_.exitSequences.find(self_);
    if (open == state_.openWaits.end()) {
        // The join of a step of the exit sequence is not announced once more by a JoinBegun.
        if (sequence != state_.exitSequences.end() && sequence->second.wait) {
            const std::optional<ProcessIndex> waited = self().waits.at(*sequence->second.wait).child;
            if (!waited || waited == childOf(ended.object))
                endExitWait();
        }
        return;
    }
    endWait(open->second, !ended.code && ended.error.empty());
    if (sequence != state_.exitSequences.end() && sequence->second.wait == open->second)
        sequence->second.wait.reset();
    state_.openWaits.erase(open);
}

void EventFold::operator()(const payload::TerminateCalled& called)
{
    const std::optional<ProcessIndex> child = called.child ? ensure(called.child) : childOf(called.object);
    if (!child)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(called.kill ? SIGKILL : SIGTERM);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Runtime;
    fact.viaKill = called.kill;
    fact.call = called.kill ? "kill" : "terminate";
    fact.place = called.source.place;
    fact.via = called.source.via;
    fact.called = true;
    signalTo(*child, std::move(fact));
}

void EventFold::operator()(const payload::SignalSent& sent)
{
    const std::optional<ProcessIndex> child = ensure(sent.child);
    if (!child || sent.signal <= 0)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(sent.signal);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Runtime;
    fact.atExit = sent.atExit;
    fact.sent = true;
    signalTo(*child, std::move(fact));
}

void EventFold::operator()(const payload::RuntimeCall& call)
{
    if (call.call.find("kill") == std::string::npos || call.signal <= 0)
        return; // not a signal
    // The number of a group is that of its leader, who may or may not be in it still: the call names no process.
    if (call.targetPid <= 0 || call.call.ends_with("killpg")) {
        groupCall(call);
        return;
    }
    if (!call.target)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(call.signal);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Runtime;
    fact.call = call.call.starts_with("os.") ? call.call : call.call == "os_kill" ? "os.kill" : "os." + call.call;
    fact.place = call.source.place;
    fact.via = call.source.via;
    fact.called = true;
    signalTo(ensure(*call.target), std::move(fact));
}

void EventFold::operator()(const payload::ExitSequenceBegun& begun)
{
    Process& process = self();
    if (!process.told->exitSequenceBegun) {
        process.told.edit().exitSequenceBegun = event_.time;
        process.told.edit().exitDaemons = static_cast<int>(begun.daemons.size());
        process.told.edit().exitOthers = static_cast<int>(begun.others.size());
    }
    FoldState::ExitSequence& sequence = state_.exitSequences[self_];
    for (const auto* group : {&begun.daemons, &begun.others}) {
        for (const payload::ExitCandidate& candidate : *group)
            sequence.byName.insert_or_assign(candidate.name, candidate.object);
    }
    if (process.role == Role::Program)
        becomeMain(process, {});
    noteSelf();
}

void EventFold::operator()(const payload::ExitSequenceStep& step)
{
    endExitWait();
    if (step.kind == payload::ExitSequenceStep::Kind::Phase)
        return;
    const std::optional<ProcessIndex> child = exitChild(step);
    if (step.kind == payload::ExitSequenceStep::Kind::Join) {
        JoinWait wait;
        wait.begin = event_.time;
        wait.child = child;
        wait.atExit = true;
        const std::size_t position = beginWait(std::move(wait));
        state_.exitSequences[self_].wait = position;
        return;
    }
    if (!child)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(SIGTERM);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Runtime;
    fact.atExit = true;
    fact.called = true;
    signalTo(*child, std::move(fact));
}

void EventFold::operator()(const payload::ExitSequenceEnded&)
{
    endExitWait();
    if (!self().told->exitSequenceEnded)
        self().told.edit().exitSequenceEnded = event_.time;
    noteSelf();
}

} // namespace daemonscope
