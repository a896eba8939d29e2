// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/endedby.h"

#include "lifecycle/kernelsignals.h"
#include "lifecycle/othertracer.h"
#include "lifecycle/requesttext.h"
#include "lifecycle/signaljoin.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {
namespace {

// si_code, as sigaction(2) tells it; the numbers are part of the kernel's interface.
constexpr int kCodeUser = 0;   // SI_USER: kill()
constexpr int kCodeTimer = -2; // SI_TIMER: a timer of the process itself

/// How long before or after its parent's end a process may see what comes of it.
constexpr EventTime kParentDeathReach = std::chrono::seconds(1);

bool fromItself(const Process& process, const SignalFact& fact)
{
    return fact.sender ? *fact.sender == process.index : fact.senderPid != 0 && fact.senderPid == process.id.pid;
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
    const bool during = sender.told->exitSequenceBegun && *sender.told->exitSequenceBegun <= fact.asked
        && !(sender.told->exitSequenceEnded && *sender.told->exitSequenceEnded < fact.asked);
    return fact.atExit || during;
}

int parentDeathSignalAt(const Process& process, EventTime time)
{
    int signal = 0;
    for (const Since<int>& since : process.rare->parentDeathSignals) {
        if (since.time <= time)
            signal = since.value;
    }
    return signal;
}

const SignalFact* mergedWith(const Process& process, const SignalFact& fact)
{
    constexpr int kFirstQueued = 32; // from here on the kernel keeps every one (signal(7))
    if (fact.delivered || fact.error != 0 || fact.signal.number() >= kFirstQueued)
        return nullptr;
    const bool kill = fact.signal.number() == SIGKILL;
    for (const SignalFact& other : process.signalsReceived) {
        if (&other == &fact || other.signal != fact.signal || other.error != 0 || other.asked > fact.asked)
            continue;
        if (other.delivered ? other.time >= fact.asked : kill && other.requested && other.asked < fact.asked)
            return &other;
    }
    return nullptr;
}

bool callsWatched(const ProcessTree& tree, Signal signal)
{
    if (!tree.program() || !tree.program()->killCalls)
        return false;
    switch (signal.number()) {
    case SIGHUP:
    case SIGINT:
    case SIGQUIT:
    case SIGKILL:
    case SIGTERM:
        return true;
    default:
        return false;
    }
}

const SignalFact* endingSignal(const Process& process)
{
    if (!process.ended || !process.exit || !process.exit->bySignal())
        return nullptr;
    const Signal signal = process.exit->signal();
    const SignalFact* latest = nullptr;
    // Nothing survives a SIGKILL: the first one that was really sent is the cause, whoever else sent one.
    for (const SignalFact& fact : process.signalsReceived) {
        const bool reallySent = (fact.requested || fact.byRecorder) && fact.error == 0;
        if (signal.number() == SIGKILL && fact.signal == signal && reallySent && fact.time <= *process.ended)
            return &fact;
    }
    // A delivery is what really happened; the other reports say what was tried.
    for (const bool delivered : {true, false}) {
        for (const SignalFact& fact : process.signalsReceived) {
            if (fact.signal != signal || fact.delivered != delivered || fact.error != 0
                || fact.time > *process.ended + kLateReport)
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
    // NOLINTBEGIN(bugprone-branch-clone): the order of the questions decides
    if (fact.atExit)
        by.how = EndedHow::ExitSequence;
    else if (fact.call == "terminate")
        by.how = EndedHow::Terminate;
    else if (fact.call == "kill")
        by.how = EndedHow::Kill;
    else if (fact.ownSiginfo && fact.requested)
        by.how = EndedHow::OtherCall; // whatever its siginfo says
    else if (fact.claimed) {
        by.how = EndedHow::Outside;
        if (callsWatched(tree, Signal(SIGKILL)))
            by.process.reset(); // whoever it names was not seen to send it
        else if (by.process)
            by.how = EndedHow::OtherCall;
    } else if (fromTerminal(tree, process, fact) || passedOnFromTerminal(tree, fact)) {
        by.how = EndedHow::Terminal;
        by.process.reset();
    } else if (fact.delivered
        && (fact.code > 0 || fact.code == kCodeTimer
            || (inVictimsName(fact.signal) && fact.code == kCodeUser && fromItself(process, fact) && !fact.called
                && !fact.requested && !seenInGroup(tree, process, fact)))) {
        // Positive codes are the kernel's: faults, alarms, limits of processor time.
        by.how = EndedHow::Kernel;
        by.process.reset();
    } else if (const ParentDeath death = parentDeath(tree, process, fact); death != ParentDeath::No)
        by.how = death == ParentDeath::Yes ? EndedHow::ParentDeathSignal : EndedHow::Unknown;
    else if (fact.sender)
        by.how = EndedHow::OtherCall;
    else if (fact.senderPid != 0 || fact.delivered)
        by.how = EndedHow::Outside; // a pid that is not ours, or a sender that has no pid here (another namespace)
    // NOLINTEND(bugprone-branch-clone)
    by.knownBy = knownByOf(tree, &fact, by);
    return by;
}

KnownBy knownByOf(const ProcessTree& tree, const SignalFact* fact, const EndedBy& by)
{
    KnownBy known;
    if (!fact) {
        // Where all calls are seen, one that is not there was not made by any process of the recording.
        known.exclusion = by.how != EndedHow::Unknown || callsWatched(tree, by.signal);
        return known;
    }
    known.recorder = fact->byRecorder || passedOnFromTerminal(tree, *fact);
    known.exclusion = fact->inferred || by.how == EndedHow::ParentDeathSignal;
    known.claim = fact->claimed;
    if (known.recorder || known.exclusion || known.claim)
        return known;
    known.siginfo = fact->delivered && !fact->ownSiginfo && !fact->nameless;
    known.systemCall = fact->requested;
    known.runtime = fact->called || fact->sent;
    return known;
}

std::optional<EndedBy> unseenKill(const ProcessTree& tree, const Process& process)
{
    if (!process.ended || !process.exit || process.exit->signal().number() != SIGKILL
        || !callsWatched(tree, Signal(SIGKILL)) || otherTracer(tree, process))
        return std::nullopt;
    const auto near = [&process](const std::optional<EventTime>& time) {
        return time && std::chrono::abs(*time - *process.ended) <= kParentDeathReach;
    };
    EndedBy by;
    by.signal = Signal(SIGKILL);
    by.knownBy.exclusion = true;
    if (parentDeathSignalAt(process, *process.ended) == SIGKILL && process.kernelParent) {
        const std::optional<ProcessIndex> adopter =
            process.rare->adoption ? process.rare->adoption->adopter : std::nullopt;
        by.how = EndedHow::ParentDeathSignal;
        by.process = process.kernelParent;
        if (near(process.rare->parentThreadEnded) || near(tree.at(*process.kernelParent).ended))
            return by;
        by.process = adopter;
        if (adopter && near(tree.at(*adopter).ended))
            return by;
    }
    const std::optional<ProcessIndex> leader = process.rare->pidSpaceLeader;
    if (leader && leader != process.index && near(tree.at(*leader).ended)) {
        by.how = EndedHow::Kernel;
        by.process = leader;
        return by;
    }
    return std::nullopt;
}

std::optional<EndedBy> ProcessTree::endedBy(ProcessIndex index) const
{
    const Process& process = at(index);
    if (!process.ended || !process.exit || !process.exit->bySignal())
        return std::nullopt;
    if (const SignalFact* fact = causeOf(process, endingSignal(process)))
        return senderOf(*this, process, *fact);
    if (const auto by = unseenKill(*this, process))
        return by;
    EndedBy unknown{std::nullopt, process.exit->signal(), EndedHow::Unknown};
    if (!otherTracer(*this, process))
        unknown.knownBy = knownByOf(*this, nullptr, unknown);
    return unknown;
}

} // namespace daemonscope
