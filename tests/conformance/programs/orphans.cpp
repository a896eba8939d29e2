// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <csignal>
#include <map>
#include <unistd.h>

namespace daemonscope::conformance {

/// O01: an end that runs no handler leaves the children alone, daemons too.
namespace o01 {
void outlive(std::string label, std::shared_ptr<Event> ready)
{
    ready->set();
    nap(30);
    say(label + " outlived its parent");
}
const Target outliving = registerTarget("o01.outlive", outlive);

void runPart(const std::string& part)
{
    const auto first = Context::standard().event();
    const auto second = Context::standard().event();
    process({.target = outliving, .args = {"daemon", first}, .daemon = true})->start();
    process({.target = outliving, .args = {"plain", second}, .daemon = false})->start();
    first->wait();
    second->wait();
    if (part == "os._exit")
        osExit(3);
    if (part == "print")
        atExit([] { say("atexit"); });
    const std::map<std::string, int> signals{
        {"SIGKILL", SIGKILL}, {"SIGTERM", SIGTERM}, {"print", SIGTERM}, {"SIGHUP", SIGHUP}, {"SIGSEGV", SIGSEGV}};
    setSignalDefault(SIGSEGV); // whatever else listens for a crash (a sanitizer) is not the subject
    ::kill(::getpid(), signals.at(part));
    nap(5);
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part);
    for (const std::string each : {"os._exit", "SIGKILL", "SIGTERM", "SIGHUP", "SIGSEGV"}) {
        const Ran ran = rerun(each);
        out(each + " rc", ran.rc);
        out(each + " workers still running", workers(ran.left).size());
    }
    out("what main printed", split(rerun("print").out, '\n'));
}
const Program program("o01_parent_dies", run);
} // namespace o01

/// O02: an orphan runs to its end, and knows that its parent is gone.
namespace o02 {
void beOrphaned(std::shared_ptr<Event> ready)
{
    const int first = ::getppid();
    ready->set();
    nap(1.5);
    say("getppid changed: " + shown(::getppid() != first));
    say("parent alive: " + shown(parentProcess()->isAlive()));
}
const Target orphan = registerTarget("o02.orphan", beOrphaned);

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x", {.linger = 4.0});
        for (const std::string& line : lines(ran.out))
            out("orphan", line);
        out("main rc", ran.rc);
        return;
    }
    const auto ready = Context::standard().event();
    process({.target = orphan, .args = {ready}, .daemon = true})->start();
    ready->wait();
    ::kill(::getpid(), SIGKILL);
}
const Program program("o02_orphan_finishes", run);
} // namespace o02

namespace o03 {
const Target plain = registerTarget(
    "o03.plain", +[](std::shared_ptr<Event> ready) {
        ready->set();
        nap(1.0);
        say("plain ended");
    });
const Target daemon = registerTarget(
    "o03.daemon", +[](std::shared_ptr<Event> ready) {
        setSignalHandler(SIGTERM, [](int) {
            say("daemon got SIGTERM");
            osExit(0);
        });
        ready->set();
        nap(60);
    });
const Target nine = registerTarget(
    "o03.nine", +[] { exit(9); });

/// A plain child and a daemon, both at work.
void startBoth()
{
    const auto first = Context::standard().event();
    const auto second = Context::standard().event();
    process({.target = plain, .args = {first}})->start();
    process({.target = daemon, .args = {second}, .daemon = true})->start();
    first->wait();
    second->wait();
}

/// O03: main fails or leaves; what follows is the same.
void runPart(const std::string& part)
{
    startBoth();
    if (part == "raise")
        throw ValueError("boom");
    if (part == "exit3")
        exit(3);
    if (part == "exitmsg")
        exit("message");
    const ProcessPtr p = process({.target = nine});
    p->start();
    p->join();
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part);
    for (const std::string each : {"raise", "exit3", "exitmsg", "child fails"}) {
        const Ran ran = rerun(each);
        out(each + " rc", ran.rc);
        out(each + " stdout", split(ran.out, '\n'));
        out(each + " stderr last", lastLine(ran.err, ""));
    }
}
const Program program("o03_main_fails", run);
} // namespace o03

/// O04: main answers SIGTERM by exit(): its exit sequence runs. Forks have that handler too.
namespace o04 {
const Target endless = registerTarget(
    "o04.endless", +[](std::shared_ptr<Event> ready) {
        ready->set();
        nap(60);
    });

void runPart()
{
    setSignalHandler(SIGTERM, [](int) { exit(143); });
    const auto ready = Context::standard().event();
    const ProcessPtr p = process({.target = endless, .args = {ready}, .name = "D", .daemon = true});
    p->start();
    ready->wait();
    addFinalizer([p] { say("daemon ended with " + shown(p->exitCode())); }, -1);
    atExit([] { say("atexit"); });
    ::kill(::getpid(), SIGTERM);
    nap(60);
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart();
    const Ran ran = rerun("x");
    out("rc", ran.rc);
    for (const std::string& line : lines(ran.out))
        out("stdout", line);
    out("stderr", ran.err.empty() ? "-" : lastLine(ran.err));
    out("left", workers(ran.left).size());
}
const Program program("o04_main_exits_on_sigterm", run);
} // namespace o04

} // namespace daemonscope::conformance
