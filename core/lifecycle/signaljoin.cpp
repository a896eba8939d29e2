// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/signaljoin.h"

#include <algorithm>

namespace daemonscope {
namespace {

/// How many facts are looked at from the latest backwards: bounds the work on a process that is sent masses.
constexpr std::size_t kLookBack = 16;

bool sameSender(const SignalFact& a, const SignalFact& b)
{
    if (a.sender && b.sender)
        return a.sender == b.sender;
    return a.senderPid == b.senderPid;
}

/// os.kill() is also what terminate() and the exit sequence call in the end: then it is no call of its own.
bool isInnerCall(const SignalFact& fact)
{
    return fact.called && fact.call == "os.kill";
}

bool disjoint(const SignalFact& a, const SignalFact& b)
{
    const bool calledTwice = a.called && b.called && !(isInnerCall(a) != isInnerCall(b));
    // A call that failed sent nothing.
    if ((a.error != 0 || b.error != 0) && (a.delivered || b.delivered))
        return false;
    return !(a.delivered && b.delivered) && !(a.requested && b.requested) && !(a.sent && b.sent) && !calledTwice;
}

bool nearEnough(const SignalFact& known, const SignalFact& fact)
{
    // A blocked or stopped process gets its signal much later than it was sent.
    if (fact.delivered && fact.time >= known.time)
        return true;
    if (known.delivered && known.time >= fact.time)
        return true;
    return std::chrono::abs(known.time - fact.time) <= kLateReport;
}

void merge(SignalFact& known, const SignalFact& fact)
{
    known.asked = std::min(known.asked, fact.asked);
    if (fact.delivered) {
        known.time = fact.time;
        known.code = fact.code;
    } else if (!known.delivered && fact.requested) {
        known.time = fact.time;
    }
    if (fact.delivered || fact.requested)
        known.witness = Witness::Kernel;
    if (known.senderPid == 0)
        known.senderPid = fact.senderPid;
    if (!known.sender)
        known.sender = fact.sender;
    // What the runtime says of a call is more than the system call's name.
    const bool betterCall = fact.called && !isInnerCall(fact);
    if (!fact.call.empty() && (known.call.empty() || betterCall || (fact.called && known.requested && !known.called)))
        known.call = fact.call;
    if (known.place.empty() || (betterCall && !fact.place.empty()))
        known.place = fact.place;
    if (known.via.empty() || (betterCall && !fact.via.empty()))
        known.via = fact.via;
    known.atExit = known.atExit || fact.atExit;
    known.viaKill = known.viaKill || fact.viaKill;
    known.delivered = known.delivered || fact.delivered;
    known.requested = known.requested || fact.requested;
    known.sent = known.sent || fact.sent;
    known.called = known.called || fact.called;
    known.byRecorder = known.byRecorder || fact.byRecorder;
    known.error = std::max(known.error, fact.error);
    known.claimed = known.claimed && fact.claimed;
    known.nameless = known.nameless || fact.nameless;
    if (fact.ownSiginfo) {
        known.ownSiginfo = true;
        known.claimedCode = fact.claimedCode;
        known.claimedPid = fact.claimedPid;
    }
}

} // namespace

void joinSignal(std::vector<SignalFact>& signals, SignalFact fact)
{
    fact.asked = fact.time;
    const std::size_t lowest = signals.size() > kLookBack ? signals.size() - kLookBack : 0;
    for (std::size_t i = signals.size(); i-- > lowest;) {
        SignalFact& known = signals[i];
        if (known.signal == fact.signal && sameSender(known, fact) && disjoint(known, fact)
            && nearEnough(known, fact)) {
            merge(known, fact);
            // Its time may have changed: keep the order.
            while (i + 1 < signals.size() && signals[i + 1].time < signals[i].time) {
                std::swap(signals[i], signals[i + 1]);
                ++i;
            }
            return;
        }
    }
    const auto place = std::upper_bound(signals.begin(), signals.end(), fact.time,
        [](EventTime time, const SignalFact& known) { return time < known.time; });
    signals.insert(place, std::move(fact));
}

} // namespace daemonscope
