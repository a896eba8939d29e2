// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdicttext.h"

#include "lifecycle/endedby.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/visibletext.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {
namespace {

std::string at(const std::string& place)
{
    return place.empty() ? std::string() : " at " + visibleText(place);
}
std::string exceptionText(const Process& process)
{
    std::string text = "an uncaught " + visibleText(process.told->exception->type, 80);
    if (!process.told->exception->message.empty())
        text += ": " + visibleText(process.told->exception->message, 120);
    return text;
}

std::string exitCode(const Process& process)
{
    return "exit code " + std::to_string(process.exit->exitCode());
}

/// A signal that could have ended the process but was handled: the process ended by itself, soon afterwards.
const SignalFact* handledSignal(const ProcessTree& tree, const Process& process)
{
    const bool kernel = kernelSawSignals(tree);
    for (auto fact = process.signalsReceived.rbegin(); fact != process.signalsReceived.rend(); ++fact) {
        const int number = fact->signal.number();
        const bool asksToEnd = number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
        // One that was only sent may have come too late, to a process that was ending by itself.
        if (asksToEnd && (fact->delivered || !kernel) && fact->time <= *process.ended
            && *process.ended - fact->time < std::chrono::seconds(10))
            return &*fact;
    }
    return nullptr;
}

/// What became of a signal that did not end the process at once.
const char* handledText(const Process& process, const SignalFact& fact)
{
    if (!fact.delivered)
        return ", and did not die of it"; // or it came too late
    // The first sign of the process's end after the signal.
    EventTime end = *process.ended;
    for (const auto& sign : {process.told->exceptionTime, process.told->mainCodeEnded, process.told->exitSequenceBegun,
             process.told->targetEnded}) {
        if (sign && *sign >= fact.time)
            end = std::min(end, *sign);
    }
    constexpr EventTime kAtOnce = std::chrono::milliseconds(20);
    return end - fact.time <= kAtOnce ? ", handled it and ended" : ", which it handled or ignored";
}

/// What ends a process of this runtime without any clean-up.
const char* hardExit(const Process& process)
{
    return process.runtime == Runtime::Engine ? "osExit()" : "os._exit()";
}

std::string childExitText(const Process& process)
{
    const std::string target =
        process.told->target.empty() ? "its target" : "its target " + visibleText(process.told->target, 80);
    if (process.told->exception)
        return " ended with " + exitCode(process) + " because of " + exceptionText(process);
    if (process.told->targetEnded && process.exit->exitCode() == 0)
        return " ended by itself with exit code 0: " + target + " ended";
    if (process.told->targetEnded)
        return " ended with " + exitCode(process) + ": " + target + " left with SystemExit ("
            + (process.runtime == Runtime::Engine ? "exit())" : "sys.exit())");
    if (process.told->interpreterStarted || !process.told->flags.empty())
        return " ended with " + exitCode(process) + " and was not seen to return from " + target + ", as after "
            + hardExit(process);
    return " ended with " + exitCode(process);
}

/// What a main process did between the end of its code and its own end.
std::string mainExitDetails(const ProcessTree& tree, const Process& process)
{
    std::size_t terminated = 0;
    bool allDied = true;
    for (const ProcessIndex child : tree.children(process.index)) {
        const auto& signals = tree.at(child).signalsReceived;
        const auto byExit = [&process](const SignalFact& fact) { return fact.atExit && fact.sender == process.index; };
        if (std::none_of(signals.begin(), signals.end(), byExit))
            continue;
        ++terminated;
        const SignalFact* ending = endingSignal(tree.at(child));
        allDied = allDied && ending && byExit(*ending);
    }
    std::string waited;
    const JoinWait* longest = nullptr;
    std::size_t waits = 0;
    for (const JoinWait& wait : process.waits) {
        if (!wait.atExit)
            continue;
        ++waits;
        if (!longest
            || wait.end.value_or(*process.ended) - wait.begin > longest->end.value_or(*process.ended) - longest->begin)
            longest = &wait;
    }
    if (longest) {
        waited = std::string(terms::kWaited) + " "
            + durationText(longest->end.value_or(*process.ended) - longest->begin) + " for "
            + (longest->child ? terms::name(tree.at(*longest->child)) : terms::kSomeChild);
        if (waits > 1)
            waited += " and shorter for " + terms::count(waits - 1, "other", "others");
    }
    std::string text;
    if (process.told->mainCodeEnded)
        text = "; its code ended at " + timeText(*process.told->mainCodeEnded - tree.start());
    if (terminated == 0 && waited.empty())
        return text;
    text += text.empty() ? "; its exit sequence " : ", then its exit sequence ";
    if (terminated > 0)
        text += (allDied ? "terminated " : "sent SIGTERM to ") + terms::count(terminated, "daemon", "daemons");
    if (!waited.empty())
        text += (terminated > 0 ? " and " : "") + waited;
    return text;
}

std::string mainExitText(const ProcessTree& tree, const Process& process)
{
    std::string text = " ended with " + exitCode(process);
    if (process.told->exception)
        text += " because of " + exceptionText(process);
    const bool hookSaysWhen = process.told->mainCodeEnded || process.told->exitSequenceBegun;
    if (!hookSaysWhen && process.told->interpreterStarted && !tree.children(process.index).empty())
        return text + " and was not seen to run " + terms::actor(process.runtime) + "'s exit sequence, as after "
            + hardExit(process);
    return text + mainExitDetails(tree, process);
}

std::string exitText(const ProcessTree& tree, const Process& process)
{
    std::string text;
    switch (process.role) {
    case Role::Child:
        text = childExitText(process);
        break;
    case Role::Main:
        text = mainExitText(tree, process);
        break;
    case Role::Helper:
    case Role::Program:
        text = process.exit->exitCode() == 0 ? " ended by itself with exit code 0" : " ended with " + exitCode(process);
        break;
    }
    if (const SignalFact* fact = handledSignal(tree, process))
        text +=
            "; it had been sent " + fact->signal.name() + originText(tree, process, fact) + handledText(process, *fact);
    return text;
}

std::string signalText(const ProcessTree& tree, const Process& process)
{
    const SignalFact* ending = endingSignal(process);
    const SignalFact* cause = causeOf(process, ending);
    std::string text = " was ended by " + process.exit->signal().name() + originText(tree, process, cause);
    if (cause != ending)
        text += std::string("; ") + terms::actor(process.runtime)
            + " raised KeyboardInterrupt, ran its exit code and then sent SIGINT to itself";
    return text + " (" + terms::spellings(*process.exit, process.runtime) + ")";
}

std::string orphanText(const ProcessTree& tree, const Process& process)
{
    if (!process.orphanedAt || !process.parent || endNotSeen(tree, process))
        return {};
    if (process.ended && *process.ended - *process.orphanedAt < kOrphanLeast)
        return {};
    return "; it was an orphan since " + timeText(*process.orphanedAt - tree.start()) + ", when "
        + terms::nameBeside(tree.at(*process.parent), process) + " ended";
}

std::string zombieText(const ProcessTree& tree, const Process& process)
{
    if (!process.ended || !process.reaped || process.endByRuntime || *process.reaped - *process.ended < kLongZombie)
        return {};
    return "; it was a zombie for " + durationText(*process.reaped - *process.ended) + " until "
        + (process.reaperUnknown    ? std::string("it was collected")
                : !process.reapedBy ? std::string("a process outside of the recording collected it")
                                    : terms::nameBeside(tree.at(*process.reapedBy), process) + " collected it");
}

std::string livingText(const ProcessTree& tree, const Process& process)
{
    if (endNotSeen(tree, process))
        return std::string(" was not seen to end: the kernel witness was off, and no ")
            + terms::noun(terms::runtimeAbout(tree, process)) + " told of its end";
    if (!tree.complete())
        return " is " + stateText(tree, process.index, tree.latest()) + " as far as the recording goes";
    return " was still " + stateText(tree, process.index, tree.latest()) + " when the recording ended";
}

std::string leftBehindText(const ProcessTree& tree, const Process& process)
{
    const std::vector<ProcessIndex> left = leftBehind(tree, process);
    if (left.empty())
        return {};
    const bool hasRuntime = process.role == Role::Main || process.role == Role::Child;
    const bool skipped = hasRuntime && process.exit && process.exit->bySignal() && !process.told->exitSequenceBegun;
    return std::string(skipped ? "; its exit sequence did not run, and it left " : "; it left ") + nameList(tree, left)
        + " behind, living on without it";
}

std::string refusedText(const Process& process)
{
    if (process.told->refusedStarts.empty())
        return {};
    const RefusedStart& refused = process.told->refusedStarts.front();
    const bool allByRule =
        std::all_of(process.told->refusedStarts.begin(), process.told->refusedStarts.end(), refusedByRule);
    const std::string calls =
        terms::count(process.told->refusedStarts.size(), "start() call", "start() calls") + " of it";
    return (allByRule ? std::string("; ") + terms::actor(process.runtime) + " refused " + calls
                      : "; " + calls + " failed")
        + at(refused.place) + " (" + visibleText(refused.error, 160) + ")";
}

} // namespace

