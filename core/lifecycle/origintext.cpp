// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdicttext.h"

#include "lifecycle/endedby.h"
#include "lifecycle/othertracer.h"
#include "lifecycle/requesttext.h"
#include "lifecycle/terms.h"
#include "lifecycle/visibletext.h"

#include <csignal>
#include <vector>

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

std::string atPlace(const std::string& place)
{
    return place.empty() ? std::string() : " at " + visibleText(place);
}
std::string through(const std::string& via)
{
    return via.empty() ? std::string() : " through " + visibleText(via, 80);
}

/// A parent-death signal that came at `time`, of which nobody was seen to make a call, where every call is seen.
std::string parentDeathText(const ProcessTree& tree, const Process& process, const std::string& parent,
    const std::optional<ProcessIndex>& index, EventTime time)
{
    const auto ended = index ? tree.at(*index).ended : std::nullopt;
    const bool livedOn = index && (!ended || *ended > process.rare->parentThreadEnded.value_or(time));
    // The end of a thread is not always reported in time; that of the process may be reported just after the signal.
    const std::string who = !livedOn ? "its parent " + parent + " ended"
        : process.rare->parentThreadEnded || !ended
        ? "the thread of " + parent + " that had made it ended"
        : "the thread of " + parent + " that had made it ended, or all of it";
    return " from the kernel: " + who
        + ", and it had asked for this signal then (PR_SET_PDEATHSIG); nobody called kill()";
}

/// An origin that is a call of the kill family, or a sender of which no more is known.
std::string otherCallText(
    const ProcessTree& tree, const Process& process, const SignalFact& fact, const std::string& sender)
{
    const std::string call = visibleText(fact.call, 40);
    const bool known = fact.called && !fact.call.empty();
    if (fact.sender == process.index) {
        const bool group = fact.toGroup || seenInGroup(tree, process, fact);
        const std::string text =
            group ? ", which it sent to its whole process group" : std::string(", which it sent to itself");
        return known ? text + " with " + call + atPlace(fact.place) + through(fact.via) : text;
    }
    if (fact.ownSiginfo && fact.claimedPid != 0 && fact.claimedPid != fact.senderPid)
        return " from " + sender + ", which called " + call + atPlace(fact.place) + through(fact.via)
            + " and named process " + std::to_string(fact.claimedPid) + " as the sender, falsely";
    if (fact.ownSiginfo && fact.claimedCode > 0)
        return " from " + sender + ", which called " + call + atPlace(fact.place) + through(fact.via)
            + " and made it look like one of the kernel's";
    if (fact.inferred && known)
        return ", most likely from " + sender + ", which had called " + call + atPlace(fact.place) + through(fact.via)
            + " for a whole process group just before";
    if (fact.inferred)
        return ", most likely from " + sender + ", which had sent it to a whole process group just before";
    if (seenInGroup(tree, process, fact))
        return " from " + sender + ", which signalled its whole process group";
    if (fact.call.empty() || (fact.sent && !fact.called))
        return fact.sent ? " from " + sender + ", whose multiprocessing library sent it" : " from " + sender;
    return " from " + sender + ", which called " + call + atPlace(fact.place) + through(fact.via)
        + (fact.toGroup && fact.call != "os.killpg" ? " for a whole process group" : "");
}

/// A death by SIGKILL that nobody was seen to ask for.
std::string unseenKillText(const ProcessTree& tree, const Process& process, const EndedBy& by)
{
    const std::string cause = by.process ? terms::nameBeside(tree.at(*by.process), process) : std::string("its parent");
    if (by.how == EndedHow::Kernel)
        return " from the kernel: " + cause + ", the first process of its pid namespace, ended, and with it all others";
    return parentDeathText(tree, process, cause, by.process, process.ended.value_or(EventTime::max()));
}

} // namespace

