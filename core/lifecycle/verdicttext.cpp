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

/// Why the kernel itself sends this signal.
const char* kernelReason(int signal)
{
    switch (signal) {
    case SIGPIPE:
        return "it wrote to a pipe or socket that nobody reads";
    case SIGSEGV:
        return "it touched memory that is not its own";
    case SIGBUS:
        return "it touched memory that has nothing behind it";
    case SIGFPE:
        return "a calculation had no result, such as a division by zero";
    case SIGILL:
        return "it came to an instruction that the processor does not know";
    case SIGTRAP:
        return "it came to a breakpoint";
    case SIGSYS:
        return "it made a system call that is forbidden to it";
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
        return "a timer of its own ran out";
    case SIGXCPU:
        return "its limit of processor time was reached";
    case SIGXFSZ:
        return "its limit of file size was reached";
    default:
        return "the kernel sent it";
    }
}

const char* terminalKey(int signal)
{
    switch (signal) {
    case SIGINT:
        return "Ctrl+C";
    case SIGQUIT:
        return "Ctrl+\\";
    case SIGHUP:
        return "it was closed";
    default:
        return "a key or its own rules";
    }
}

std::string at(const std::string& place)
{
    return place.empty() ? std::string() : " at " + visibleText(place);
}
std::string through(const std::string& via)
{
    return via.empty() ? std::string() : " through " + visibleText(via, 80);
}

std::string exceptionText(const Process& process)
{
    std::string text = "an uncaught " + visibleText(process.exception->type, 80);
    if (!process.exception->message.empty())
        text += ": " + visibleText(process.exception->message, 120);
    return text;
}

std::string exitCode(const Process& process)
{
    return "exit code " + std::to_string(process.exit->exitCode());
}