bool refusedByRule(const RefusedStart& refused)
{
    constexpr std::string_view kAssertion = "AssertionError: ";
    if (!refused.error.starts_with(kAssertion))
        return false;
    const std::string_view message = std::string_view(refused.error).substr(kAssertion.size());
    // The assertions of BaseProcess.start() (CPython: Lib/multiprocessing/process.py).
    return message.starts_with("daemonic processes are not allowed") || message.starts_with("cannot start a process")
        || message.starts_with("can only start a process");
}

bool refusedBySystem(const RefusedStart& refused)
{
    const std::string_view type = std::string_view(refused.error).substr(0, refused.error.find(':'));
    // OSError and those of its subclasses that fork, exec and pipe can raise.
    for (const char* name :
        {"OSError", "BlockingIOError", "PermissionError", "FileNotFoundError", "InterruptedError"}) {
        if (type == name)
            return true;
    }
    return false;
}

bool kernelSaw(const ProcessTree& tree)
{
    return !tree.program() || tree.program()->kernelWitness;
}

bool kernelSawSignals(const ProcessTree& tree)
{
    return kernelSaw(tree)
        && (!tree.program() || tree.program()->kernelMeans.empty() || tree.program()->kernelMeans == "ptrace");
}

std::string whyNoSignals(const ProcessTree& tree)
{
    if (!kernelSaw(tree))
        return "the kernel witness was off";
    return "the kernel told of births and ends only (" + visibleText(tree.program()->kernelMeans, 20) + ", not ptrace)";
}

