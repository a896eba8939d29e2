// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"
#include "lifecycle/signaljoin.h"

namespace daemonscope {
namespace {

/// How long after the call a member of the group may get the signal.
constexpr EventTime kGroupCallReach = std::chrono::milliseconds(500);
/// The two witnesses' clocks are one, but a time may be taken a moment late.
constexpr EventTime kGroupCallEarly = std::chrono::milliseconds(2);
/// How many calls and received signals are remembered: bounds the work on a program that signals in masses.
constexpr std::size_t kMostGroupCalls = 32;
constexpr std::size_t kMostReceived = 512;

bool explains(const FoldState::GroupCall& call, const FoldState::Received& received)
{
    return call.sender == received.sender && call.signal == received.signal
        && call.time <= received.time + kGroupCallEarly && received.time - call.time <= kGroupCallReach;
}

} // namespace

void EventFold::explain(const FoldState::Received& received, const FoldState::GroupCall& call)
{
    std::vector<SignalFact>& facts = at(received.process).signalsReceived;
    for (auto fact = facts.rbegin(); fact != facts.rend(); ++fact) {
        if (fact->time != received.time || fact->signal.number() != received.signal || fact->sender != received.sender)
            continue;
        if (fact->called || fact->sent)
            return; // a call for this very process is known
        fact->called = true;
        fact->toGroup = true;
        fact->call = call.call;
        fact->place = call.place;
        fact->via = call.via;
        fact->asked = std::min(fact->asked, call.time);
        note(received.process);
        return;
    }
}

void EventFold::groupCall(const payload::RuntimeCall& call)
{
    FoldState::GroupCall kept{event_.time, self_, call.signal, call.call, call.source.place, call.source.via};
    if (!kept.call.starts_with("os."))
        kept.call.insert(0, "os.");
    for (const FoldState::Received& received : state_.received) {
        if (explains(kept, received))
            explain(received, kept);
    }
    state_.groupCalls.push_back(std::move(kept));
    if (state_.groupCalls.size() > kMostGroupCalls)
        state_.groupCalls.pop_front();
}

void EventFold::received(ProcessIndex target, ProcessIndex sender, int signal, EventTime time)
{
    const FoldState::Received received{time, target, sender, signal};
    for (auto call = state_.groupCalls.rbegin(); call != state_.groupCalls.rend(); ++call) {
        if (explains(*call, received)) {
            explain(received, *call);
            break;
        }
    }
    state_.received.push_back(received);
    if (state_.received.size() > kMostReceived)
        state_.received.pop_front();
}

} // namespace daemonscope