/// A signal that could have ended the process but was handled: the process ended by itself, soon afterwards.
const SignalFact* handledSignal(const ProcessTree& tree, const Process& process)
{
    const bool kernel = !tree.program() || tree.program()->kernelWitness;
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

std::string childExitText(const Process& process)
{
    const std::string target = process.target.empty() ? "its target" : "its target " + visibleText(process.target, 80);
    if (process.exception)
        return " ended with " + exitCode(process) + " because of " + exceptionText(process);
    if (process.targetEnded && process.exit->exitCode() == 0)
        return " ended by itself with exit code 0: " + target + " returned";
    if (process.targetEnded)
        return " ended with " + exitCode(process) + ": " + target + " left with SystemExit (sys.exit())";
    if (process.interpreterStarted || !process.flags.empty())
        return " ended with " + exitCode(process) + " and was not seen to return from " + target
            + ", as after os._exit()";
    return " ended with " + exitCode(process);
}

/// What a main process did between the end of its code and its own end.
std::string mainExitDetails(const ProcessTree& tree, const Process& process)
{
    std::size_t terminated = 0;
    for (const ProcessIndex child : tree.children(process.index)) {
        const auto& signals = tree.at(child).signalsReceived;
        if (std::any_of(signals.begin(), signals.end(),
                [&process](const SignalFact& fact) { return fact.atExit && fact.sender == process.index; }))
            ++terminated;
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
    if (process.mainCodeEnded)
        text = "; its code ended at " + timeText(*process.mainCodeEnded - tree.start());
    if (terminated == 0 && waited.empty())
        return text;
    text += text.empty() ? "; its exit sequence " : ", then its exit sequence ";
    if (terminated > 0)
        text += "terminated " + terms::count(terminated, "daemon", "daemons");
    if (!waited.empty())
        text += (terminated > 0 ? " and " : "") + waited;
    return text;
}

std::string mainExitText(const ProcessTree& tree, const Process& process)
{
    std::string text = " ended with " + exitCode(process);
    if (process.exception)
        text += " because of " + exceptionText(process);
    const bool hookSaysWhen = process.mainCodeEnded || process.exitSequenceBegun;
    if (!hookSaysWhen && process.interpreterStarted && !tree.children(process.index).empty())
        return text + " and was not seen to run Python's exit sequence, as after os._exit()";
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
            "; it had been sent " + fact->signal.name() + originText(tree, process, fact) + ", and did not die of it";
    return text;
}

std::string signalText(const ProcessTree& tree, const Process& process)
{
    const SignalFact* ending = endingSignal(process);
    const SignalFact* cause = causeOf(process, ending);
    std::string text = " was ended by " + process.exit->signal().name() + originText(tree, process, cause);
    if (cause != ending)
        text += "; Python raised KeyboardInterrupt, ran its exit code and then sent SIGINT to itself";
    return text + " (" + terms::spellings(*process.exit) + ")";
}

std::string orphanText(const ProcessTree& tree, const Process& process)
{
    if (!process.orphanedAt || !process.parent)
        return {};
    if (process.ended && *process.ended - *process.orphanedAt < kOrphanLeast)
        return {};
    return "; it was an orphan since " + timeText(*process.orphanedAt - tree.start()) + ", when "
        + terms::nameBeside(tree.at(*process.parent), process) + " ended";
}

std::string livingText(const ProcessTree& tree, const Process& process)
{
    if (!tree.complete())
        return " is " + stateText(tree, process.index, tree.latest()) + " as far as the recording goes";
    if (tree.program() && !tree.program()->kernelWitness)
        return " was not seen to end: the kernel witness was off, and no Python told of its end";
    return " was still " + stateText(tree, process.index, tree.latest()) + " when the recording ended";
}

std::string leftBehindText(const ProcessTree& tree, const Process& process)
{
    const std::vector<ProcessIndex> left = leftBehind(tree, process);
    if (left.empty())
        return {};
    const bool python = process.role == Role::Main || process.role == Role::Child;
    const bool skipped = python && process.exit && process.exit->bySignal() && !process.exitSequenceBegun;
    return std::string(skipped ? "; its exit sequence did not run, and it left " : "; it left ") + nameList(tree, left)
        + " behind, living on without it";
}

std::string refusedText(const Process& process)
{
    if (process.refusedStarts.empty())
        return {};
    const RefusedStart& refused = process.refusedStarts.front();
    return "; Python refused " + terms::count(process.refusedStarts.size(), "start() call", "start() calls") + " of it"
        + at(refused.place) + " (" + visibleText(refused.error, 160) + ")";
}

} // namespace

std::string originText(const ProcessTree& tree, const Process& process, const SignalFact* fact)
{
    if (!fact) {
        if (tree.program() && !tree.program()->kernelWitness)
            return std::string("; ") + terms::kSenderUnknown + ", as the kernel witness was off";
        return std::string("; ") + terms::kSenderUnknown + ": no process of this recording was seen to send it";
    }
    const EndedBy by = senderOf(tree, process, *fact);
    const std::string sender = by.process ? terms::nameBeside(tree.at(*by.process), process) : std::string();
    switch (by.how) {
    case EndedHow::ExitSequence:
        return " from " + sender + ", whose exit sequence terminates daemons before it joins the other children";
    case EndedHow::Terminate:
    case EndedHow::Kill:
        return ": " + sender + " called " + fact->call + "()" + at(fact->place) + through(fact->via);
    case EndedHow::OtherCall:
        if (by.process == process.index)
            return ", which it sent to itself";
        if (fact->inferred)
            return ", most likely from " + sender + ", which had sent it to a whole process group just before";
        if (fact->call.empty())
            return fact->sent ? " from " + sender + ", whose multiprocessing library sent it" : " from " + sender;
        return " from " + sender + ", which called " + visibleText(fact->call, 40) + at(fact->place)
            + through(fact->via);
    case EndedHow::ParentDeathSignal:
        return " with its parent " + sender + " as the sender, at the time of " + sender
            + "'s end; it is taken for the " + "parent-death signal that the kernel sends, "
            + (tree.at(*by.process).interpreterStarted ? "as no call was seen"
                                                       : "though a kill() just before that end would look the same");
    case EndedHow::Terminal:
        return std::string(" from the terminal (") + terminalKey(fact->signal.number()) + ")";
    case EndedHow::Kernel:
        return std::string(" from the kernel: ") + kernelReason(fact->signal.number());
    case EndedHow::Outside:
        if (fact->senderPid == 0)
            return " from a process outside of this recording, whose pid is not visible here";
        return " from process " + std::to_string(fact->senderPid) + ", which is not part of this recording";
    case EndedHow::Unknown:
        break;
    }
    return std::string("; ") + terms::kSenderUnknown;
}

std::vector<ProcessIndex> leftBehind(const ProcessTree& tree, const Process& process)
{
    std::vector<ProcessIndex> left;
    if (!process.ended)
        return left;
    for (const ProcessIndex index : tree.children(process.index)) {
        const Process& child = tree.at(index);
        if (child.orphanedAt && child.role != Role::Helper
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
    return text + orphanText(tree, process) + leftBehindText(tree, process) + refusedText(process) + ".";
}

Verdict verdict(const ProcessTree& tree, ProcessIndex index)
{
    const Process& process = tree.at(index);
    return {verdictText(tree, process), verdictChain(tree, process)};
}

} // namespace daemonscope
