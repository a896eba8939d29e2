// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace daemonscope::conformance {

/// E01: the exit sequence and its log.
namespace e01 {
bool isToldByPython(const std::string& line)
{
    if (line.find("[INFO/MainProcess]") == std::string::npos && line.find("[DEBUG/MainProcess]") == std::string::npos)
        return false;
    // Only there if the daemon is not dead yet when the list is made again.
    return line.find("calling join() for process daemon") == std::string::npos;
}

void runPart()
{
    logToStderr(LogLevel::Debug);
    atExit([] { say("atexit registered after multiprocessing"); });
    for (const auto& [text, priority] :
        {std::pair("prio 0", 0), std::pair("prio 10", 10), std::pair("prio 10 later", 10), std::pair("prio -5", -5)})
        addFinalizer([text = std::string(text)] { say("finalizer " + text); }, priority);
    process({.target = napTarget, .args = {60.0}, .name = "daemon", .daemon = true})->start();
    process({.target = napTarget, .args = {stretch() * 1.2}, .name = "plain"})->start();
    Thread thread({.target = [] {
        nap(0.3);
        say("thread ended");
    }});
    thread.start();
    say("main ends");
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart();
    const Ran ran = rerun("x");
    out("rc", ran.rc);
    out("stdout", split(ran.out, '\n'));
    for (const std::string& line : lines(ran.err)) {
        if (isToldByPython(line))
            out("log", line);
    }
}
const Program program("e01_exit_order", run);
} // namespace e01

/// E02: the exit sequence's place among the handlers of the program: the first start().
namespace e02 {
const Target child = registerTarget(
    "e02.child", +[] {
        nap(0.3);
        say("child ended");
    });

void run(const std::string& part)
{
    if (part.empty()) {
        for (const char* each : {"before", "after-import", "after-start"})
            out(each, split(rerun(each).out, '\n'));
        return;
    }
    const auto handler = [] { say("user handler"); };
    if (part == "before")
        atExit(handler);
    setStartMethod(method());
    const ProcessPtr p = process({.target = child});
    if (part == "after-import")
        atExit(handler);
    p->start();
    if (part == "after-start")
        atExit(handler);
}
const Program program("e02_atexit_order", run);
} // namespace e02

/// E02: what gives the exit sequence its place: a handler registered after it runs before the children are joined.
namespace e12 {
const std::vector<std::string> cases{"nothing", "Process", "current_process", "active_children", "set_start_method",
    "Lock", "Event", "Queue", "lock of another context", "get_logger", "start"};

/// What is to be kept.
std::shared_ptr<void> touch(const std::string& part)
{
    Context& context = Context::standard();
    if (part == "Process")
        return process({.target = noopTarget});
    if (part == "Lock")
        return context.lock();
    if (part == "Event")
        return context.event();
    if (part == "Queue")
        return context.queue();
    if (part == "lock of another context")
        return Context::of("spawn").lock();
    if (part == "current_process")
        return currentProcess();
    if (part == "active_children")
        static_cast<void>(activeChildren());
    else if (part == "set_start_method")
        setStartMethod(method(), true);
    else if (part == "get_logger")
        logToStderr(LogLevel::None);
    else if (part == "start")
        process({.target = noopTarget})->start();
    return nullptr;
}

void run(const std::string& part)
{
    if (part.empty()) {
        for (const std::string& each : cases)
            out(each, split(rerun(each).out, '\n'));
        return;
    }
    setStartMethod(method());
    const auto kept = touch(part);
    atExit([] { say("user handler"); });
    process({.target = e02::child})->start();
}
const Program program("e12_who_registers", run);
} // namespace e12

/// E07: a finalizer that throws.
namespace e07 {
void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x");
        out("rc", ran.rc);
        out("stdout", words(ran.out));
        out("stderr first", split(ran.err, '\n').front());
        out("stderr last", lastLine(ran.err));
        return;
    }
    addFinalizer([] { say("second"); }, 1);
    addFinalizer([] { throw Exception("ZeroDivisionError", "division by zero"); }, 2);
    addFinalizer([] { say("first"); }, 3);
}
const Program program("e07_finalizer_error", run);
} // namespace e07

/// E10: finalizers made while the program was initialised, and those of the target.
namespace e10 {
constexpr auto variable = "CONFORMANCE_E10";

/// The fork server is initialised, too, and would run it at its own end. Python's does not see the case's name.
bool isServer()
{
    const std::vector<std::string> command = commandOf(::getpid());
    return command.size() > 1 && startsWith(command[1], "--multiprocessing-forkserver");
}
const bool made = [] {
    if (std::getenv(variable) && !isServer())
        addFinalizer([] { say("module-level finalizer in " + currentProcess()->name()); }, 5);
    return true;
}();
const Target child = registerTarget(
    "e10.child", +[] { addFinalizer([] { say("target finalizer in " + currentProcess()->name()); }, 5); });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x", {.environment = {{variable, "1"}}});
        out("rc", ran.rc);
        for (const std::string& line : lines(ran.out))
            out("stdout", line);
        return;
    }
    const ProcessPtr p = process({.target = child});
    p->start();
    p->join();
}
const Program program("e10_finalizers_in_child", run);
} // namespace e10

} // namespace daemonscope::conformance
