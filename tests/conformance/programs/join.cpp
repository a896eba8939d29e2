// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

namespace daemonscope::conformance {

/// J01: join(), too early, by others, with limits, again.
namespace j01 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 1.2}});
    const auto joining = [&] { return attempt([&] { p->join(); }); };
    const auto joiningFor = [&](double limit) { return attempt([&] { p->join(seconds(limit)); }); };
    out("before start", joining());
    p->start();
    for (const char* limit : {"0.1", "0", "-1"}) {
        const auto begin = std::chrono::steady_clock::now();
        out(std::string("timeout ") + limit, joiningFor(std::stod(limit)));
        out("took", band(elapsedSince(begin), {"0.1", "0.4"}));
        if (limit == std::string("0.1"))
            out("exitcode still", p->exitCode());
    }
    const int pid = osFork();
    if (pid == 0) {
        out("from another process", joining());
        osExit(0);
    }
    ::waitpid(pid, nullptr, 0);
    out("no timeout", joining());
    out("exit code", p->exitCode());
    out("again", joining());
    out("again with timeout", joiningFor(1));
    out("current_process().join()", attempt([] { currentProcess()->join(); }));
    p->close();
    out("after close", joining());
}
const Program program("j01_join", run);
} // namespace j01

/// J02: a process's own object in its own hands, and a sibling's.
namespace j02 {
const Target self = registerTarget(
    "j02.self", +[] {
        const ProcessPtr me = currentProcess();
        out("self: join", attempt([&] { me->join(); }));
        out("self: is_alive", attempt([&] { return me->isAlive(); }));
        out("self: exitcode", me->exitCode());
        out("self: pid is own", me->pid() == ::getpid());
        out("self: terminate", attempt([&] { me->terminate(); }));
        out("self: kill", attempt([&] { me->kill(); }));
        out("self: sentinel", attempt([&] { return me->sentinel(); }));
        out("self: start", attempt([&] { me->start(); }));
        out("self: close", attempt([&] { me->close(); }));
        out("self: pid after close", attempt([&] { return me->pid(); }));
        out("self: is_alive after close", attempt([&] { return me->isAlive(); }));
        out("self: name after close", me->name());
    });

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = self, .name = "S"});
    p->start();
    p->join();
    out("self: exit code", p->exitCode());
    const auto never = Context::standard().event();
    const ProcessPtr sibling = process({.target = findTarget("s07.wait"), .args = {never}, .name = "sibling"});
    sibling->start();
    if (isFork()) {
        const ProcessPtr other = process({.target = [&] {
            out("sibling: join", attempt([&] { sibling->join(); }));
            out("sibling: is_alive", attempt([&] { return sibling->isAlive(); }));
            out("sibling: exitcode", sibling->exitCode());
            out("sibling: close", attempt([&] { sibling->close(); }));
            out("sibling: terminate", attempt([&] { sibling->terminate(); }));
        }});
        other->start();
        other->join();
    } else {
        sibling->terminate();
    }
    sibling->join();
    out("sibling: exit code at the parent", sibling->exitCode());
}
const Program program("j02_on_itself", run);
} // namespace j02

/// J03: join(), with a limit or without, is interrupted by a handler that throws, and only by such a one.
namespace j03 {
void noticeSignal(const std::shared_ptr<int>& count, int number)
{
    setSignalHandler(number, [count](int) { ++*count; });
}

/// A signal to this process, soon.
Thread alarmAfter(double delay, int number)
{
    Thread thread({.target = [delay, number] {
        nap(delay);
        ::kill(::getpid(), number);
    }});
    thread.start();
    return thread;
}

void run(const std::string&)
{
    setup();
    const auto count = std::make_shared<int>(0);
    for (const bool limited : {false, true}) {
        const std::string label = limited ? "with timeout" : "without timeout";
        *count = 0;
        noticeSignal(count, SIGUSR1);
        const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 1.5}});
        const auto joining = [&] { return attempt([&] { limited ? p->join(seconds(30)) : p->join(); }); };
        p->start();
        Thread first = alarmAfter(0.4, SIGUSR1);
        out(label + ": handler returns", joining());
        first.join();
        out(label + ": handler ran", *count);
        out(label + ": exit code", p->exitCode());
        const ProcessPtr q = process({.target = napTarget, .args = {stretch() * 30}});
        q->start();
        setSignalHandler(SIGUSR2, [](int) { throw ValueError("from the handler"); });
        Thread second = alarmAfter(0.4, SIGUSR2);
        out(label + ": handler raises", attempt([&] { limited ? q->join(seconds(30)) : q->join(); }));
        second.join();
        out(label + ": exit code then", q->exitCode());
        q->kill();
        q->join();
        out(label + ": joined again", q->exitCode());
    }
}
const Program program("j03_join_and_signals", run);
} // namespace j03

} // namespace daemonscope::conformance