std::string knownText(const ProcessTree& tree, const KnownBy& known, const std::optional<ProcessIndex>& sender)
{
    if (known.claim)
        return "; known only by the signal's own claim";
    if (known.exclusion)
        return "; known by exclusion: no process of this recording was seen to send it";
    std::vector<std::string> words;
    if (known.siginfo)
        words.emplace_back("its siginfo");
    if (known.systemCall)
        words.emplace_back("the system call");
    if (known.runtime)
        words.push_back(
            std::string("the report of ") + terms::actor(sender ? tree.at(*sender).runtime : Runtime::Python));
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "; known by " : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::string originText(const ProcessTree& tree, const Process& process, const SignalFact* fact)
{
    if (!fact) {
        if (const auto by = unseenKill(tree, process))
            return unseenKillText(tree, process, *by);
        if (const auto tracer = otherTracer(tree, process))
            return std::string("; ") + terms::kSenderUnknown + ": it was left to "
                + nameOfTracer(tree, process, *tracer)
                + ", which traces as a debugger does and may have sent it, or ended it by its own end; signals to such "
                  "processes are not seen";
        if (process.exit && callsWatched(tree, process.exit->signal()))
            return std::string("; ") + terms::kSenderUnknown
                + ": no process of this recording sent it, so it came from outside of it or from the kernel itself";
        if (!kernelSawSignals(tree))
            return std::string("; ") + terms::kSenderUnknown + ", as " + whyNoSignals(tree);
        return std::string("; ") + terms::kSenderUnknown + ": no process of this recording was seen to send it";
    }
    const EndedBy by = senderOf(tree, process, *fact);
    const std::string sender = by.process ? terms::nameBeside(tree.at(*by.process), process) : std::string();
    if (by.process && fromPoolAtExit(tree, *fact))
        return " from " + sender + "'s Pool, terminated in its exit sequence";
    switch (by.how) {
    case EndedHow::ExitSequence:
        return " from " + sender + ", whose exit sequence terminates daemons before it joins the other children";
    case EndedHow::Terminate:
    case EndedHow::Kill:
        return ": " + sender + " called " + fact->call + "()" + atPlace(fact->place) + through(fact->via);
    case EndedHow::OtherCall:
        return otherCallText(tree, process, *fact, sender);
    case EndedHow::ParentDeathSignal:
        if (tree.program() && tree.program()->killCalls)
            return parentDeathText(tree, process, sender, by.process, fact->time);
        return " with its parent " + sender + " as the sender, at the time of " + sender
            + "'s end; it is taken for the " + "parent-death signal that the kernel sends, "
            + (tree.at(*by.process).told->interpreterStarted
                    ? "as no call was seen"
                    : "though a kill() just before that end would look the same");
    case EndedHow::Terminal:
        return std::string(" from the terminal (") + terminalKey(fact->signal.number()) + ")"
            + (passedOnFromTerminal(tree, *fact) ? ", passed on by daemonscope" : "");
    case EndedHow::Kernel:
        if (fact->signal.number() == SIGHUP)
            return " from the kernel: it was stopped, and nobody is left who could continue its process group";
        return std::string(" from the kernel: ") + kernelReason(fact->signal.number());
    case EndedHow::Outside:
        if (const std::string asked = fromRecorder(tree, *fact) ? requestText(tree, process, *fact) : "";
            !asked.empty())
            return " from daemonscope, which " + asked;
        if (fromRecorder(tree, *fact))
            return std::string(" from daemonscope, which ")
                + (fact->signal.number() == SIGKILL ? "was asked to end the program"
                                                    : "was asked to end the program or passed the signal on");
        if (fact->claimed) {
            const std::string named = fact->sender ? terms::nameBeside(tree.at(*fact->sender), process)
                                                   : "process " + std::to_string(fact->senderPid);
            return " from a process outside of this recording; the signal names " + named
                + " as its sender, which is only a claim"
                + (fact->sender ? ", and " + named + " was not seen to send it" : std::string());
        }
        if (fact->senderPid == 0)
            return " from a process outside of this recording, whose pid is not visible here";
        return " from process " + std::to_string(fact->senderPid) + ", which is not part of this recording";
    case EndedHow::Unknown:
        if (by.process)
            return " with " + sender + " as the sender: by kill(), or from the kernel as " + sender
                + ", or its thread that had made it, ended, for which it had asked (PR_SET_PDEATHSIG); the two look "
                  "the same, and calls with this signal are not watched";
        break;
    }
    return std::string("; ") + terms::kSenderUnknown;
}

} // namespace daemonscope
