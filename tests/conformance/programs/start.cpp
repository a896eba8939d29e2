// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include "engine/processbody.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace daemonscope::conformance {

/// S01: start() once, by the maker; the order of its checks.
namespace s01 {
std::string starting(const ProcessPtr& p)
{
    return attempt([&] { p->start(); });
}

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = noopTarget});
    out("first", starting(p));
    out("second while running", starting(p));
    p->join();
    out("second after join", starting(p));
    out("_target deleted by start", attempt([&] { p->run(); }) == "returned None");
    p->close();
    out("after close", starting(p));
    const ProcessPtr q = process({.target = noopTarget});
    const int pid = osFork();
    if (pid == 0) {
        out("in a forked process", starting(q));
        osExit(0);
    }
    ::waitpid(pid, nullptr, 0);
    currentProcess()->setDaemon(true);
    out("started twice and daemon: first check wins", starting(p));
    currentProcess()->setDaemon(false);
    const ProcessPtr none = process({});
    none->start();
    none->join();
    out("no target: exit code", none->exitCode());
}
const Program program("s01_start", run);
} // namespace s01

/// S01: the order of start()'s checks: closed, started, another's object, a daemon's child. Only then are dead siblings
/// reaped.
namespace s09 {
ProcessPtr ended()
{
    ProcessPtr p = process({.target = noopTarget});
    p->start();
    p->join();
    return p;
}

/// In a raw fork of main, which has made no object of its own.
void startInCopy(const std::string& label, const ProcessPtr& p, bool isDaemon)
{
    const int pid = osFork();
    if (pid == 0) {
        currentProcess()->setDaemon(isDaemon);
        out((isDaemon ? "in a daemon copy: " : "in a copy: ") + label, s01::starting(p));
        osExit(0);
    }
    ::waitpid(pid, nullptr, 0);
}

void startInDaemon(const std::string& label, const ProcessPtr& p)
{
    currentProcess()->setDaemon(true);
    out("in a daemon: " + label, s01::starting(p));
    currentProcess()->setDaemon(false);
}

void run(const std::string&)
{
    setup();
    const ProcessPtr closed = ended();
    closed->close();
    const ProcessPtr fresh = process({.target = noopTarget});
    const std::vector<std::pair<std::string, ProcessPtr>> all{
        {"closed", closed}, {"started", ended()}, {"fresh", fresh}};
    for (const bool isDaemon : {false, true}) {
        for (const auto& [label, p] : all)
            startInCopy(label, p, isDaemon);
    }
    const ProcessPtr sibling = process({.target = noopTarget});
    sibling->start();
    const int pid = *sibling->pid();
    out("sibling is dead", waitUntil([&] { return processState(pid) == (isForkServer() ? '\0' : 'Z'); }));
    for (const auto& [label, p] : all)
        startInDaemon(label, p);
    out("after refused starts: dead sibling", stateText(pid));
    out("fresh in main", s01::starting(fresh));
    out("after a start: dead sibling", stateText(pid));
    fresh->join();
}
const Program program("s09_order_of_checks", run);
} // namespace s09

/// S02: a start that fails before there is a process leaves the object as it was.
namespace s02 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = [] { nap(0.5); }});
    std::string result = attempt([&] { p->start(); });
    if (const auto address = result.find("0x"); address != std::string::npos)
        result.replace(address, result.find('>', address) - address, "ADDR");
    out("start with a lambda", result);
    out("pid is set", p->pid().has_value());
    const std::vector<ProcessPtr> children = activeChildren();
    out("listed", std::ranges::find(children, p) != children.end());
    if (!p->pid()) {
        p->body().target = {};
        out("can be started after repair", attempt([&] { p->start(); }));
    }
    p->join();
    out("exit code", p->exitCode());
}
const Program program("s02_start_fails", run);
} // namespace s02

/// S05: a start in what every process does when it begins: in C++ while static objects are initialised.
namespace s05 {
constexpr auto variable = "CONFORMANCE_S05";
const Target child = registerTarget(
    "s05.child", +[] { say("child ran"); });

const bool started = [] {
    if (!std::getenv(variable))
        return false;
    setStartMethod(method(), true);
    const ProcessPtr p = process({.target = child});
    try {
        p->start();
        p->join();
        say("exit code " + shown(p->exitCode()));
    } catch (const RuntimeError& error) {
        std::fprintf(stderr, "%s\n", error.text().c_str());
    }
    return true;
}();

void run(const std::string& part)
{
    if (!part.empty())
        return;
    const Ran ran = rerun("x", {.environment = {{variable, "1"}}});
    out("rc", ran.rc);
    out("stdout", split(ran.out, '\n'));
    std::size_t errors = 0;
    for (const std::string& line : lines(ran.err))
        errors += startsWith(line, "RuntimeError:") ? 1U : 0U;
    out("RuntimeErrors", errors);
    const auto text = ran.err.find("before the current process has finished its bootstrapping phase");
    out("has the bootstrapping text", text != std::string::npos);
}
const Program program("s05_unguarded_main", run);
} // namespace s05

/// S06: run() called by hand runs here.
namespace s06 {
int ranIn = 0;
int ranWith = 0;
const Target body = registerTarget(
    "s06.body", +[](int x) {
        ranIn = ::getpid();
        ranWith = x;
    });

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = body, .args = {1}});
    out("run()", attempt([&] { p->run(); }));
    out("in this process", ranIn == ::getpid() && ranWith == 1);
    out("exitcode", p->exitCode());
    out("start still works", attempt([&] { p->start(); }));
    p->join();
    out("run() after start", attempt([&] { p->run(); }));
}
const Program program("s06_run_in_parent", run);
} // namespace s06

/// S07: start() returns when there is a process, and waits for nothing that it does.
namespace s07 {
const Target waiting = registerTarget(
    "s07.wait", +[](std::shared_ptr<Event> go) { go->wait(); });

void run(const std::string&)
{
    setup();
    const auto go = Context::standard().event();
    const ProcessPtr p = process({.target = waiting, .args = {go}});
    out("start", attempt([&] { p->start(); }));
    out("pid is a process", processState(*p->pid()) != '\0');
    out("exit code", p->exitCode());
    out("alive", p->isAlive());
    const ProcessPtr second = process({.target = waiting, .args = {go}});
    out("next start, while the first waits", attempt([&] { second->start(); }));
    out("listed", activeChildren().size());
    go->set();
    p->join();
    second->join();
    out("exit codes", shown(p->exitCode()) + " " + shown(second->exitCode()));
}
const Program program("s07_start_returns", run);
} // namespace s07

} // namespace daemonscope::conformance
