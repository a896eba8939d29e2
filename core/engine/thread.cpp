// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/thread.h"

#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/report.h"
#include "engine/state.h"
#include "engine/threadbody.h"

#include <cxxabi.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <vector>

namespace daemonscope::engine {
namespace {

using ThreadList = std::vector<std::shared_ptr<ThreadBody>>;

/// The Thread that this thread is; none in a main thread, until a fork makes a Thread one.
/// A bare pointer, as a thread_local with a destructor would be set up anew in each forked child that looks at it.
thread_local ThreadBody* runningThread = nullptr;
/// What stands for a thread that the engine did not make.
thread_local std::unique_ptr<ThreadBody> dummyThread;

constinit ThreadList* allThreads = nullptr;

/// Non-daemon threads that were started and perhaps run. Guarded by RuntimeState::mutex; never destroyed, as daemon
/// threads go on while the process ends.
DAEMONSCOPE_IN_EACH_FORK ThreadList& threadsToJoin()
{
    if (!allThreads) // somebody forks while static objects are initialised
        allThreads = new ThreadList;
    return *allThreads;
}
/// Made when the program begins: what a process makes at its first use, every forked child would make again.
[[maybe_unused]] const ThreadList& earlyThreadList = threadsToJoin();

/// threading._newname()
std::string numberedThreadName(const char* prefix)
{
    static std::atomic<unsigned> made = 0;
    return prefix + std::to_string(made.fetch_add(1) + 1);
}

std::string targetNameOf(const Target& target)
{
    return std::string(target.name().empty() ? "<lambda>" : target.name());
}

/// threading.current_thread(): a thread that the engine did not make becomes one when it is first asked for. None: the
/// main thread.
const ThreadBody* askedThread()
{
    if (!runningThread && !inMainThread()) {
        dummyThread = std::make_unique<ThreadBody>();
        runningThread = dummyThread.get();
        runningThread->name = numberedThreadName("Dummy-");
        runningThread->daemon = true;
    }
    return runningThread;
}

std::int64_t threadIdent()
{
    return std::bit_cast<std::int64_t>(::pthread_self());
}

void tellOfThread(const ThreadBody& thread, bool daemon)
{
    if (!report::enabled())
        return;
    report::Packet packet("thread");
    packet.text("name", thread.name).flag("daemon", daemon);
    if (thread.target)
        packet.text("target", targetNameOf(thread.target));
    else
        packet.null("target");
    packet.number("tid", ::gettid()).number("ident", threadIdent()).send();
}

void tellOfThreadEnd(const ThreadBody& thread)
{
    if (report::enabled())
        report::Packet("thread_end")
            .text("name", thread.name)
            .number("tid", ::gettid())
            .number("ident", threadIdent())
            .send();
}

void endThread(ThreadBody& thread)
{
    thread.target = {};
    thread.args.clear();
    tellOfThreadEnd(thread);
    runningThread = nullptr;
}

/// threading.Thread._bootstrap_inner()
void runThread(const std::shared_ptr<ThreadBody>& thread, bool daemon)
{
    runningThread = thread.get();
    tellOfThread(*thread, daemon);
    try {
        if (thread->target)
            thread->target(thread->args);
    } catch (const SystemExit&) {
        // ends the thread, and nobody hears of it
    } catch (const abi::__forced_unwind&) { // pthread_exit() does the same
        endThread(*thread);
        throw;
    } catch (...) {
        std::fprintf(stderr, "Exception in thread %s:\n", thread->name.c_str());
        printException();
    }
    endThread(*thread);
}

/// One that is to be joined, if any is left.
DAEMONSCOPE_IN_EACH_FORK std::shared_ptr<ThreadBody> nextThreadToJoin()
{
    ThreadList& threads = threadsToJoin();
    if (isOnlyThread() && threads.empty())
        return nullptr;
    const std::lock_guard lock(state().mutex);
    const auto next = std::ranges::find_if(threads, [](const auto& thread) { return thread.get() != runningThread; });
    return next == threads.end() ? nullptr : *next;
}

} // namespace

Thread::Thread(ThreadOptions options)
    : body_(std::make_shared<ThreadBody>())
{
    body_->name = std::move(options.name);
    if (body_->name.empty()) {
        body_->name = numberedThreadName("Thread-");
        if (options.target)
            body_->name += " (" + targetNameOf(options.target) + ")";
    }
    body_->target = std::move(options.target);
    body_->args = std::move(options.args);
    body_->daemon = options.daemon ? *options.daemon : currentThreadIsDaemon();
}

void Thread::start()
{
    // Held over the start, so that no fork sees a thread that runs without being known to.
    const std::lock_guard lock(state().mutex);
    if (body_->running)
        throw RuntimeError("threads can only be started once");
    ThreadList& threads = threadsToJoin();
    std::erase_if(threads, [](const auto& thread) { return thread->running->ended(); });
    threads.reserve(threads.size() + 1); // nothing may fail once it runs
    body_->running = OsThread::start(
        [thread = body_, daemon = body_->daemon] { runThread(thread, daemon); }, OsThread::Signals::AsCreator);
    if (!body_->daemon)
        threads.push_back(body_);
}

void Thread::join(std::optional<std::chrono::nanoseconds> timeout)
{
    std::shared_ptr<OsThread> running;
    {
        const std::lock_guard lock(state().mutex);
        running = body_->running;
    }
    if (!running)
        throw RuntimeError("cannot join thread before it is started");
    if (body_.get() == runningThread)
        throw RuntimeError("cannot join current thread");
    running->wait(timeout);
}

bool Thread::isAlive() const
{
    const std::lock_guard lock(state().mutex);
    return body_->running && !body_->running->ended();
}

std::string Thread::name() const
{
    return body_->name;
}

bool Thread::daemon() const
{
    const std::lock_guard lock(state().mutex);
    return body_->daemon;
}

void Thread::setDaemon(bool daemon)
{
    const std::lock_guard lock(state().mutex);
    if (body_->running)
        throw RuntimeError("cannot set daemon status of active thread");
    body_->daemon = daemon;
}

std::string currentThreadName()
{
    const ThreadBody* thread = askedThread();
    return thread ? thread->name : "MainThread";
}

bool currentThreadIsDaemon()
{
    const ThreadBody* thread = askedThread();
    if (!thread)
        return false;
    const std::lock_guard lock(state().mutex);
    return thread->daemon;
}

DAEMONSCOPE_IN_EACH_FORK void joinThreads()
{
    // Threads may start others while they are waited for.
    while (const auto thread = nextThreadToJoin()) {
        thread->running->wait(std::nullopt);
        const std::lock_guard lock(state().mutex);
        std::erase(threadsToJoin(), thread);
    }
}

DAEMONSCOPE_IN_EACH_FORK void forgetOtherThreads()
{
    // Nobody else is here, so nothing is locked. What the others held is kept: they were in the midst of using it.
    if (ThreadList& threads = threadsToJoin(); !threads.empty()) {
        static auto* leftBehind = new ThreadList;
        leftBehind->insert(leftBehind->end(), threads.begin(), threads.end());
        threads.clear();
    }
    if (runningThread && runningThread->running)
        runningThread->running->surviveFork();
}

DAEMONSCOPE_IN_EACH_FORK bool inMainThread()
{
    // The thread that a process begins with has the process's id: a program's first one, or the one that forked.
    return ::gettid() == ::getpid();
}

} // namespace daemonscope::engine
