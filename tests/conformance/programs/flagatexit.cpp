// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <csignal>

namespace daemonscope::conformance {

/// D04, D05: at exit only the flags count that the parent's objects had at start(). Neither main's own flag nor what
/// children did to theirs changes who is terminated and who is joined.
namespace d10 {
void tell(const std::string& what)
{
    say(currentProcess()->name() + " " + what + ", own flag " + shown(currentProcess()->daemon()));
}

/// Turns the process's own flag if wanted; on SIGTERM tells, calls `atEnd` and ends.
void begin(bool turns, std::function<void()> atEnd)
{
    if (turns)
        currentProcess()->setDaemon(!currentProcess()->daemon());
    setSignalHandler(SIGTERM, [atEnd = std::move(atEnd)](int) {
        tell("got SIGTERM");
        atEnd();
        osExit(0);
    });
}

const Target asDaemon = registerTarget(
    "d10.daemon", +[](bool turns, std::shared_ptr<Event> ready, std::shared_ptr<Event> told) {
        begin(turns, [told] { told->set(); });
        ready->set();
        nap(60);
    });
/// Ends a while after the daemon got SIGTERM: a main that does not join it is gone by then.
const Target asPlain = registerTarget(
    "d10.plain", +[](bool turns, std::shared_ptr<Event> ready, std::shared_ptr<Event> told) {
        begin(turns, [] {});
        ready->set();
        told->wait();
        nap(0.4);
        tell("ended");
    });

void runPart(bool turns)
{
    const auto ready = Context::standard().event();
    const auto told = Context::standard().event();
    const ProcessPtr daemon =
        process({.target = asDaemon, .args = {turns, ready, told}, .name = "daemon", .daemon = true});
    const ProcessPtr plain =
        process({.target = asPlain, .args = {turns, ready, told}, .name = "plain", .daemon = false});
    for (const ProcessPtr& p : {daemon, plain}) {
        p->start();
        ready->wait();
        ready->clear();
    }
    if (!turns)
        currentProcess()->setDaemon(true);
    addFinalizer(
        [daemon, plain] {
            say("main, after the joins: daemon " + shown(daemon->exitCode()) + ", plain " + shown(plain->exitCode()));
        },
        -1);
    say("main ends, own flag " + shown(currentProcess()->daemon()));
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part == "children");
    for (const std::string each : {"main", "children"}) {
        const Ran ran = rerun(each);
        out(each + " turned: rc", ran.rc);
        for (const std::string& line : lines(ran.out))
            out(each + " turned", line);
    }
}
const Program program("d10_flag_at_exit", run);
} // namespace d10

} // namespace daemonscope::conformance
