// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime.h"

#include "engine/forkpath.h"
#include "engine/popen.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/signals.h"
#include "engine/state.h"

#include <cxxabi.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace daemonscope::engine {
namespace {

constexpr int brokenOutputStatus = 120; // as Py_FinalizeEx says it through pymain_run_python

struct Uncaught {
    std::string type;
    std::string message;
};

/// What a program's own code ended with.
struct ProgramEnd {
    int status = 0;
    bool interrupted = false;
    std::optional<Uncaught> uncaught;
};

/// Whether the end in order has been gone through; the process that has to do it.
int endOwedBy = 0;
std::optional<Uncaught> uncaughtInMain;

/// A program may leave by std::exit(), which knows nothing of children.
void endAfterForeignExit()
{
    if (endOwedBy == ::getpid())
        endProgram(0);
}

ProgramEnd runProgram(const std::function<void()>& program)
{
    ProgramEnd end;
    const auto keep = [&end] {
        end.uncaught = Uncaught{exceptionTypeName(), exceptionMessage()};
        end.status = 1;
    };
    try {
        program();
        checkSignals();
    } catch (const SystemExit& exit) {
        keep();
        end.status = exitCodeOf(exit, 0) & 0xff;
    } catch (const KeyboardInterrupt&) {
        keep();
        end.interrupted = true;
        printException();
    } catch (...) {
        keep();
        printException();
    }
    return end;
}

void applyOptions()
{
    const char* options = std::getenv("DAEMONSCOPE_OPTIONS");
    if (options && std::strstr(options, "lines"))
        std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
}

[[noreturn]] void dieOfInterrupt()
{
    setSignalDefault(SIGINT);
    std::raise(SIGINT);
    std::_Exit(128 + SIGINT);
}

/// From the end of the program's own code to that of the process; the exit status.
int endMain(const ProgramEnd& end)
{
    if (report::enabled())
        report::Packet("main_end").flag("exact", true).send();
    endOwedBy = ::getpid(); // a raw fork of the program comes here too
    uncaughtInMain = end.uncaught;
    const int status = endProgram(end.status);
    if (end.interrupted)
        dieOfInterrupt();
    return status;
}

} // namespace

int runMain(int argc, char** argv, const std::function<void()>& program)
{
    RuntimeState& runtime = state();
    if (runtime.insideRunMain)
        throw RuntimeError("runMain() has been called in this process before");
    runtime.insideRunMain = true;
    applyOptions();
    installDefaultSignalHandlers();
    if (const auto status = runHelperRole(argc, argv))
        return *status;
    runtime.arguments.assign(argv, argv + argc);
    report::interpreterStarted("main", argc, argv);
    endOwedBy = ::getpid();
    std::atexit(endAfterForeignExit);

    try {
        return endMain(runProgram(program));
    } catch (const abi::__forced_unwind&) { // its main thread ends, and with it the process
        std::exit(endMain({}));
    }
}

int endProgram(int status)
{
    endOwedBy = 0;
    try {
        joinThreads();
    } catch (...) {
        std::fputs("Exception ignored while waiting for threads:\n", stderr);
        printException();
    }
    runAtExitHandlers();
    if (!flushStandardStreams() && status == 0)
        status = brokenOutputStatus;
    reportSkippedExitSequence();
    if (report::enabled()) {
        report::Packet packet("interp_exit");
        if (uncaughtInMain)
            packet.text("exc", uncaughtInMain->type).text("msg", uncaughtInMain->message);
        packet.send();
    }
    return status;
}

DAEMONSCOPE_IN_EACH_FORK void runAtExitHandlers()
{
    RuntimeState& runtime = state();
    for (;;) {
        RuntimeState::AtExitHandler handler;
        {
            const std::lock_guard lock(runtime.mutex);
            if (runtime.atExitHandlers.empty())
                return;
            handler = std::move(runtime.atExitHandlers.back());
            runtime.atExitHandlers.pop_back();
        }
        try {
            handler.call();
        } catch (...) {
            // As PyErr_WriteUnraisable() does it: with the colon, whether there is a message or not.
            std::fprintf(stderr, "Exception ignored in atexit callback: <function %s>\n%s\n%s: %s\n",
                handler.name.c_str(), "Traceback (most recent call last):", exceptionTypeName().c_str(),
                exceptionMessage().c_str());
        }
    }
}

DAEMONSCOPE_IN_EACH_FORK const std::vector<std::string>& programArguments()
{
    return state().arguments;
}

void exit()
{
    throw SystemExit();
}

void exit(int code)
{
    throw SystemExit(code);
}

void exit(std::string message)
{
    throw SystemExit(std::move(message));
}

void osExit(int code)
{
    ::_exit(code & 0xff);
}

int osFork(Where where)
{
    if (report::enabled())
        report::Packet("os_fork").text("how", "fork").source(where).send();
    const int pid = forkEngine();
    if (pid == 0 && report::enabled())
        report::Packet("forked").number("ppid", ::getppid()).by().send();
    return pid;
}

void atExit(std::function<void()> handler)
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    runtime.atExitHandlers.push_back({"handler", std::move(handler)});
}

void logToStderr(LogLevel level)
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    runtime.logLevel = level;
    // get_logger() takes the exit sequence out of its place and makes it the newest handler.
    std::erase_if(runtime.atExitHandlers, [](const auto& handler) { return handler.name == "_exit_function"; });
    runtime.exitSequenceRegistered = false;
    registerExitSequence();
}

void setProfile(Profile profile)
{
    state().profile = profile;
}

Profile profile()
{
    return state().profile;
}

} // namespace daemonscope::engine