bool endNotSeen(const ProcessTree& tree, const Process& process)
{
    return !process.ended && tree.complete() && !kernelSaw(tree);
}

std::vector<ProcessIndex> leftBehind(const ProcessTree& tree, const Process& process)
{
    std::vector<ProcessIndex> left;
    if (!process.ended)
        return left;
    for (const ProcessIndex index : tree.children(process.index)) {
        const Process& child = tree.at(index);
        if (child.orphanedAt && child.role != Role::Helper && !endNotSeen(tree, child)
            && child.ended.value_or(tree.latest()) - *child.orphanedAt >= kOrphanLeast)
            left.push_back(index);
    }
    return left;
}

std::string nameList(const ProcessTree& tree, const std::vector<ProcessIndex>& processes, std::size_t maximum)
{
    std::string list;
    const std::size_t shown = std::min(processes.size(), maximum);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0)
            list += i + 1 == shown && shown == processes.size() ? " and " : ", ";
        list += terms::name(tree.at(processes[i]));
    }
    if (shown < processes.size())
        list += " and " + std::to_string(processes.size() - shown) + " more";
    return list;
}

std::string verdictText(const ProcessTree& tree, const Process& process)
{
    std::string text = terms::nameAndKind(process);
    if (!process.ended)
        text += livingText(tree, process);
    else if (!process.exit)
        text += " ended, and nobody saw how";
    else if (process.exit->bySignal())
        text += signalText(tree, process);
    else
        text += exitText(tree, process);
    return text + orphanText(tree, process) + zombieText(tree, process) + leftBehindText(tree, process)
        + refusedText(process) + ".";
}

Verdict verdict(const ProcessTree& tree, ProcessIndex index)
{
    const Process& process = tree.at(index);
    return {verdictText(tree, process), verdictChain(tree, process)};
}

} // namespace daemonscope
