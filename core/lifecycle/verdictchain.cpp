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

/// How many facts of one sort a chain names; the rest is counted.
constexpr std::size_t kMostOfASort = 8;

/// How much of a command line a clause shows.
constexpr std::size_t kLongestCommand = 100;

/// A wait that was over at once is no fact worth a line.
constexpr EventTime kShortestWait = std::chrono::milliseconds(1);

/// Collects the clauses of one process.
class Chain {
public:
    Chain(const ProcessTree& tree, const Process& process)
        : tree_(tree)
        , process_(process)
    {
    }

    std::vector<Clause> take()
    {
        birth();
        flag();
        refusals();
        parentsExit();
        signals();
        ownEnd();
        exitSequence();
        waits();
        orphanhood();
        end();
        std::stable_sort(
            clauses_.begin(), clauses_.end(), [](const Clause& a, const Clause& b) { return a.time < b.time; });
        return std::move(clauses_);
    }

private:
    void add(EventTime time, std::string text, Evidence evidence, std::optional<EventTime> known = std::nullopt)
    {
        clauses_.push_back({time, std::move(text), evidence, known.value_or(time)});
    }
    std::string nameOf(ProcessIndex index) const { return terms::nameBeside(tree_.at(index), process_); }
    static std::string placeText(const std::string& place)
    {
        return place.empty() ? std::string() : " at " + visibleText(place);
    }
    /// Who saw the signal; that it was a parent-death signal or one to a group is nobody's testimony.
    Evidence evidence(const SignalFact& fact) const
    {
        const bool guessed =
            senderOf(tree_, process_, fact).how == EndedHow::ParentDeathSignal || seenInGroup(tree_, process_, fact);
        return guessed ? Evidence::Inferred : evidenceOf(fact);
    }
    /// What the kernel tells where it is asked, and what only follows from other facts where it is not.
    Evidence kernelOrInferred() const { return kernelSaw(tree_) ? Evidence::Kernel : Evidence::Inferred; }
    std::string known(const SignalFact& fact) const
    {
        const EndedBy by = senderOf(tree_, process_, fact);
        return by.how == EndedHow::ParentDeathSignal && tree_.program() && !tree_.program()->killCalls
            ? std::string()
            : knownText(tree_, by.knownBy, by.process);
    }
    std::string forkerName() const;
    /// The flag as the process's own language writes it.
    const char* truth(bool value) const
    {
        const bool cpp = process_.runtime == Runtime::Engine;
        return value ? (cpp ? "true" : "True") : (cpp ? "false" : "False");
    }

    void birth();
    void flag();
    void refusals();
    void parentsExit();
    void signals();
    void ownEnd();
    void exitSequence();
    void waits();
    void orphanhood();
    void end();

    const ProcessTree& tree_;
    const Process& process_;
    std::vector<Clause> clauses_;
};

/// What the process that forked this one was called then.
std::string Chain::forkerName() const
{
    const Process& forker = tree_.at(*process_.kernelParent);
    const bool wasAnother = (forker.told->interpreterStarted && *forker.told->interpreterStarted > process_.born)
        || (!forker.execs.empty() && forker.execs.back() > process_.born);
    if (!wasAnother || process_.forkerName.empty())
        return nameOf(forker.index);
    const std::string name = visibleText(process_.forkerName, 60);
    return name == terms::name(process_) ? name + " (pid " + std::to_string(forker.id.pid) + ")" : name;
}

void Chain::birth()
{
    const std::string name = terms::name(process_);
    if (process_.role == Role::Child && process_.parent) {
        std::string text =
            nameOf(*process_.parent) + " started " + name + " with start()" + placeText(process_.told->startedAt);
        if (process_.startMethod)
            text += std::string(", start method ") + word(*process_.startMethod);
        if (process_.kernelParent && process_.kernelParent != process_.parent)
            text += "; " + nameOf(*process_.kernelParent) + " forked it";
        add(process_.born, std::move(text),
            process_.kernelParent && kernelSaw(tree_) ? Evidence::Both : Evidence::Runtime);
    } else if (process_.kernelParent) {
        add(process_.born, forkerName() + " forked " + name, kernelOrInferred());
    } else if (process_.index == 0) {
        add(process_.born, "daemonscope started " + name, kernelOrInferred());
    } else {
        add(process_.born, "who started " + name + " is not known", Evidence::Unknown);
    }
    if (!process_.execs.empty() && process_.role != Role::Child && process_.role != Role::Helper)
        add(process_.execs.back(), "it executed " + visibleCommand(process_.image->command, kLongestCommand),
            kernelOrInferred());
    if (const int folded = tree_.foldedCount(process_.index); folded > 0 && process_.told->interpreterStarted) {
        add(*process_.told->interpreterStarted,
            "its launcher had needed " + terms::count(static_cast<std::size_t>(folded), "process", "processes")
                + " before " + terms::actor(process_.runtime) + " began",
            Evidence::Inferred);
    }
}

