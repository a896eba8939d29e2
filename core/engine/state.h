// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/forkpath.h"
#include "engine/process.h"
#include "engine/runtime.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope::engine {

/// Internal to the engine: what CPython keeps in module globals of multiprocessing.process, .util and atexit. One for
/// each process; `mutex` guards it, and is held over every fork of the engine, so that a child finds it whole.
struct RuntimeState {
    std::recursive_mutex mutex;
    ProcessPtr current;
    std::set<ProcessPtr> children;         ///< started, and not seen to end
    std::shared_ptr<ParentProcess> parent; ///< made when it is first asked for
    int parentSentinel = -1; ///< until then: a pidfd of the parent, or the read end of a pipe that it holds
    int ownPidfd = -1;       ///< of the process `ownPidfdOf`, for its children
    int ownPidfdOf = 0;
    std::atomic<bool> exiting = false; ///< util._exiting; a fork inherits it. Feeders of queues look at it

    struct Finalizer {
        int priority;
        unsigned order;
        std::function<void()> call;
    };
    std::vector<Finalizer> finalizers;
    unsigned finalizersMade = 0;
    struct AtExitHandler {
        std::string name; ///< for the message about one that throws
        std::function<void()> call;
    };
    std::vector<AtExitHandler> atExitHandlers; ///< oldest first
    bool exitSequenceRegistered = false;
    int exitSequenceBegunIn = 0; ///< pid of the process that went into it
    bool exitSequenceRuns = false;

    std::vector<std::string> arguments; ///< argv of the program, as main() got them: sys.argv
    bool insideRunMain = false;
    LogLevel logLevel = LogLevel::None;
    Profile profile = Profile::Python311;
};
RuntimeState& state();

/// Holds the state's mutex, unless there is nobody to lock out (forkpath.h). Nothing in its scope may start a thread.
class StateLock {
public:
    StateLock()
        : locks_(!isOnlyThread())
    {
        if (locks_)
            state().mutex.lock();
    }
    ~StateLock()
    {
        if (locks_)
            state().mutex.unlock();
    }
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;

private:
    bool locks_;
};

/// fork(2) with everything the engine has to do around it: its locks, its threads, its connection to daemonscope.
/// Output is not flushed. 0 in the child. Throws OSError.
int forkEngine();

/// What a new process does with its object, up to its exit code (BaseProcess._bootstrap): becomes it, runs it, goes
/// through its exit sequence, prints what was not caught, joins its threads, flushes. With Profile::Python313 the exit
/// sequence is left to its caller, who calls runAtExitHandlers(). `parentSentinel`: read end of the pipe whose other
/// end the logical parent holds; becomes its ParentProcess's. If the target calls pthread_exit(3), whose unwinding of
/// the stack cannot be stopped, abi::__forced_unwind comes out of it instead of the exit code 0, when all of that is
/// done.
int bootstrap(ProcessPtr process, int parentSentinel);
/// Looks at all children, and forgets those that have ended: multiprocessing.process._cleanup().
void reapEndedChildren();
/// Gives the exit sequence its place among the atexit handlers, if it has none yet: what importing multiprocessing.util
/// does.
void registerExitSequence();
/// Reports the phase "skipped" if the exit sequence left children alone (docs/hook-protocol.md); at a process's end.
void reportSkippedExitSequence();
/// runExitSequence(), directly before a process's last record: it may tell daemonscope of both in one packet.
void runLastExitSequence();
/// What is left to do when a program that was executed (not forked) is over: its threads, atexit handlers, flush.
/// The exit status: `status`, or 120 if the output could not be flushed.
int endProgram(int status);
/// The handlers of atExit(), newest first; those that throw are printed.
void runAtExitHandlers();
/// fflush of stdout, stderr, and std::cout's and std::cerr's buffers. False: something could not be written.
bool flushStandardStreams();
/// Whether that has nothing to do, and so cannot wait for anybody.
bool areStandardStreamsFlushed();
/// What stands for a traceback of the exception that is being handled, printed on stderr: "Traceback (most recent call
/// last):", and "ValueError: boom".
void printException();
/// Type and text of the exception that is being handled; a std::exception counts as what its C++ class is called. What
/// pthread_exit(3) unwinds the stack with is thrown on.
std::string exceptionTypeName();
std::string exceptionMessage();
/// sys.exit's rules: the exit code for a SystemExit, `codeOfNone` for one without; its message, if it has one, goes to
/// stderr.
int exitCodeOf(const SystemExit& exit, int codeOfNone);

/// Threads (thread.cpp). Joins the non-daemon threads of this process: threading._shutdown().
void joinThreads();
/// In a forked child: the forking thread is the main thread now, and the only one.
void forgetOtherThreads();
/// Whether the calling thread is the one that signal handlers run in.
bool inMainThread();

/// Runs the handlers of signals that have come, if this is the main thread: see signals.h.
void runPendingSignalHandlers();
/// Whether signal handlers run in the calling thread.
bool takesSignals();
/// In a child, whose one thread may not have been the one that takes signals: handlers stay, pending signals do not.
void resetSignalsAfterFork(bool tookSignals);
/// What Python does to signals when it starts: SIGINT raises KeyboardInterrupt unless it is ignored, SIGPIPE is
/// ignored.
void installDefaultSignalHandlers();
/// Waits until `descriptor` is readable, running signal handlers meanwhile. False: time-out.
bool waitReadable(int descriptor, std::optional<std::chrono::nanoseconds> timeout);

/// "[INFO/MainProcess] text" and the name on stderr, if the level asks for it.
/// The level is asked before anything is put together, as nearly nobody wants these lines.
[[nodiscard]] bool logs(LogLevel level);
void logInfo(std::string_view text, std::string_view name = {});
void logDebug(std::string_view text);

} // namespace daemonscope::engine
