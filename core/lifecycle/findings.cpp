// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdict.h"

#include "lifecycle/endedby.h"
#include "lifecycle/othertracer.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/verdicttext.h"
#include "lifecycle/visibletext.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {
namespace {

/// A wait at exit shorter than this is nothing to talk of.
constexpr EventTime kLongExitWait = std::chrono::seconds(1);
/// A daemon that lives on for longer than this after its SIGTERM did not simply die of it.
constexpr EventTime kSlowDeath = std::chrono::milliseconds(500);

/// Collects the findings of a tree, one rule after another for each process.
class Findings {
public:
    explicit Findings(const ProcessTree& tree)
        : tree_(tree)
    {
    }

    std::vector<Finding> take()
    {
        for (const Process& process : tree_.processes()) {
            if (!process.foldedInto)
                about(process);
        }
        terminalInterrupt();
        return sorted();
    }

    std::vector<Finding> takeAbout(const Process& process)
    {
        about(process);
        if (fromTerminal(process)) {
            terminalInterrupt();
            if (!findings_.empty() && findings_.back().process != process.index)
                findings_.pop_back();
        }
        return sorted();
    }

private:
    using Severity = Finding::Severity;
    /// `known`: when the last thing that `text` tells of had happened.
    void add(const char* rule, Severity severity, const Process& process, EventTime time, EventTime known,
        std::string text, std::string advice)
    {
        findings_.push_back({rule, severity, process.index, time, std::move(text), std::move(advice), known});
    }

    std::vector<Finding> sorted()
    {
        std::stable_sort(
            findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) { return a.time < b.time; });
        return std::move(findings_);
    }

    void about(const Process& process)
    {
        refusedStarts(process);
        orphans(process);
        waitsAtExit(process);
        daemonThatLivesOn(process);
        killedByUnknown(process);
        zombie(process);
        failedUnnoticed(process);
        hookTrouble(process);
    }

    /// The SIGINT that Ctrl+C at the terminal sent to the process; null if there was none.
    const SignalFact* fromTerminal(const Process& process) const;

    void refusedStarts(const Process& process);
    void orphans(const Process& process);
    void waitsAtExit(const Process& process);
    void daemonThatLivesOn(const Process& process);
    void killedByUnknown(const Process& process);
    void zombie(const Process& process);
    void failedUnnoticed(const Process& process);
    void hookTrouble(const Process& process);
    void terminalInterrupt();

    const ProcessTree& tree_;
    std::vector<Finding> findings_;
};

void Findings::refusedStarts(const Process& process)
{
    // NOLINTBEGIN(performance-inefficient-string-concatenation): a few sentences, read as sentences
    const bool engine = process.runtime == Runtime::Engine;
    const std::string runtime = terms::actor(process.runtime);
    for (const RefusedStart& refused : process.told->refusedStarts) {
        const std::string where = refused.place.empty() ? std::string() : " at " + visibleText(refused.place);
        const std::string what = refused.name.empty() ? "a child" : visibleText(refused.name, 60);
        if (!refusedByRule(refused)) {
            const bool system = refusedBySystem(refused);
            add("start-refused", Severity::Warning, process, refused.time, refused.time,
                (system ? "The operating system refused to start " + what : "The start of " + what + " failed")
                    + " for " + terms::nameAndKind(process) + where + ": " + visibleText(refused.error) + ".",
                system ? "The message is the operating system's; limits of processes, memory or open files are the "
                         "usual reasons."
                       : std::string("The error was raised while ") + runtime
                        + " prepared the start; what it says is all that is known.");
            continue;
        }
        const bool daemonRule = refused.error.find("daemonic processes are not allowed") != std::string::npos;
        if (!daemonRule) {
            add("start-refused", Severity::Warning, process, refused.time, refused.time,
                (engine ? "The engine" : runtime) + " refused to start " + what + " for " + terms::nameAndKind(process)
                    + where + ": " + visibleText(refused.error) + ". No process was made.",
                (engine ? "The message is the engine's own" : "The message is multiprocessing's own")
                    + std::string("; the kernel was never asked for a process."));
            continue;
        }
        add("daemon-child-refused", Severity::Error, process, refused.time, refused.time,
            terms::name(process) + " is a daemon, so " + (engine ? runtime : "multiprocessing") + " refused to start "
                + what + " for it" + where + ". No process was made.",
            std::string(
                "A daemon is terminated without any clean-up of its own, which would leave its children behind; "
                "that is why it may not have any. Let the main process start the child, ")
                + (engine ? "or make this process a non-daemon."
                          : "make this process a non-daemon, use ProcessPoolExecutor (its workers are non-daemons), "
                            "or start a program with subprocess and end it yourself."));
    }
    // NOLINTEND(performance-inefficient-string-concatenation)
}