void Chain::flag()
{
    if (process_.role == Role::Child && process_.daemon) {
        const std::string place = placeText(process_.told->daemonSetAt);
        const std::string is = *process_.daemon ? "it is a daemon" : "it is not a daemon";
        const std::string value = std::string("daemon=") + truth(*process_.daemon);
        const EventTime time = process_.born;
        if (!process_.daemonOrigin)
            add(time, is + "; what set the flag was not seen", Evidence::Unknown);
        else if (*process_.daemonOrigin == DaemonOrigin::Constructor)
            add(time, is + ": " + value + " was given to the constructor" + place, Evidence::Runtime);
        else if (*process_.daemonOrigin == DaemonOrigin::Property)
            add(time, is + ": its daemon property was set before the start" + place, Evidence::Runtime);
        else if (*process_.daemonOrigin == DaemonOrigin::Inherited)
            add(time, is + ": the flag was inherited from the process that made it", Evidence::Runtime);
        else
            add(time, is + ": nothing set the flag", Evidence::Runtime);
    }
    for (std::size_t i = 0; i < std::min(process_.told->daemonChanges.size(), kMostOfASort); ++i) {
        const Since<bool>& change = process_.told->daemonChanges[i];
        add(change.time, std::string("its own daemon flag was set to ") + truth(change.value) + " while it ran",
            Evidence::Runtime);
    }
}

void Chain::refusals()
{
    for (std::size_t i = 0; i < std::min(process_.told->refusedStarts.size(), kMostOfASort); ++i) {
        const RefusedStart& refused = process_.told->refusedStarts[i];
        const std::string what = refused.name.empty() ? "a child" : visibleText(refused.name, 60);
        const bool rule = refusedByRule(refused);
        add(refused.time,
            (rule ? std::string(terms::actor(process_.runtime)) + " refused to start " + what
                  : "the start of " + what + " failed")
                + placeText(refused.place) + ": " + visibleText(refused.error) + (rule ? "; no process was made" : ""),
            Evidence::Runtime);
    }
}

/// Why a parent's exit sequence came to terminate this process.
void Chain::parentsExit()
{
    const SignalFact* ending = endingSignal(process_);
    if (!ending || !ending->sender || !(ending->atExit || fromPoolAtExit(tree_, *ending)))
        return;
    const Process& sender = tree_.at(*ending->sender);
    if (sender.told->mainCodeEnded && *sender.told->mainCodeEnded <= ending->time)
        add(*sender.told->mainCodeEnded, terms::name(sender) + "'s code ended", Evidence::Runtime);
    if (sender.told->exitSequenceBegun && *sender.told->exitSequenceBegun <= ending->time)
        add(*sender.told->exitSequenceBegun, terms::name(sender) + "'s exit sequence began", Evidence::Runtime);
}

