// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include "engine/state.h"

namespace daemonscope::conformance {

/// E09: the exit sequence sends its own SIGTERM, but joins by the object's own join().
namespace e09 {
class Replaced : public Process {
public:
    using Process::Process;
    void terminate() { say("my terminate"); }

protected:
    void joinProcess(std::optional<std::chrono::nanoseconds> timeout, Where where) override
    {
        say(std::string("my join ") + (timeout ? "with timeout" : "None"));
        Process::joinProcess(timeout, where);
    }
};
const bool registered = [] {
    registerProcessClass<Replaced>("Replaced");
    return true;
}();
const Target plain = registerTarget(
    "e09.plain", +[] {
        nap(0.6);
        say("plain ended");
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const char* each : {"plain", "daemon"}) {
            const Ran ran = rerun(each);
            out(std::string(each) + ": rc", ran.rc);
            for (const std::string& line : lines(ran.out)) {
                // A daemon that is dead when the list is made again is not joined.
                if (each == std::string("plain") || !startsWith(line, "my join"))
                    out(each, line);
            }
        }
        return;
    }
    if (part == "plain")
        make<Replaced>(ProcessOptions{.target = plain})->start();
    else
        make<Replaced>(ProcessOptions{.target = napTarget, .args = {60.0}, .daemon = true})->start();
    say("main ends");
}
const Program program("e09_replaced_methods", run);
} // namespace e09

/// E11: a start from a handler of the end, before the exit sequence and after it.
namespace e11 {
const Target child = registerTarget(
    "e11.child", +[] {
        nap(0.5);
        say("late child ended");
    });

void startLate()
{
    const ProcessPtr p = process({.target = child});
    const std::string result = attempt([&] { p->start(); });
    say(result == "returned None" ? "started, exiting mark " + shown(bool(state().exiting)) : result);
}

void run(const std::string& part)
{
    if (part.empty()) {
        for (const std::string each : {"runs before", "runs after"}) {
            const Ran ran = rerun(each, {.linger = 2.0});
            out(each + ": rc", ran.rc);
            out(each + ": stdout", split(ran.out, '\n'));
            out(each + ": stderr last", lastLine(ran.err, ""));
        }
        return;
    }
    if (part == "runs after")
        atExit(startLate);
    // What importing multiprocessing.util does: the exit sequence takes its place.
    addFinalizer([] {}, 0);
    setStartMethod(method());
    if (part == "runs before")
        atExit(startLate);
}
const Program program("e11_start_at_exit", run);
} // namespace e11

} // namespace daemonscope::conformance
