// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/state.h"

#include "engine/forkcalls.h"
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/signals.h"

#include <cxxabi.h>
#include <ext/stdio_sync_filebuf.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <streambuf>
#include <typeinfo>
#include <utility>

namespace daemonscope::engine {
namespace {

/// Standard input of a child: at its end, always.
class NoInput : public std::streambuf { };

/// util._close_stdin(): the child reads nothing, and descriptor 0 stays as it is.
DAEMONSCOPE_IN_EACH_FORK void closeStandardInput()
{
    if (stdin->_IO_read_ptr != stdin->_IO_read_end)
        ::__fpurge(stdin);
    // The C stream reads from elsewhere, and with it std::cin, unless that has been given a buffer of its own.
    const char nullDevice[] = "/dev/null"; // on the stack, as a constant's page would have to be looked up again
    stdin->_fileno = openInFork(nullDevice, O_RDONLY | O_CLOEXEC);
    const std::streambuf* const input = std::cin.rdbuf();
    if (input && typeid(*input) != typeid(__gnu_cxx::stdio_sync_filebuf<char>))
        std::cin.rdbuf(new NoInput); // the stream does not own it, and outlives everything
}

DAEMONSCOPE_IN_EACH_FORK StartMethod methodOf(const ProcessBody& body)
{
    return body.context ? body.context->startMethod() : startMethod();
}

DAEMONSCOPE_IN_EACH_FORK void becomeProcess(ProcessPtr process, int parentSentinel)
{
    RuntimeState& runtime = state();
    ProcessBody& body = process->body();
    const StartMethod method = methodOf(body);
    if (body.context && body.context != &Context::standard() && startMethod() != method)
        setStartMethod(startMethodName(method), true);
    closeStandardInput();
    runtime.parentSentinel = parentSentinel;
    if (method == StartMethod::Spawn) {
        runtime.current = std::move(process); // what was made while the program was initialised stays: finalizers, say
    } else {
        // What the parent had is left behind, not destroyed: its objects have nothing to close here, and each page that
        // is written to in a fork is a page that has to be copied first.
        std::construct_at(&runtime.children);
        std::construct_at(&runtime.current, std::move(process));
        std::construct_at(&runtime.parent);
        std::construct_at(&runtime.finalizers);
    }
    registerExitSequence();
}

DAEMONSCOPE_IN_EACH_FORK void tellOfBoot(const Process& process)
{
    if (!report::enabled())
        return;
    const ProcessBody& body = process.body();
    report::Packet packet("boot");
    packet.object("obj", process).name(process).className(process).flag("daemon", process.daemon());
    packet.number("ppid", getppidInFork()).number("parent", body.parentPid);
    packet.text("method", startMethodName(methodOf(body))).target(process);
    packet.list("argv", programArguments()).send();
}

void printUncaught(const Process& process)
{
    std::fprintf(stderr, "Process %s:\n", process.name().c_str());
    printException();
    if (report::enabled())
        report::Packet("exception")
            .currentException()
            .longText("tb", exceptionTypeName() + ": " + exceptionMessage())
            .send();
}

/// run(), with the exit sequence in its `finally` where the profile wants that.
DAEMONSCOPE_IN_EACH_FORK void runProcess(Process& process, bool exitSequenceFollows)
{
    if (!exitSequenceFollows) {
        process.run();
        return;
    }
    try {
        process.run();
        checkSignals();
    } catch (...) {
        runExitSequence();
        throw;
    }
    runLastExitSequence();
}

/// What comes after the target and the exit sequence.
DAEMONSCOPE_IN_EACH_FORK void endBootstrap(int code)
{
    try {
        joinThreads();
    } catch (...) {
        printException();
    }
    if (logs(LogLevel::Info))
        logInfo("process exiting with exitcode ", std::to_string(code));
    flushStandardStreams();
    reportSkippedExitSequence();
    if (report::enabled())
        report::Packet("proc_end").number("code", code).send();
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK int bootstrap(ProcessPtr started, int parentSentinel)
{
    Process& process = *started; // which becomes the current one, and stays
    const bool exitSequenceFollows = state().profile != Profile::Python313;
    int code = 0;
    try {
        becomeProcess(std::move(started), parentSentinel);
        tellOfBoot(process);
        logInfo("child process calling self.run()");
        runProcess(process, exitSequenceFollows);
    } catch (const SystemExit& exit) {
        code = exitCodeOf(exit, state().profile == Profile::Python38 ? 1 : 0);
    } catch (const abi::__forced_unwind&) {
        endBootstrap(0);
        throw;
    } catch (...) {
        code = 1;
        printUncaught(process);
    }
    endBootstrap(code);
    return code;
}

int exitCodeOf(const SystemExit& exit, int codeOfNone)
{
    if (exit.hasMessage()) {
        std::fprintf(stderr, "%s\n", exit.message().c_str());
        return 1;
    }
    return exit.code().value_or(codeOfNone);
}

void printException()
{
    const std::string message = exceptionMessage();
    std::fprintf(stderr, "Traceback (most recent call last):\n%s%s%s\n", exceptionTypeName().c_str(),
        message.empty() ? "" : ": ", message.c_str());
}

std::string exceptionTypeName()
{
    try {
        throw;
    } catch (const abi::__forced_unwind&) {
        throw; // pthread_exit() ends the thread, whoever is in between
    } catch (const BaseException& error) {
        return error.typeName();
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        int status = 0;
        char* demangled = type ? abi::__cxa_demangle(type->name(), nullptr, nullptr, &status) : nullptr;
        std::string name = demangled ? demangled : "unknown exception";
        std::free(demangled); // NOLINT(cppcoreguidelines-no-malloc): __cxa_demangle allocates with malloc
        return name;
    }
}

std::string exceptionMessage()
{
    try {
        throw;
    } catch (const abi::__forced_unwind&) {
        throw;
    } catch (const BaseException& error) {
        return error.message();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return {};
    }
}

} // namespace daemonscope::engine
