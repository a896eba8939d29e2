// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace daemonscope::conformance {

/// T01: terminate() and kill(), and when they do nothing.
namespace t01 {
const Target deaf = registerTarget(
    "t01.deaf", +[](std::shared_ptr<Event> ready) {
        setSignalIgnored(SIGTERM);
        ready->set();
        nap(60);
    });

ProcessPtr startedNap(double duration)
{
    ProcessPtr p = process({.target = napTarget, .args = {stretch() * duration}});
    p->start();
    return p;
}

void runEnded()
{
    ProcessPtr p = process({.target = napTarget, .args = {60.0}});
    out("terminate before start", attempt([&] { p->terminate(); }));
    out("kill before start", attempt([&] { p->kill(); }));
    p->start();
    out("terminate", attempt([&] { p->terminate(); }));
    p->join();
    out("exit code", p->exitCode());
    out("terminate again", attempt([&] { p->terminate(); }));
    p = startedNap(60);
    out("kill", attempt([&] { p->kill(); }));
    p->join();
    out("exit code", p->exitCode());
    p = startedNap(0);
    waitUntil([&] { return processState(*p->pid()) == (isForkServer() ? '\0' : 'Z'); });
    nap(0.2);
    out("terminate a dead but unreaped child", attempt([&] { p->terminate(); }));
    p->join();
    out("exit code", p->exitCode());
}

void run(const std::string&)
{
    setup();
    runEnded();
    const auto ready = Context::standard().event();
    ProcessPtr p = process({.target = deaf, .args = {ready}});
    p->start();
    ready->wait();
    p->terminate();
    p->join(seconds(0.5));
    out("SIGTERM ignored: exit code after terminate", p->exitCode());
    ::kill(*p->pid(), SIGKILL);
    p->join();
    out("then SIGKILL", p->exitCode());
    p = startedNap(60);
    ::kill(*p->pid(), SIGSTOP);
    waitUntil([&] { return processState(*p->pid()) == 'T'; });
    p->terminate();
    p->join(seconds(0.4));
    out("stopped: exit code after terminate", p->exitCode());
    ::kill(*p->pid(), SIGCONT);
    p->join();
    out("after SIGCONT", p->exitCode());
    p = startedNap(60);
    p->terminate();
    p->join();
    out("terminate at once after start", p->exitCode());
    p->close();
    out("terminate after close", attempt([&] { p->terminate(); }));
    out("kill after close", attempt([&] { p->kill(); }));
}
const Program program("t01_terminate_kill", run);
} // namespace t01

/// T02: a terminated child ends without any of its own last steps, and leaves its children behind.
namespace t02 {
const Target leaf = registerTarget(
    "t02.leaf", +[](std::shared_ptr<Event> ready) {
        ready->set();
        nap(1.5);
        say("grandchild outlived");
    });

struct SayAtEnd {
    ~SayAtEnd() { say("finally ran"); }
};
const Target body = registerTarget(
    "t02.body", +[](std::shared_ptr<Event> ready) {
        atExit([] { say("atexit ran"); });
        addFinalizer([] { say("finalizer ran"); }, 0);
        process({.target = leaf, .args = {ready}})->start();
        std::fputs("buffered text\n", stdout);
        const SayAtEnd last;
        nap(60);
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x");
        out("rc", ran.rc);
        for (const std::string& line : lines(ran.out))
            out("stdout", line);
        return;
    }
    const auto ready = Context::standard().event();
    const ProcessPtr p = process({.target = body, .args = {ready}});
    p->start();
    ready->wait();
    nap(0.2);
    p->terminate();
    p->join();
    say("exit code " + shown(p->exitCode()));
    nap(2.5);
}
const Program program("t02_no_cleanup", run);
} // namespace t02