void Findings::orphans(const Process& process)
{
    if (!process.orphanedAt || !process.parent || process.role == Role::Helper || endNotSeen(tree_, process))
        return;
    const EventTime until = process.ended.value_or(tree_.latest());
    if (until - *process.orphanedAt < kOrphanLeast)
        return;
    const Process& parent = tree_.at(*process.parent);
    const bool killed = parent.exit && parent.exit->bySignal();
    const bool hasRuntime = parent.role == Role::Main || parent.role == Role::Child;
    std::string text = terms::nameAndKind(process) + " outlived " + terms::nameAndKind(parent)
        + ", which had started it, by " + durationText(until - *process.orphanedAt)
        + (process.ended ? "." : " and was still running.");
    if (!hasRuntime) {
        add("left-behind", Severity::Info, process, *process.orphanedAt, until, std::move(text),
            "If it is meant to run on, all is well. Otherwise the process that starts it has to wait for it or end "
            "it.");
        return;
    }
    const bool engine = parent.runtime == Runtime::Engine;
    std::string advice;
    if (killed && process.role == Role::Child) {
        text += " " + parent.exit->signal().name() + " ended " + terms::name(parent)
            + " at once, so its exit sequence did not run and nobody terminated or waited for its children.";
        advice = std::string("The daemon flag is kept by ") + terms::actor(parent.runtime)
            + "'s own code at a normal exit, after an exception or after Ctrl+C; no signal that ends the process at "
              "once gives it the time. Handle SIGTERM in the parent "
            + (engine ? "(throw SystemExit in the handler), or let the child watch its parent (parentProcess())."
                      : "(raise SystemExit in the handler), or let the child watch its parent "
                        "(multiprocessing.parent_process().sentinel).");
    } else if (killed) {
        text += " " + parent.exit->signal().name() + " ended " + terms::name(parent)
            + " at once; it could not pass the signal on.";
        advice = std::string("Start such a program in a session of its own and signal the whole group ")
            + (engine ? "(setsid, killpg)" : "(start_new_session, os.killpg)")
            + ", or handle SIGTERM in the process that starts it.";
    } else {
        advice = "Nobody waits for it any more. Wait for it before the parent ends, or end it there.";
    }
    add("orphan", process.role == Role::Child || killed ? Severity::Warning : Severity::Info, process,
        *process.orphanedAt, until, std::move(text), std::move(advice));
}

void Findings::waitsAtExit(const Process& process)
{
    const EventTime until = process.ended.value_or(tree_.latest());
    for (const JoinWait& wait : process.waits) {
        if (!wait.atExit || wait.end.value_or(until) - wait.begin < kLongExitWait || !wait.child)
            continue;
        const Process& child = tree_.at(*wait.child);
        if (daemonFlag(child).value_or(false))
            continue; // told by daemonThatLivesOn
        std::string started = child.told->startedAt.empty() ? "" : ", started at " + visibleText(child.told->startedAt);
        add("waits-at-exit", Severity::Info, process, wait.begin, wait.end.value_or(until),
            terms::name(process) + "'s code was over, but it " + (wait.end ? terms::kWaited : terms::kWaits) + " "
                + (wait.end ? durationText(*wait.end - wait.begin) + " for " : "") + terms::nameAndKind(child) + started
                + (wait.end ? "." : ", and still does."),
            "The exit sequence joins every non-daemon child, without a time limit. That is right where the child's "
            "work "
            "must be finished. Otherwise tell the child to stop before the main code ends, or make it a daemon: it is "
            "then "
            "terminated, not finished.");
    }
}

void Findings::daemonThatLivesOn(const Process& process)
{
    // Without the kernel, an end is known only from the moment when the parent asked for it, or not at all.
    if ((process.endByRuntime && process.exit->bySignal()) || endNotSeen(tree_, process))
        return;
    for (const SignalFact& fact : process.signalsReceived) {
        if (!fact.atExit || !fact.sender)
            continue;
        const EventTime until = process.ended.value_or(tree_.latest());
        if (until - fact.time < kSlowDeath)
            continue;
        const Process& parent = tree_.at(*fact.sender);
        add("daemon-survives-sigterm", Severity::Error, process, fact.time, until,
            terms::name(parent) + "'s exit sequence sent SIGTERM to " + terms::nameAndKind(process) + ", which "
                + (process.ended ? "ended only " + durationText(until - fact.time) + " later." : "did not end.") + " "
                + terms::name(parent) + " waits for it meanwhile, without a time limit.",
            "The daemon handles, ignores or blocks SIGTERM, or was stopped. A handler that was set before a fork is "
            "inherited: set SIGTERM back to signal.SIG_DFL in the child, or end the child yourself with kill().");
        return;
    }
}

void Findings::killedByUnknown(const Process& process)
{
    if (!process.exit || !process.exit->bySignal() || process.exit->signal().number() != SIGKILL)
        return;
    if (endingSignal(process) || unseenKill(tree_, process))
        return;
    if (!kernelSawSignals(tree_)) {
        add("sigkill-sender-unknown", Severity::Warning, process, *process.ended, *process.ended,
            terms::nameAndKind(process)
                + " was ended by SIGKILL; who sent it could not be seen, as the recording was made without ptrace.",
            "Any process may have sent it, one of this recording too. Record with ptrace to see who does.");
        return;
    }
    std::string candidates = "Candidates are ";
    if (const auto tracer = otherTracer(tree_, process))
        candidates += nameOfTracer(tree_, process, *tracer) + ", to which it was left for tracing, ";
    add("sigkill-sender-unknown", Severity::Warning, process, *process.ended, *process.ended,
        terms::nameAndKind(process) + " was ended by SIGKILL, and no process of this recording was seen to send it.",
        candidates
            + "a process outside of the recording, the kernel when memory is short, and a limit of the "
              "container. The recording cannot tell them apart; the kernel's log (dmesg) and the memory.events file "
              "of the control group can.");
}

