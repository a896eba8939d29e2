// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <algorithm>
#include <csignal>

namespace daemonscope::conformance {

/// I01: SIGINT to the whole group, as from a terminal, and to main alone.
namespace i01 {
const Target child = registerTarget(
    "i01.child", +[](std::string label) {
        nap(2.6);
        say(label + " ended");
    });

void runPart(const std::string& part)
{
    atExit([] { say("first handler (last registered)"); });
    const ProcessPtr p = process({.target = child, .args = {"plain"}, .name = "plain"});
    p->start();
    process({.target = child, .args = {"daemon"}, .name = "daemon", .daemon = true})->start();
    if (part == "in join")
        p->join();
    else if (part == "in sleep")
        nap(4);
    say("main ends normally");
}

void tell(const std::string& label, const Ran& ran, bool mainOnly)
{
    out(label + ": rc", ran.rc);
    out(label + ": stdout", split(ran.out, '\n'));
    // The daemon's own heading may or may not get out: main is already sending it SIGTERM.
    std::vector<std::string> headings = lines(ran.err);
    std::erase_if(headings, [](const std::string& line) {
        return !startsWith(line, "Process plain") && !startsWith(line, "Error in")
            && !startsWith(line, "Exception ignored");
    });
    std::ranges::sort(headings);
    out(label + ": headings", headings);
    out(label + ": last line", mainOnly ? lastLine(ran.err) : "(mixed)");
    out(label + ": workers left", workers(ran.left).size());
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part);
    for (const bool mainOnly : {false, true}) {
        for (const std::string each : {"in join", "in sleep", "in exit handler"}) {
            const Ran ran = rerun(each, {.signal = SIGINT, .after = 1.2, .toGroup = !mainOnly});
            tell(std::string(mainOnly ? "main" : "group") + ", main " + each, ran, mainOnly);
        }
    }
}
const Program program("i01_keyboard_interrupt", run);
} // namespace i01

/// I02: main was launched with SIGINT ignored.
namespace i02 {
bool isIgnored()
{
    struct sigaction current { };
    ::sigaction(SIGINT, nullptr, &current);
    return current.sa_handler == SIG_IGN;
}
/// What Python's getsignal() gives: a word for the default and for ignoring, or a function.
const Target child = registerTarget(
    "i02.child", +[] {
        say(std::string("child ") + (isIgnored() ? "Handlers" : "builtin_function_or_method") + " "
            + shown(isIgnored()));
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const bool ignored : {true, false}) {
            const Ran ran = rerun("x", {.interruptIgnored = ignored});
            out(std::string("launched with SIGINT ") + (ignored ? "ignored" : "default"), split(ran.out, '\n'));
        }
        return;
    }
    say("main " + shown(isIgnored()));
    const ProcessPtr p = process({.target = child});
    p->start();
    p->join();
}
const Program program("i02_sigint_ignored", run);
} // namespace i02

} // namespace daemonscope::conformance
