// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/state.h"

#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>

namespace daemonscope::engine {

/// multiprocessing.util._exit_function() of CPython 3.11, with its log lines.
class ExitSequence {
public:
    /// `endFollows`: the process's last record follows at once.
    static void run(bool endFollows);

private:
    static bool isIdle();
    static void tellIdle(bool endFollows);
    static void tellBegin();
    static void tellStep(const char* event, const Process& child);
    static void runFinalizers(int minimumPriority);
    static void terminateDaemons();
    static void joinChildren();
};

namespace {

constexpr std::size_t childrenTold = 100;

void tellPhase(const char* phase)
{
    if (report::enabled())
        report::Packet("exit_phase").text("phase", phase).send();
}

bool isAwaited(const Process& child)
{
    return child.body().popen && !child.body().popen->returnCode();
}

/// Children not yet known to be dead, in the order in which their objects were made; the kernel is not asked.
DAEMONSCOPE_IN_EACH_FORK std::vector<ProcessPtr> awaitedChildren()
{
    RuntimeState& runtime = state();
    if (isOnlyThread() && runtime.children.empty())
        return {};
    const std::lock_guard lock(runtime.mutex);
    std::vector<ProcessPtr> awaited;
    for (const ProcessPtr& child : runtime.children) {
        if (isAwaited(*child))
            awaited.push_back(child);
    }
    std::ranges::sort(awaited, {}, [](const ProcessPtr& child) { return child->body().identity; });
    return awaited;
}

} // namespace

/// Whether there is nothing to do, and no other thread that could make something.
DAEMONSCOPE_IN_EACH_FORK bool ExitSequence::isIdle()
{
    const RuntimeState& runtime = state();
    return isOnlyThread() && runtime.children.empty() && runtime.finalizers.empty();
}

DAEMONSCOPE_IN_EACH_FORK void ExitSequence::tellIdle(bool endFollows)
{
    if (!report::enabled())
        return;
    report::Packet packet("exit_begin");
    packet.by().children("daemons", {}).children("plain", {}).flag("idle", true);
    // What comes before the last record may not wait for anybody.
    if (endFollows && !logs(LogLevel::Info) && areStandardStreamsFlushed())
        packet.sendWithNext();
    else
        packet.send();
}

void ExitSequence::tellBegin()
{
    if (!report::enabled())
        return;
    std::vector<ProcessPtr> daemons;
    std::vector<ProcessPtr> others;
    std::size_t more = 0;
    for (const ProcessPtr& child : awaitedChildren()) {
        auto& there = child->daemon() ? daemons : others;
        if (there.size() < childrenTold)
            there.push_back(child);
        else
            ++more;
    }
    report::Packet packet("exit_begin");
    packet.by().children("daemons", daemons).children("plain", others);
    if (more > 0)
        packet.number("more", static_cast<std::int64_t>(more));
    packet.send();
}

void ExitSequence::tellStep(const char* event, const Process& child)
{
    if (report::enabled())
        report::Packet(event).name(child).object("obj", child).number("child", child.body().popen->pid()).send();
}

void ExitSequence::runFinalizers(int minimumPriority)
{
    RuntimeState& runtime = state();
    while (!isOnlyThread() || !runtime.finalizers.empty()) {
        RuntimeState::Finalizer next;
        {
            const std::lock_guard lock(runtime.mutex);
            auto& all = runtime.finalizers;
            const auto best =
                std::ranges::max_element(all, {}, [](const auto& f) { return std::pair(f.priority, f.order); });
            if (best == all.end() || best->priority < minimumPriority)
                return;
            next = std::move(*best);
            all.erase(best);
        }
        try {
            next.call();
        } catch (const KeyboardInterrupt&) {
            throw;
        } catch (const SystemExit&) {
            throw;
        } catch (...) {
            printException();
        }
    }
}

void ExitSequence::terminateDaemons()
{
    for (const ProcessPtr& child : activeChildren()) {
        if (!child->daemon() || !child->body().popen)
            continue;
        if (logs(LogLevel::Info))
            logInfo("calling terminate() for daemon ", child->name());
        tellStep("exit_terminate", *child);
        child->body().popen->sendSignal(SIGTERM, true);
    }
}

void ExitSequence::joinChildren()
{
    for (const ProcessPtr& child : activeChildren()) {
        if (logs(LogLevel::Info))
            logInfo("calling join() for process ", child->name());
        if (child->body().popen)
            tellStep("exit_join", *child);
        child->joinProcess(std::nullopt, Where());
    }
}

DAEMONSCOPE_IN_EACH_FORK void ExitSequence::run(bool endFollows)
{
    RuntimeState& runtime = state();
    if (runtime.exiting)
        return;
    runtime.exiting = true;
    runtime.exitSequenceBegunIn = ::getpid();
    runtime.exitSequenceRuns = true;
    struct Over {
        RuntimeState& runtime;
        ~Over() { runtime.exitSequenceRuns = false; }
    } const over{runtime};
    logInfo("process shutting down");
    constexpr auto firstPhase = "running all \"atexit\" finalizers with priority >= 0";
    constexpr auto lastPhase = "running the remaining \"atexit\" finalizers";
    if (isIdle()) {
        tellIdle(endFollows);
        logDebug(firstPhase);
        logDebug(lastPhase);
        return;
    }
    tellBegin();
    logDebug(firstPhase);
    tellPhase("finalizers");
    runFinalizers(0);
    terminateDaemons();
    joinChildren();
    logDebug(lastPhase);
    tellPhase("remaining");
    runFinalizers(std::numeric_limits<int>::min());
    if (report::enabled())
        report::Packet("exit_end").send();
}

DAEMONSCOPE_IN_EACH_FORK void runExitSequence()
{
    ExitSequence::run(false);
}

DAEMONSCOPE_IN_EACH_FORK void runLastExitSequence()
{
    ExitSequence::run(true);
}

DAEMONSCOPE_IN_EACH_FORK void registerExitSequence()
{
    RuntimeState& runtime = state();
    if (isOnlyThread() && runtime.exitSequenceRegistered)
        return;
    const std::lock_guard lock(runtime.mutex);
    if (runtime.exitSequenceRegistered)
        return;
    runtime.exitSequenceRegistered = true;
    runtime.atExitHandlers.push_back({"_exit_function", runExitSequence});
}

DAEMONSCOPE_IN_EACH_FORK void reportSkippedExitSequence()
{
    const RuntimeState& runtime = state();
    if (!runtime.exiting || !report::enabled())
        return;
    const bool isOwn = runtime.exitSequenceBegunIn == ::getpid();
    if (!isOwn || (!runtime.exitSequenceRuns && !awaitedChildren().empty()))
        tellPhase("skipped");
}

void addFinalizer(std::function<void()> finalizer, int priority)
{
    registerExitSequence();
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    runtime.finalizers.push_back({priority, runtime.finalizersMade++, std::move(finalizer)});
}

} // namespace daemonscope::engine
