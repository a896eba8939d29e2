// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include "engine/state.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <vector>

namespace daemonscope::conformance {

/// E03: a daemon that ignores SIGTERM keeps main.
namespace e03 {
const Target deaf = registerTarget(
    "e03.deaf", +[](std::shared_ptr<Event> ready) {
        setSignalIgnored(SIGTERM);
        ready->set();
        nap(2.5);
        say("daemon finished by itself");
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        const Ran ran = rerun("x");
        out("rc", ran.rc);
        out("stdout", split(ran.out, '\n'));
        out("took", band(ran.elapsed, {"2.5", "6"}));
        return;
    }
    const auto ready = Context::standard().event();
    process({.target = deaf, .args = {ready}, .daemon = true})->start();
    ready->wait();
    say("main ends");
}
const Program program("e03_deaf_daemon", run);
} // namespace e03

/// E04: all daemons are signalled before anybody is waited for.
namespace e04 {
void live(std::string label, double duration, std::shared_ptr<Event> ready)
{
    setSignalHandler(SIGTERM, [label](int) {
        say(label + " got SIGTERM");
        osExit(0);
    });
    ready->set();
    nap(duration);
    say(label + " ended");
}
const Target living = registerTarget("e04.live", live);

void runPart()
{
    const std::vector<std::pair<std::string, double>> children{{"plain", 1.5}, {"daemon 1", 60}, {"daemon 2", 60}};
    std::vector<std::shared_ptr<Event>> ready;
    for (const auto& [label, duration] : children) {
        ready.push_back(Context::standard().event());
        process({.target = living, .args = {label, duration, ready.back()}, .daemon = label != "plain"})->start();
    }
    for (const auto& event : ready)
        event->wait();
    say("main ends");
    exit(4);
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart();
    const Ran ran = rerun("x");
    out("rc", ran.rc);
    std::vector<std::string> all = split(ran.out, '\n');
    all.resize(4);
    out("first", all[0]);
    std::ranges::sort(all.begin() + 1, all.begin() + 3);
    out("then both daemons, any order", std::vector<std::string>(all.begin() + 1, all.begin() + 3));
    out("last", all[3]);
    out("took", band(ran.elapsed, {"1.5", "4"}));
}
const Program program("e04_plain_child_blocks", run);
} // namespace e04

/// E05: each process does it for its own children.
namespace e05 {
const Target slow = registerTarget(
    "e05.slow", +[] {
        nap(0.8);
        say("grandchild ended");
    });
const Target endless = registerTarget(
    "e05.endless", +[](std::shared_ptr<Event> ready) {
        setSignalHandler(SIGTERM, [](int) {
            say("daemon grandchild got SIGTERM");
            osExit(0);
        });
        ready->set();
        nap(60);
    });
void makeFamily(std::string kind, std::shared_ptr<Event> ready)
{
    if (kind == "plain")
        process({.target = slow})->start();
    else
        process({.target = endless, .args = {ready}, .daemon = true})->start();
    if (kind == "daemon")
        ready->wait();
    say("child's target returns");
}
const Target child = registerTarget("e05.child", makeFamily);

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const char* each : {"plain", "daemon"}) {
            const Ran ran = rerun(each);
            out(std::string(each) + ": rc", ran.rc);
            for (const std::string& line : lines(ran.out))
                out(each, line);
        }
        return;
    }
    // Kept, as start() drops its arguments, and with them would go what the child has yet to open.
    const auto ready = Context::standard().event();
    const ProcessPtr p = process({.target = child, .args = {part, ready}});
    p->start();
    p->join();
    say("main saw it end with " + shown(p->exitCode()));
}
const Program program("e05_nested", run);
} // namespace e05

/// E06: the exit sequence runs once; a fork in the midst of it believes that it has run.
namespace e06 {
void end(std::string label, double duration)
{
    nap(duration);
    say(label + " ended");
}
const Target leaf = registerTarget("e06.leaf", end);
const Target middle = registerTarget(
    "e06.middle", +[] {
        say("child: exiting mark " + shown(bool(state().exiting)));
        process({.target = leaf, .args = {"grandchild", 2.0}})->start();
    });

void startLate()
{
    const ProcessPtr p = process({.target = middle});
    p->start();
    p->join();
    say("child ended with " + shown(p->exitCode()));
}

void run(const std::string& part)
{
    setup();
    if (part == "late") {
        addFinalizer(startLate, -1);
        const ProcessPtr p = process({.target = leaf, .args = {"warm-up", 0.4}});
        p->start();
        p->join();
    } else if (part == "twice") {
        addFinalizer([] { say("finalizer"); }, 0);
        runExitSequence();
        runExitSequence();
        process({.target = leaf, .args = {"child after exit function", 30.0}, .daemon = true})->start();
        say("main ends");
    } else {
        Ran ran = rerun("late");
        out("rc", ran.rc);
        for (const std::string& line : lines(ran.out))
            out("late start", line);
        out("stderr last", lastLine(ran.err));
        ran = rerun("twice");
        for (const std::string& line : lines(ran.out))
            out("twice", line);
        out("twice: a daemon started after the exit function is left running", workers(ran.left).size());
    }
}
const Program program("e06_exit_idempotent", run);
} // namespace e06

/// E08: a daemon that answers SIGTERM by exit() ends in order, and main waits for that.
namespace e08 {
struct SayAtEnd {
    ~SayAtEnd() { say("daemon: finally"); }
};
const Target orderly = registerTarget(
    "e08.orderly", +[](std::shared_ptr<Event> ready) {
        setSignalHandler(SIGTERM, [](int) { exit(12); });
        addFinalizer([] { say("daemon: finalizer"); }, 0);
        std::fputs("daemon: buffered\n", stdout);
        const SayAtEnd last;
        ready->set();
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
        out("stderr", ran.err.empty() ? "-" : ran.err);
        return;
    }
    const auto ready = Context::standard().event();
    const ProcessPtr p = process({.target = orderly, .args = {ready}, .daemon = true});
    p->start();
    ready->wait();
    addFinalizer([p] { say("main, after the joins: exit code " + shown(p->exitCode())); }, -1);
    say("main ends");
}
const Program program("e08_orderly_daemon", run);
} // namespace e08

} // namespace daemonscope::conformance
