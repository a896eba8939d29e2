// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Signals that the kernel sends by itself, some of which look like another one's.

#include "lifecycle/kernelsignals.h"

#include "lifecycle/endedby.h"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace daemonscope {
namespace {

constexpr int kByKill = 0;     // SI_USER: kill(), and the kernel in a process's name
constexpr int kByKernel = 128; // SI_KERNEL: the kernel itself, for the terminal among others

/// How long after its parent's end a process may see the signal that the kernel sends for it.
constexpr EventTime kSeenLate = std::chrono::seconds(1);
/// How long before it: the tracer may see the child's signal just before the parent's end.
constexpr EventTime kSeenEarly = std::chrono::milliseconds(20);

/// Whether the process was stopped, or has just been continued.
bool comesFromAStop(const Process& process, EventTime time)
{
    const auto later = std::upper_bound(process.stops.begin(), process.stops.end(), time,
        [](EventTime at, const Since<bool>& stop) { return at < stop.time; });
    return later != process.stops.begin() && (std::prev(later)->value || time - std::prev(later)->time <= kSeenLate);
}

/// The kernel's SIGHUP for a process group with a stopped member, as the last one ends who could continue it
/// (setpgid(2)): no terminal's. A SIGCONT comes with it, so the process runs again when it gets the SIGHUP.
bool hungUpAsOrphan(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (fact.signal.number() != SIGHUP || !process.kernelParent)
        return false;
    const auto lostItsParent = [&](const Process& member) {
        const std::optional<EventTime>& ended = tree.at(*member.kernelParent).ended;
        return ended && std::chrono::abs(fact.time - *ended) <= kSeenLate;
    };
    if (!lostItsParent(process))
        return false;
    if (comesFromAStop(process, fact.time))
        return true;
    // It may be another one of its group that was stopped.
    constexpr std::ptrdiff_t kMostSiblings = 64;
    const auto siblings = tree.children(*process.kernelParent);
    const auto last = siblings.begin() + std::min<std::ptrdiff_t>(std::ssize(siblings), kMostSiblings);
    return std::any_of(siblings.begin(), last, [&](ProcessIndex index) {
        const Process& member = tree.at(index);
        return member.kernelParent == process.kernelParent && comesFromAStop(member, fact.time)
            && std::any_of(member.signalsReceived.begin(), member.signalsReceived.end(), [&](const SignalFact& other) {
                   return other.delivered && other.code == kByKernel && other.signal == fact.signal
                       && std::chrono::abs(other.time - fact.time) <= kSeenLate;
               });
    });
}

} // namespace

bool fromTerminal(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (fact.code != kByKernel || hungUpAsOrphan(tree, process, fact))
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

bool inVictimsName(Signal signal)
{
    return signal.number() == SIGPIPE || signal.number() == SIGXFSZ;
}

ParentDeath parentDeath(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (!fact.delivered || fact.code != kByKill || fact.sent || fact.called || fact.requested || !fact.sender)
        return ParentDeath::No;
    const bool askedForIt = parentDeathSignalAt(process, fact.time) == fact.signal.number();
    const bool watched = tree.program() && tree.program()->killCalls;
    if (watched && !askedForIt)
        return ParentDeath::No;
    if (callsWatched(tree, fact.signal))
        return ParentDeath::Yes; // it had asked for it, and nobody made a call
    if (!watched && (fact.sender != process.kernelParent || seenInGroup(tree, process, fact)))
        return ParentDeath::No;
    // The kernel fills in for it what kill(2) does: SI_USER, and the parent's pid. Only a call that would have been
    // seen can be excluded. Without any, the words say that it is taken for the likelier one.
    const ParentDeath likely = watched ? ParentDeath::Either : ParentDeath::Yes;
    if (watched && process.rare->parentThreadEnded
        && std::chrono::abs(*process.rare->parentThreadEnded - fact.time) <= kSeenLate)
        return likely;
    const Process& parent = tree.at(*fact.sender);
    if (!parent.ended)
        return ParentDeath::No;
    // A Python parent would have told of a call.
    const EventTime early = watched || parent.told->interpreterStarted ? kSeenEarly : EventTime::zero();
    return *parent.ended <= fact.time + early && fact.time - *parent.ended <= kSeenLate ? likely : ParentDeath::No;
}

} // namespace daemonscope