void Chain::signals()
{
    const SignalFact* ending = endingSignal(process_);
    std::size_t shown = 0;
    std::size_t others = 0;
    EventTime latest{};
    for (const SignalFact& fact : process_.signalsReceived) {
        if (&fact == ending)
            continue;
        if (shown == kMostOfASort) {
            ++others;
            latest = fact.time;
            continue;
        }
        ++shown;
        const bool reached = fact.delivered || !kernelSawSignals(tree_);
        add(fact.time,
            fact.signal.name() + (reached ? " came" : " was sent to it") + originText(tree_, process_, &fact)
                + known(fact) + fateText(tree_, process_, fact),
            evidence(fact));
    }
    if (others > 0)
        add(latest, "and " + terms::count(others, "more signal", "more signals"), kernelOrInferred());
    if (ending)
        add(std::min(ending->time, *process_.ended),
            ending->signal.name() + " came" + originText(tree_, process_, ending) + known(*ending), evidence(*ending));
    else if (unseenKill(tree_, process_))
        add(*process_.ended, "SIGKILL came" + originText(tree_, process_, nullptr), Evidence::Inferred);
    else if (process_.ended && process_.exit && process_.exit->bySignal())
        add(*process_.ended,
            "who sent " + process_.exit->signal().name()
                + (kernelSawSignals(tree_) ? " was not seen" : " could not be seen: " + whyNoSignals(tree_)),
            Evidence::Unknown);
    for (std::size_t i = 0; i < std::min(process_.stops.size(), kMostOfASort); ++i)
        add(process_.stops[i].time, process_.stops[i].value ? "it was stopped" : "it was continued", Evidence::Kernel);
}

void Chain::ownEnd()
{
    if (process_.told->exception && process_.told->exceptionTime) {
        // A forked child tells of its exception when its exit sequence is over (CPython: BaseProcess._bootstrap).
        const bool late = process_.role == Role::Child && process_.told->exitSequenceBegun
            && *process_.told->exitSequenceBegun < *process_.told->exceptionTime;
        std::string text =
            (late ? "it told of an uncaught " : "an uncaught ") + visibleText(process_.told->exception->type, 80);
        if (!process_.told->exception->message.empty())
            text += ": " + visibleText(process_.told->exception->message);
        add(*process_.told->exceptionTime, std::move(text), Evidence::Runtime);
    }
    if (process_.told->mainCodeEnded)
        add(*process_.told->mainCodeEnded, "its code ended", Evidence::Runtime);
    if (!process_.told->targetEnded)
        return;
    // Up to Python 3.12 a child tells of its target's end after the exit sequence, which runs in between.
    const std::string code = ", exit code " + std::to_string(process_.told->targetCode.value_or(0));
    if (process_.told->exitSequenceBegun && *process_.told->exitSequenceBegun < *process_.told->targetEnded)
        add(*process_.told->exitSequenceBegun, "its target had ended by then" + code, Evidence::Inferred);
    else
        add(*process_.told->targetEnded, "its target ended" + code, Evidence::Runtime);
}

void Chain::exitSequence()
{
    if (process_.told->exitSequenceBegun)
        add(*process_.told->exitSequenceBegun, "its exit sequence began", Evidence::Runtime);
    if (process_.told->exitSequenceEnded)
        add(*process_.told->exitSequenceEnded, "its exit sequence ended", Evidence::Runtime);
    if (!process_.told->exitSequenceBegun)
        return;
    std::size_t shown = 0;
    std::size_t more = 0;
    EventTime latest{};
    for (const ProcessIndex index : tree_.children(process_.index)) {
        for (const SignalFact& fact : tree_.at(index).signalsReceived) {
            if (!fact.atExit || fact.sender != process_.index)
                continue;
            if (shown < kMostOfASort) {
                const bool died = endingSignal(tree_.at(index)) == &fact;
                add(fact.asked,
                    (died ? "it terminated " : "it sent " + fact.signal.name() + " to ")
                        + terms::nameAndKind(tree_.at(index)),
                    evidenceOf(fact));
                ++shown;
            } else {
                ++more;
                latest = std::max(latest, fact.asked);
            }
        }
    }
    if (more > 0)
        add(latest, "and it sent SIGTERM to " + std::to_string(more) + " more", Evidence::Runtime);
}