void Findings::zombie(const Process& process)
{
    if (!process.ended || process.endByRuntime || !process.kernelParent || !kernelSaw(tree_))
        return;
    // Who collected a program's child is not always told; multiprocessing tells it of its own children.
    const bool told = (process.role == Role::Child && process.startMethod != StartMethod::Forkserver)
        || (tree_.program() && tree_.program()->reaping);
    if (!told && !process.reaped)
        return;
    const Process& parent = tree_.at(*process.kernelParent);
    const EventTime until = process.reaped.value_or(parent.ended.value_or(tree_.latest()));
    if (until - *process.ended < kLongZombie)
        return;
    add("zombie", Severity::Info, process, *process.ended, until,
        terms::nameAndKind(process) + " had ended, but " + terms::name(parent)
            + " was not seen to collect its exit status for " + durationText(until - *process.ended) + ".",
        "Meanwhile it is a zombie: an entry in the process table, without memory. multiprocessing collects it at the "
        "next "
        "join(), is_alive(), active_children() or start() of its parent.");
}

void Findings::failedUnnoticed(const Process& process)
{
    if (process.role != Role::Child || !process.told->exception || !process.ended || !process.parent)
        return;
    const Process& parent = tree_.at(*process.parent);
    if (parent.role != Role::Main || !parent.exit || parent.exit->bySignal() || parent.exit->exitCode() != 0)
        return;
    add("failed-unnoticed", Severity::Warning, process, process.told->exceptionTime.value_or(*process.ended),
        parent.ended.value_or(*process.ended),
        terms::nameAndKind(process) + " failed with " + visibleText(process.told->exception->type, 80) + ", but "
            + terms::name(parent) + " ended with exit code 0.",
        std::string("A child's failure does not change its parent's exit code. ")
            + (parent.runtime == Runtime::Engine ? "Look at exitCode() after join()."
                                                 : "Look at exitcode after join(), or use ProcessPoolExecutor, whose "
                                                   "results raise the child's exception."));
}

void Findings::hookTrouble(const Process& process)
{
    if (process.told->hookLost > 0) {
        add("hook-lost-events", Severity::Warning, process, process.born, process.ended.value_or(tree_.latest()),
            (process.runtime == Runtime::Engine ? "The engine in " : "The hook in ") + terms::nameAndKind(process)
                + " could not deliver "
                + terms::count(static_cast<std::size_t>(process.told->hookLost), "event", "events")
                + ", so facts may be missing here.",
            "The recorder did not read quickly enough; record again on a machine with less load.");
    }
    if (!process.told->hookErrors.empty()) {
        add("hook-error", Severity::Warning, process, process.born, process.born,
            "A part of the hook did not work in " + terms::nameAndKind(process) + ": "
                + visibleText(process.told->hookErrors.front()) + ". Facts may be missing here.",
            "This Python is perhaps not yet known to daemonscope; the kernel's facts are complete all the same.");
    }
}

const SignalFact* Findings::fromTerminal(const Process& process) const
{
    const auto& facts = process.signalsReceived;
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const SignalFact& fact) {
        return fact.signal.number() == SIGINT && senderOf(tree_, process, fact).how == EndedHow::Terminal;
    });
    return found == facts.end() ? nullptr : &*found;
}

void Findings::terminalInterrupt()
{
    const Process* first = nullptr;
    EventTime time{};
    EventTime latest{};
    std::size_t reached = 0;
    for (const Process& process : tree_.processes()) {
        const SignalFact* fact = fromTerminal(process);
        if (!fact)
            continue;
        ++reached;
        latest = std::max(latest, fact->time);
        if (!first) {
            first = &process;
            time = fact->time;
        }
    }
    if (reached < 2)
        return;
    add("terminal-interrupt", Severity::Info, *first, time, latest,
        "Ctrl+C at the terminal sent SIGINT to " + std::to_string(reached) + " processes at once, not only to "
            + terms::name(*first) + ".",
        "The terminal signals the whole foreground group. A child's KeyboardInterrupt traceback is its own. A child "
        "that "
        "is to leave the interrupt to its parent can ignore SIGINT.");
}

} // namespace

const char* word(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Info:
        return "info";
    case Finding::Severity::Warning:
        return "warning";
    case Finding::Severity::Error:
        return "error";
    }
    return "info";
}

std::vector<Finding> findings(const ProcessTree& tree)
{
    return Findings(tree).take();
}

std::vector<Finding> findingsAbout(const ProcessTree& tree, ProcessIndex process)
{
    return Findings(tree).takeAbout(tree.at(process));
}

} // namespace daemonscope