/// T02: the daemon child of a terminated child is nobody's to terminate: it lives on.
namespace t05 {
const Target grandchild = registerTarget(
    "t05.grandchild", +[](std::shared_ptr<Event> lives, std::shared_ptr<Event> go, std::shared_ptr<Event> done) {
        lives->set();
        go->wait();
        say("grandchild lives on, daemon " + shown(currentProcess()->daemon()));
        done->set();
    });
const Target child = registerTarget(
    "t05.child",
    +[](std::shared_ptr<Event> up, std::shared_ptr<Event> lives, std::shared_ptr<Event> go,
         std::shared_ptr<Event> done) {
        process({.target = grandchild, .args = {lives, go, done}, .daemon = true})->start();
        lives->wait();
        up->set();
        nap(60);
    });

void run(const std::string&)
{
    setup();
    const auto up = Context::standard().event();
    const auto lives = Context::standard().event();
    const auto go = Context::standard().event();
    const auto done = Context::standard().event();
    const ProcessPtr p = process({.target = child, .args = {up, lives, go, done}});
    p->start();
    up->wait();
    p->terminate();
    p->join();
    out("child: exit code", p->exitCode());
    go->set();
    out("grandchild has answered", done->wait(seconds(20)));
}
const Program program("t05_daemon_grandchild", run);
} // namespace t05

/// T01: kill() ends a stopped child at once, which nobody has to continue for that.
namespace t06 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 60.0}});
    p->start();
    ::kill(*p->pid(), SIGSTOP);
    out("stopped", waitUntil([&] { return processState(*p->pid()) == 'T'; }));
    out("kill", attempt([&] { p->kill(); }));
    p->join(seconds(20));
    out("exit code", p->exitCode());
    if (!p->exitCode())
        ::kill(*p->pid(), SIGCONT);
}
const Program program("t06_kill_stopped", run);
} // namespace t06

/// T03: which signal states a child has from its parent.
namespace t03 {
using Action = void (*)(int);

Action actionOf(int number)
{
    struct sigaction current { };
    ::sigaction(number, nullptr, &current);
    return current.sa_handler;
}

/// The handler that raises KeyboardInterrupt, or another?
std::string interruptHandler()
{
    const std::string result = attempt([] {
        ::kill(::getpid(), SIGINT);
        checkSignals();
    });
    return result == "raised KeyboardInterrupt: " ? "default_int_handler" : result;
}

void tellOfSignals(const std::string& label)
{
    const Action term = actionOf(SIGTERM);
    out(label + ": SIGTERM in child", term == SIG_DFL ? "SIG_DFL" : term == SIG_IGN ? "SIG_IGN" : "python handler");
    out(label + ": SIGINT in child", actionOf(SIGINT) == SIG_IGN ? "SIG_IGN" : interruptHandler());
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    std::string numbers;
    for (int number = 1; number < NSIG; ++number) {
        if (::sigismember(&blocked, number) == 1)
            numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    }
    out(label + ": blocked in child", "[" + numbers + "]");
}
const Target tell = registerTarget("t03.tell", tellOfSignals);

void tellInChild(const std::string& label)
{
    const ProcessPtr p = process({.target = tell, .args = {label}});
    p->start();
    p->join();
}

void run(const std::string&)
{
    setup();
    setSignalHandler(SIGTERM, [](int) { say("handler ran in " + currentProcess()->name()); });
    tellInChild("handler");
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 2.0}, .name = "P"});
    p->start();
    nap(0.6);
    p->terminate();
    p->join(seconds(0.4));
    out("handler: exit code 0.4 s after terminate", p->exitCode());
    p->join();
    out("handler: exit code at the end", p->exitCode());
    setSignalIgnored(SIGTERM);
    tellInChild("SIG_IGN");
    setSignalDefault(SIGTERM);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    tellInChild("blocked mask");
}
const Program program("t03_handler_inherited", run);
} // namespace t03

/// T04: with forkserver the states are those of the moment when the server was started.
namespace t04 {
void run(const std::string&)
{
    setup();
    setSignalIgnored(SIGTERM);
    setSignalIgnored(SIGUSR1);
    t03::tellInChild("first start, SIGTERM ignored");
    setSignalDefault(SIGTERM);
    t03::tellInChild("second start, SIGTERM default again");
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 1.5}});
    p->start();
    nap(0.4);
    p->terminate();
    p->join();
    out("terminate() then", p->exitCode());
}
const Program program("t04_state_of_the_server", run);
} // namespace t04

} // namespace daemonscope::conformance
