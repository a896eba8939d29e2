// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"
#include "engine/runtime.h"

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace daemonscope::engine {

/// Internal to the engine: what CPython keeps in module globals of multiprocessing.process, .util and atexit. One for each
/// process; `mutex` guards it, and is held over every fork of the engine, so that a child finds it whole.
struct RuntimeState {
    std::recursive_mutex mutex;
    ProcessPtr current;
    std::set<ProcessPtr> children; ///< started, and not seen to end
    std::shared_ptr<ParentProcess> parent;
    bool exiting = false; ///< util._exiting; a fork inherits it

    struct Finalizer {
        int priority;
        unsigned order;
        std::function<void()> call;
    };
    std::vector<Finalizer> finalizers;
    unsigned finalizersMade = 0;
    std::vector<std::function<void()>> atExitHandlers; ///< oldest first
    bool exitSequenceRegistered = false;

    std::vector<std::string> arguments; ///< argv of the program, as main() got them: sys.argv
    bool insideRunMain = false;
    LogLevel logLevel = LogLevel::None;
    Profile profile = Profile::Python311;
};
RuntimeState& state();

/// fork(2) with everything the engine has to do around it: its locks, its threads, its connection to daemonscope.
/// Output is not flushed. 0 in the child. Throws OSError.
int forkEngine();

/// What a new process does with its object, up to its exit code (BaseProcess._bootstrap): becomes it, runs it, goes through
/// its exit sequence, prints what was not caught, joins its threads, flushes. With Profile::Python313 the exit sequence
/// is left to its caller, who calls runAtExitHandlers().
/// `parentSentinel`: read end of the pipe whose other end the logical parent holds; becomes its ParentProcess's.
int bootstrap(const ProcessPtr& process, int parentSentinel);
/// The handlers of atExit(), newest first; those that throw are printed.
void runAtExitHandlers();
/// fflush of stdout, stderr, and std::cout's and std::cerr's buffers.
void flushStandardStreams();
/// What stands for a traceback of the exception that is being handled, printed on stderr: "Traceback (most recent call
/// last):", and "ValueError: boom".
void printException();
/// Type and text of the exception that is being handled; a std::exception counts as what its C++ class is called.
std::string exceptionTypeName();
std::string exceptionMessage();
/// sys.exit's rules: the exit code for a SystemExit; its message, if it has one, goes to stderr.
int exitCodeOf(const SystemExit& exit);

/// Threads (thread.cpp). Joins the non-daemon threads of this process: threading._shutdown().
void joinThreads();
/// In a forked child: the forking thread is the main thread now, and the only one.
void forgetOtherThreads();
/// Whether the calling thread is the one that signal handlers run in.
bool inMainThread();

/// Runs the handlers of signals that have come, if this is the main thread: see signals.h.
void runPendingSignalHandlers();
/// In a child whose main thread may be another one: handlers stay, pending signals do not.
void resetSignalsAfterFork();
/// A descriptor that is readable while a signal waits for its handler, for those who wait in poll(2). -1 outside the main
/// thread, or when no handler is installed.
int signalWakeUp();
/// Waits until `descriptor` is readable, running signal handlers meanwhile. False: time-out.
bool waitReadable(int descriptor, std::optional<std::chrono::nanoseconds> timeout);

/// "[INFO/MainProcess] text" on stderr, if the level asks for it.
void logInfo(const std::string& text);
void logDebug(const std::string& text);

} // namespace daemonscope::engine
