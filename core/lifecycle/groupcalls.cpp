// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"
#include "lifecycle/signaljoin.h"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace daemonscope {
namespace {

/// How long after the call a member of the group may get the signal.
constexpr EventTime kGroupCallReach = std::chrono::milliseconds(500);
/// The two witnesses' clocks are one, but a time may be taken a moment late.
constexpr EventTime kGroupCallEarly = std::chrono::milliseconds(2);
/// How many calls and received signals are remembered: bounds the work on a program that signals in masses.
constexpr std::size_t kMostGroupCalls = 64;
constexpr std::size_t kMostReceived = 512;

bool explains(const FoldState::GroupCall& call, const FoldState::Received& received)
{
    return call.sender == received.sender && call.signal == received.signal
        && call.time <= received.time + kGroupCallEarly && received.time - call.time <= kGroupCallReach;
}

/// Whether the kernel witness found the process in the group; a member that was born meanwhile may be missing.
bool isMember(const FoldState::GroupCall& call, const Process& process)
{
    return std::binary_search(call.members.begin(), call.members.end(), process.id.serial);
}

void addMembers(FoldState::GroupCall& call, const std::vector<ProcessId>& members)
{
    for (const ProcessId& member : members)
        call.members.push_back(member.serial);
    std::sort(call.members.begin(), call.members.end());
}

} // namespace

void EventFold::explain(const FoldState::Received& received, const FoldState::GroupCall& call)
{
    std::vector<SignalFact>& facts = at(received.process).signalsReceived;
    for (auto fact = facts.rbegin(); fact != facts.rend(); ++fact) {
        if (fact->time != received.time || fact->signal.number() != received.signal || fact->sender != received.sender)
            continue;
        if (call.kernel ? fact->requested || fact->inferred : fact->called || fact->sent)
            return; // a call for this very process is known, or the group's
        (call.kernel ? fact->requested : fact->called) = true;
        fact->toGroup = true;
        // What the runtime says of a call is more than the system call's name.
        if (!call.kernel || fact->call.empty())
            fact->call = call.call;
        if (!call.kernel) {
            fact->place = call.place;
            fact->via = call.via;
        }
        fact->asked = std::min(fact->asked, call.time);
        note(received.process);
        return;
    }
}

void EventFold::groupCall(FoldState::GroupCall call)
{
    for (const FoldState::Received& received : state_.received) {
        if (explains(call, received))
            explain(received, call);
    }
    state_.groupCalls.push_back(std::move(call));
    if (state_.groupCalls.size() > kMostGroupCalls)
        state_.groupCalls.pop_front();
}

void EventFold::groupCall(const payload::RuntimeCall& call)
{
    FoldState::GroupCall kept{event_.time, self_, call.signal, call.call, call.source.place, call.source.via};
    if (!kept.call.starts_with("os."))
        kept.call.insert(0, "os.");
    groupCall(std::move(kept));
}

void EventFold::groupCall(const payload::KillRequested& request)
{
    if (request.targetPid > 0)
        return; // a process that is not of this recording
    FoldState::GroupCall kept{event_.time, self_, request.signal, request.call + "(2)", {}, {}, true};
    addMembers(kept, request.members);
    groupCall(std::move(kept));
}

void EventFold::groupCallReturned(const payload::KillReturned& returned)
{
    for (auto call = state_.groupCalls.rbegin(); call != state_.groupCalls.rend(); ++call) {
        if (!call->kernel || call->sender != self_ || call->signal != returned.signal)
            continue;
        if (returned.error != 0)
            state_.groupCalls.erase(std::next(call).base());
        else
            addMembers(*call, returned.members);
        return;
    }
}

void EventFold::killedInGroup()
{
    Process& process = self();
    for (const SignalFact& fact : process.signalsReceived) {
        if (fact.signal.number() == SIGKILL && fact.error == 0)
            return;
    }
    // The first one counts: nothing survives it.
    const FoldState::GroupCall* cause = nullptr;
    for (const FoldState::GroupCall& call : state_.groupCalls) {
        if (!cause && call.kernel && call.signal == SIGKILL && isMember(call, process))
            cause = &call;
    }
    const bool known = cause != nullptr;
    for (auto call = state_.groupCalls.rbegin(); !cause && call != state_.groupCalls.rend(); ++call) {
        // Of a group whose members were not told, or that was born meanwhile: that is taken for the reason if nothing
        // else explains it, and marked as an inference.
        const bool near = event_.time >= call->time && event_.time - call->time <= kGroupCallReach;
        if (call->kernel && call->signal == SIGKILL && near && (call->members.empty() || process.born >= call->time))
            cause = &*call;
    }
    if (!cause)
        return;
    SignalFact fact;
    fact.time = cause->time;
    fact.asked = cause->time;
    fact.signal = Signal(SIGKILL);
    fact.senderPid = at(cause->sender).id.pid;
    fact.sender = cause->sender;
    fact.call = cause->call;
    fact.requested = known;
    fact.inferred = !known;
    fact.toGroup = true;
    const ProcessIndex sender = cause->sender;
    const EventTime time = cause->time;
    const auto place = std::upper_bound(process.signalsReceived.begin(), process.signalsReceived.end(), time,
        [](EventTime at, const SignalFact& other) { return at < other.time; });
    process.signalsReceived.insert(place, std::move(fact));
    received(self_, sender, SIGKILL, time);
}

void EventFold::received(ProcessIndex target, ProcessIndex sender, int signal, EventTime time)
{
    const FoldState::Received received{time, target, sender, signal};
    for (const bool kernel : {true, false}) {
        const auto call = std::find_if(state_.groupCalls.rbegin(), state_.groupCalls.rend(),
            [&](const FoldState::GroupCall& each) { return each.kernel == kernel && explains(each, received); });
        if (call != state_.groupCalls.rend())
            explain(received, *call);
    }
    state_.received.push_back(received);
    if (state_.received.size() > kMostReceived)
        state_.received.pop_front();
}

} // namespace daemonscope
