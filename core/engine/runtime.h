// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/where.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What stands around a program: its beginning, which may be that of a spawned child, and its end in order.
namespace daemonscope::engine {

/// Runs a program under the engine: `int main(int argc, char** argv) { return runMain(argc, argv, [] { … }); }`. If
/// this process was executed to be a child, a fork server or a resource tracker, it is that and never runs `program`.
/// At the end: an uncaught exception is printed, non-daemon threads are joined, the atexit handlers run (newest first;
/// the exit sequence is one of them), output is flushed. Returns the exit status: 0, 1 after an exception, what
/// SystemExit says. After an uncaught KeyboardInterrupt it does not return: the process dies of SIGINT, as Python does.
/// A second call in a process throws RuntimeError. pthread_exit(3) in a process's main thread, where Python has no such
/// thing, ends the process in the same order, as exit(0) does.
[[nodiscard]] int runMain(int argc, char** argv, const std::function<void()>& program);

/// sys.argv: the words main() got in the program's first process; a spawned child has those of its parent.
[[nodiscard]] const std::vector<std::string>& programArguments();

/// sys.exit(): throws SystemExit.
[[noreturn]] void exit();
[[noreturn]] void exit(int code);
[[noreturn]] void exit(std::string message);
/// os._exit(): ends the process at once. Nothing is flushed, no handler runs, children are left behind.
[[noreturn]] void osExit(int code);

/// os.fork(): a copy of this process that still believes to be it. 0 in the child, its pid in the parent. Throws
/// OSError. `where` is only told to daemonscope.
[[nodiscard]] int osFork(Where where = Where::current());

/// atexit.register(): newest first, at the end of the process. The exit sequence has its place among them since the
/// first start(), Lock, Event, Queue, addFinalizer() or logToStderr(), whichever came first, as each of them imports
/// Lib/multiprocessing/util.py in Python. A handler registered before that runs after the children were joined, one
/// registered later before that. Forked children do not run handlers of their parent.
void atExit(std::function<void()> handler);

/// multiprocessing.util.Finalize with an exitpriority: called in the exit sequence, those of 0 and above before the
/// children are ended, those below 0 after; highest first, and of equal ones the newest. A forked child drops them.
/// One that throws is printed, and the sequence goes on.
void addFinalizer(std::function<void()> finalizer, int priority);

/// multiprocessing.util._exit_function(): the exit sequence. Runs once in a process, and not at all in one that was
/// forked during its parent's.
void runExitSequence();

enum class LogLevel { None, Info, Debug };
/// multiprocessing.log_to_stderr(): "[INFO/MainProcess] calling terminate() for daemon Process-1". Children inherit it.
void logToStderr(LogLevel level);

/// Where CPython changed its mind, whose way to take. Default: Python 3.11.
enum class Profile {
    Python38,  ///< sys.exit() and sys.exit(None) give a child exit code 1
    Python311, ///< a child: exit sequence, then traceback, then its threads
    Python313, ///< a child: traceback, threads, then atexit handlers with the exit sequence
};
void setProfile(Profile profile);
[[nodiscard]] Profile profile();

/// While it lives, what this thread does is told to daemonscope as done at `file`:`line` (of a script that a program
/// interprets), instead of at the place in the C++ source.
class SourceScope {
public:
    SourceScope(const std::string& file, unsigned line);
    ~SourceScope();
    SourceScope(const SourceScope&) = delete;
    SourceScope& operator=(const SourceScope&) = delete;

    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] unsigned line() const { return line_; }

private:
    std::string file_;
    unsigned line_;
    const SourceScope* outer_;
};
/// Tells daemonscope that this thread is about to take the step at `file`:`line`.
void reportStep(const std::string& file, unsigned line);

} // namespace daemonscope::engine
