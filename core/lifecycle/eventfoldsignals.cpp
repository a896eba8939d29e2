// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include "lifecycle/signaljoin.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {
namespace {

// si_code, as sigaction(2) tells it.
constexpr int kSentByKill = 0;   // SI_USER: kill()
constexpr int kSentByQueue = -1; // SI_QUEUE: the sender wrote the siginfo

/// How many facts are looked at: bounds the work on a process that is sent masses.
constexpr std::size_t kFactsLookedAt = 64;

/// A seen call for this very process that its delivery may still follow.
bool isPending(const SignalFact& fact, Signal signal)
{
    return fact.requested && !fact.delivered && fact.error == 0 && fact.signal == signal;
}

} // namespace

void EventFold::findSender(SignalFact& delivered, bool foreignNumbers)
{
    // The earliest call first: of equal signals the kernel keeps the first one's siginfo.
    const std::vector<SignalFact>& facts = self().signalsReceived;
    for (std::size_t i = facts.size() > kFactsLookedAt ? facts.size() - kFactsLookedAt : 0; i < facts.size(); ++i) {
        const SignalFact& known = facts[i];
        if (!isPending(known, delivered.signal))
            continue;
        // The kernel puts 0 in the place of a sender that the receiver's pid namespace has no number for.
        const bool claims = known.ownSiginfo && known.claimedCode == delivered.code
            && (known.claimedPid == delivered.senderPid || delivered.senderPid == 0);
        const bool nameless = !known.ownSiginfo && delivered.code == kSentByKill && !delivered.sender
            && (delivered.senderPid == 0 || foreignNumbers);
        if (!claims && !nameless)
            continue;
        delivered.nameless = nameless;
        delivered.sender = known.sender;
        delivered.senderPid = known.senderPid;
        return;
    }
    delivered.claimed = delivered.code == kSentByQueue;
}

void EventFold::operator()(const payload::SignalDelivered& delivered)
{
    // A child's end and a resized window say nothing about this process's own life, and come in masses.
    if (delivered.signal <= 0 || delivered.signal == SIGCHLD || delivered.signal == SIGWINCH)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(delivered.signal);
    fact.code = delivered.code;
    fact.senderPid = delivered.senderPid;
    fact.sender = ensure(delivered.sender);
    fact.witness = event_.witness;
    fact.byRecorder = event_.witness == Witness::Recorder;
    fact.delivered = true;
    if (!fact.byRecorder && tree_.program_ && tree_.program_->killCalls)
        findSender(fact, self().rare->pidSpace != 0);
    else
        fact.claimed = fact.code == kSentByQueue && !fact.byRecorder;
    const std::optional<ProcessIndex> sender = fact.sender;
    signalTo(self_, std::move(fact));
    if (sender)
        received(self_, *sender, delivered.signal, event_.time);
}

void EventFold::operator()(const payload::KillRequested& requested)
{
    if (requested.signal <= 0)
        return;
    if (!requested.target) {
        groupCall(requested);
        return;
    }
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(requested.signal);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Kernel;
    fact.call = requested.call + "(2)";
    fact.requested = true;
    fact.claimedCode = requested.claimedCode;
    fact.claimedPid = requested.claimedPid;
    fact.ownSiginfo = requested.claimedCode != 0 || requested.claimedPid != 0 || requested.call.starts_with("rt_");
    signalTo(ensure(*requested.target), std::move(fact));
}

void EventFold::operator()(const payload::KillReturned& returned)
{
    if (!returned.target) {
        groupCallReturned(returned);
        return;
    }
    if (returned.error == 0)
        return;
    const ProcessIndex target = ensure(*returned.target);
    std::vector<SignalFact>& facts = at(target).signalsReceived;
    const auto last = facts.rbegin() + static_cast<std::ptrdiff_t>(std::min(facts.size(), kFactsLookedAt));
    const auto failed = std::find_if(facts.rbegin(), last,
        [&](const SignalFact& fact) { return isPending(fact, Signal(returned.signal)) && fact.sender == self_; });
    if (failed == last)
        return;
    failed->error = returned.error;
    note(target);
}

} // namespace daemonscope
