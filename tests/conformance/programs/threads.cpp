// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <csignal>
#include <cstdio>
#include <filesystem>

namespace daemonscope::conformance {

/// H01: a child waits for its plain threads after its exit sequence; daemon threads are dropped.
namespace h01 {
const Target leaf = registerTarget(
    "h01.leaf", +[] {
        nap(0.9);
        say("grandchild ended");
    });

void startThread(const std::string& label, double duration, bool daemon)
{
    Thread thread({.target =
                       [label, duration] {
                           nap(duration);
                           say(label + " ended");
                       },
        .daemon = daemon});
    thread.start();
}

const Target tree = registerTarget(
    "h01.tree", +[] {
        startThread("plain thread", 2.2, false);
        startThread("daemon thread", 3.5, true);
        process({.target = leaf})->start();
        say("target done");
    });

const Target order = registerTarget(
    "h01.order", +[] {
        const ProcessPtr g = process({.target = napTarget, .args = {60.0}, .daemon = true});
        g->start();
        const int pid = *g->pid();
        Thread thread({.target = [pid] {
            nap(1.5);
            const char state = processState(pid);
            say("thread ends, daemon grandchild alive: " + shown(state != '\0' && state != 'Z' && state != 'X'));
        }});
        thread.start();
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("tree");
        out("tree", split(ran.out, '\n'));
        out("rc", ran.rc);
        out("order", split(rerun("order").out, '\n'));
        return;
    }
    const ProcessPtr p = process({.target = part == "tree" ? tree : order});
    p->start();
    p->join();
    if (part == "tree")
        say("exit code " + shown(p->exitCode()));
}
const Program program("h01_threads", run);
} // namespace h01

/// H02: what a thread ends with is its own affair; a start from a thread.
namespace h02 {
const Target child = registerTarget(
    "h02.child", +[](std::string kind) {
        Thread thread({.target = [kind] {
            if (kind == "error")
                throw Exception("ZeroDivisionError", "division by zero");
            exit(5);
        }});
        thread.start();
        thread.join();
    });
const Target tellOfThread = registerTarget(
    "h02.thread", +[] {
        // Only the main thread may set one.
        const bool isMain = setting([] { setSignalDefault(SIGUSR1); }) == "ok";
        say("child main thread is " + shown(isMain) + " " + currentThreadName());
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const char* each : {"error", "exit"})
            out(each, strip(rerun(each).out));
        out("from-thread", split(rerun("from-thread").out, '\n'));
    } else if (part == "from-thread") {
        Thread thread({.target =
                           [] {
                               const ProcessPtr p = process({.target = tellOfThread});
                               p->start();
                               p->join();
                           },
            .name = "T"});
        thread.start();
        thread.join();
    } else {
        const ProcessPtr p = process({.target = child, .args = {part}});
        p->start();
        p->join();
        say("exit code " + shown(p->exitCode()));
    }
}
const Program program("h02_thread_error", run);
} // namespace h02

/// H03: atexit handlers in children.
namespace h03 {
const Target child = registerTarget(
    "h03.child", +[](std::string kind) {
        atExit([] { say("registered in child ran"); });
        atExit([] { std::fputs("unflushed output of a child handler\n", stdout); });
        if (kind == "raise")
            throw SystemExit(2);
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const char* each : {"return", "raise"})
            out(each, split(rerun(each).out, '\n'));
        return;
    }
    atExit([] { say("registered in parent ran in " + currentProcess()->name()); });
    const ProcessPtr p = process({.target = child, .args = {part}});
    p->start();
    p->join();
}
const Program program("h03_atexit_in_child", run);
} // namespace h03

/// M05: only the thread that forks is in the child.
namespace m05 {
const Target child = registerTarget(
    "m05.child", +[] {
        std::size_t threads = 0;
        for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task"))
            ++threads;
        say("threads in child " + shown(threads));
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x");
        out("stdout", split(ran.out, '\n'));
        out("warned", ran.err.find("fork") != std::string::npos);
        out("text", ran.err.empty() ? "-" : ran.err);
        return;
    }
    Thread thread({.target = napTarget, .args = {stretch() * 0.6}});
    thread.start();
    const ProcessPtr p = process({.target = child});
    p->start();
    p->join();
}
const Program program("m05_fork_in_threads", run);
} // namespace m05

} // namespace daemonscope::conformance
