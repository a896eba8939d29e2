// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/endedby.h"

#include "lifecycle/signaljoin.h"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace daemonscope {
namespace {

// si_code, as sigaction(2) tells it; the numbers are part of the kernel's interface.
constexpr int kCodeUser = 0;     // SI_USER: kill()
constexpr int kCodeKernel = 128; // SI_KERNEL: the kernel itself, for the terminal among others
constexpr int kCodeTimer = -2;   // SI_TIMER: a timer of the process itself

/// How long after its parent's end a process may see the signal that the kernel sends for it.
constexpr EventTime kParentDeathReach = std::chrono::seconds(1);
constexpr EventTime kParentDeathEarly = std::chrono::milliseconds(20);

bool fromTerminal(const SignalFact& fact)
{
    if (fact.code != kCodeKernel)
        return false;
    switch (fact.signal.number()) {
    case SIGINT:
    case SIGQUIT:
    case SIGTSTP:
    case SIGHUP:
    case SIGTTIN:
    case SIGTTOU:
        return true;
    default:
        return false;
    }
}

bool fromItself(const Process& process, const SignalFact& fact)
{
    return fact.sender ? *fact.sender == process.index : fact.senderPid != 0 && fact.senderPid == process.id.pid;
}

/// The kernel names the dying parent as the sender of a parent-death signal (prctl(2), PR_SET_PDEATHSIG).
bool isParentDeath(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (!fact.delivered || fact.code != kCodeUser || fact.sent || fact.called || fact.requested || !fact.sender
        || fact.sender != process.kernelParent || seenInGroup(tree, process, fact))
        return false;
    const Process& parent = tree.at(*fact.sender);
    if (!parent.ended)
        return false;
    // The tracer may see the child's signal just before the parent's end. A Python parent would have told of a call.
    const EventTime early = parent.interpreterStarted ? kParentDeathEarly : EventTime::zero();
    return *parent.ended <= fact.time + early && fact.time - *parent.ended <= kParentDeathReach;
}

/// A group's members get one kill() within this time.
constexpr EventTime kGroupSpread = std::chrono::milliseconds(100);

bool gotFromItself(const Process& sender, const SignalFact& fact)
{
    return std::any_of(
        sender.signalsReceived.begin(), sender.signalsReceived.end(), [&sender, &fact](const SignalFact& own) {
            const bool other = own.called && !own.toGroup;
            return own.delivered && !other && own.code == kCodeUser && own.signal == fact.signal
                && own.sender == sender.index && std::chrono::abs(own.time - fact.time) <= kGroupSpread;
        });
}

} // namespace

bool seenInGroup(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (!fact.sender || !fact.delivered || fact.code != kCodeUser || fact.called || fact.sent)
        return false;
    if (fact.sender != process.index)
        return gotFromItself(tree.at(*fact.sender), fact);
    const auto children = tree.children(process.index);
    return std::any_of(children.begin(), children.end(), [&](ProcessIndex index) {
        const auto& facts = tree.at(index).signalsReceived;
        return std::any_of(facts.begin(), facts.end(), [&](const SignalFact& other) {
            return other.delivered && !other.called && other.code == kCodeUser && other.signal == fact.signal
                && other.sender == process.index && std::chrono::abs(other.time - fact.time) <= kGroupSpread;
        });
    });
}

bool fromRecorder(const ProcessTree& tree, const SignalFact& fact)
{
    if (fact.byRecorder)
        return true;
    return tree.program() && tree.program()->recorderPid > 0 && fact.senderPid == tree.program()->recorderPid
        && !fact.sender;
}

bool fromPoolAtExit(const ProcessTree& tree, const SignalFact& fact)
{
    const bool pool = fact.via.starts_with("pool.") || fact.via.starts_with("multiprocessing.pool.");
    if (!fact.sender || !pool)
        return false;
    const Process& sender = tree.at(*fact.sender);
    const bool during = sender.exitSequenceBegun && *sender.exitSequenceBegun <= fact.asked
        && !(sender.exitSequenceEnded && *sender.exitSequenceEnded < fact.asked);
    return fact.atExit || during;
}

const SignalFact* endingSignal(const Process& process)
{
    if (!process.ended || !process.exit || !process.exit->bySignal())
        return nullptr;
    const Signal signal = process.exit->signal();
    const SignalFact* latest = nullptr;
    // A delivery is what really happened; the other reports say what was tried.
    for (const bool delivered : {true, false}) {
        for (const SignalFact& fact : process.signalsReceived) {
            if (fact.signal != signal || fact.delivered != delivered || fact.time > *process.ended + kLateReport)
                continue;
            if (fact.time <= *process.ended || !latest)
                latest = &fact;
        }
        if (latest)
            return latest;
    }
    return nullptr;
}

const SignalFact* causeOf(const Process& process, const SignalFact* ending)
{
    if (!ending || ending->signal.number() != SIGINT || !fromItself(process, *ending))
        return ending;
    for (const SignalFact& fact : process.signalsReceived) {
        if (fact.signal == ending->signal && !fromItself(process, fact) && fact.time <= ending->time)
            return &fact;
    }
    return ending;
}

EndedBy senderOf(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    EndedBy by;
    by.signal = fact.signal;
    by.process = fact.sender;
    if (fact.atExit)
        by.how = EndedHow::ExitSequence;
    else if (fact.call == "terminate")
        by.how = EndedHow::Terminate;
    else if (fact.call == "kill")
        by.how = EndedHow::Kill;
    else if (fromTerminal(fact)) {
        by.how = EndedHow::Terminal;
        by.process.reset();
    } else if (fact.delivered
        && (fact.code > 0 || fact.code == kCodeTimer
            || (fact.signal.number() == SIGPIPE && fromItself(process, fact) && !fact.called && !fact.requested
                && !seenInGroup(tree, process, fact)))) {
        // Positive codes are the kernel's: faults, alarms, limits. A SIGPIPE names its victim as the sender, as does
        // one that the process sends to itself; that is told apart by its call only.
        by.how = EndedHow::Kernel;
        by.process.reset();
    } else if (isParentDeath(tree, process, fact))
        by.how = EndedHow::ParentDeathSignal;
    else if (fact.sender)
        by.how = EndedHow::OtherCall;
    else if (fact.senderPid != 0 || fact.delivered)
        by.how = EndedHow::Outside; // a pid that is not ours, or a sender that has no pid here (another namespace)
    return by;
}

std::optional<EndedBy> ProcessTree::endedBy(ProcessIndex index) const
{
    const Process& process = at(index);
    if (!process.ended || !process.exit || !process.exit->bySignal())
        return std::nullopt;
    const SignalFact* fact = causeOf(process, endingSignal(process));
    if (!fact)
        return EndedBy{std::nullopt, process.exit->signal(), EndedHow::Unknown};
    return senderOf(*this, process, *fact);
}

} // namespace daemonscope