void Chain::waits()
{
    // The long ones matter; a program may join in a loop.
    std::vector<const JoinWait*> longest;
    for (const JoinWait& wait : process_.waits) {
        if (!wait.end || *wait.end - wait.begin >= kShortestWait)
            longest.push_back(&wait);
    }
    const EventTime until = process_.ended.value_or(tree_.latest());
    const auto length = [until](const JoinWait* wait) { return wait->end.value_or(until) - wait->begin; };
    const std::size_t shown = std::min(longest.size(), kMostOfASort);
    std::partial_sort(longest.begin(), longest.begin() + static_cast<std::ptrdiff_t>(shown), longest.end(),
        [&length](const JoinWait* a, const JoinWait* b) { return length(a) > length(b); });
    longest.resize(shown);
    for (const JoinWait* wait : longest) {
        const std::string child = wait->child ? terms::nameAndKind(tree_.at(*wait->child)) : terms::kSomeChild;
        std::string text = std::string("it ") + (wait->end ? terms::kWaited : terms::kWaits) + " ";
        if (wait->end)
            text += durationText(length(wait)) + " ";
        text += wait->end ? "for " + child : child;
        text += wait->atExit                 ? ", as part of its exit sequence"
            : placeText(wait->place).empty() ? ""
                                             : ", join()" + placeText(wait->place);
        if (wait->timedOut)
            text += ", and gave up";
        add(wait->begin, std::move(text), Evidence::Runtime, wait->end);
    }
}

void Chain::orphanhood()
{
    if (process_.orphanedAt && process_.parent && !endNotSeen(tree_, process_)) {
        const Process& parent = tree_.at(*process_.parent);
        add(*process_.orphanedAt, "its parent " + nameOf(*process_.parent) + " ended, and it lived on",
            parent.endByRuntime ? Evidence::Runtime : Evidence::Kernel);
    }
    if (process_.rare->adoption) {
        const Adoption& adoption = *process_.rare->adoption;
        const std::string adopter = adoption.adopter ? nameOf(*adoption.adopter)
            : adoption.adopterPid == 1               ? std::string("init (process 1), outside of the recording")
            : adoption.adopterPid > 0 ? "process " + std::to_string(adoption.adopterPid) + ", outside of the recording"
                                      : "a process outside of the recording";
        add(adoption.time, "it was adopted by " + adopter, Evidence::Kernel);
    }
}

void Chain::end()
{
    if (!process_.ended)
        return;
    std::string text = "it ended";
    if (process_.endByRuntime)
        text = std::string("it had ended by then, as its parent's ") + terms::noun(terms::runtimeAbout(tree_, process_))
            + " saw";
    if (process_.exit)
        text += process_.exit->bySignal() ? ": " + terms::signalAndNumber(process_.exit->signal()) + ", "
                + terms::spellings(*process_.exit, process_.runtime)
                                          : ": exit code " + std::to_string(process_.exit->exitCode());
    const bool coreDumped = process_.exit && process_.exit->coreDumped();
    add(*process_.ended, text + (coreDumped ? ", memory image (core) written" : ""),
        process_.endByRuntime        ? Evidence::Runtime
            : process_.exitByRuntime ? Evidence::Both
                                     : Evidence::Kernel);
    const bool hasRuntime = process_.role == Role::Child || process_.role == Role::Main;
    if (hasRuntime && process_.exit && process_.exit->bySignal() && !process_.told->exitSequenceBegun
        && !process_.told->targetEnded) {
        add(*process_.ended,
            std::string(
                "the signal ended it at once: no finally block, no atexit function and no exit sequence of its own "
                "ran, and text that stood in its buffers, if any, is lost"),
            Evidence::Inferred);
    }
    if (process_.reaped)
        add(*process_.reaped, collectionText(tree_, process_),
            process_.reapedByKernel && process_.reapedByRuntime ? Evidence::Both
                : process_.reapedByRuntime                      ? Evidence::Runtime
                                                                : Evidence::Kernel);
}

} // namespace

Evidence evidenceOf(const SignalFact& fact)
{
    if (fact.inferred)
        return Evidence::Inferred;
    const bool kernel = fact.delivered || fact.requested;
    const bool runtime = fact.sent || fact.called;
    return kernel && runtime ? Evidence::Both : kernel ? Evidence::Kernel : Evidence::Runtime;
}

std::vector<Clause> verdictChain(const ProcessTree& tree, const Process& process)
{
    return Chain(tree, process).take();
}

const char* word(Evidence evidence)
{
    switch (evidence) {
    case Evidence::Kernel:
        return "kernel";
    case Evidence::Runtime:
        return "runtime";
    case Evidence::Both:
        return "both";
    case Evidence::Inferred:
        return "inferred";
    case Evidence::Unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace daemonscope
