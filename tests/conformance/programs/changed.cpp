// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <unistd.h>

#include <map>

namespace daemonscope::conformance {

/// What CPython changed its mind about: the profiles, against what those versions answer.
namespace changed {
const std::map<std::string, void (*)()> exits{
    {"exit()", [] { exit(); }},
    {"exit(None)", [] { exitWith({}); }},
    {"exit(3)", [] { exit(3); }},
    {"exit('text')", [] { exit("text"); }},
};
const Target leaves = registerTarget(
    "v.leaves", +[](std::string how) { exits.at(how)(); });
const Target withHandlers = registerTarget(
    "v.handlers", +[](std::string kind) {
        atExit([] { say("handler of the child"); });
        if (kind == "raises")
            throw SystemExit(2);
    });
const Target later = registerTarget(
    "v.later", +[](double seconds, std::string text) {
        nap(seconds);
        say(text);
    });
const Target threads = registerTarget(
    "v.threads", +[] {
        const ProcessPtr g = process({.target = napTarget, .args = {60.0}, .daemon = true});
        g->start();
        Thread thread({.target = [pid = *g->pid()] {
            nap(1);
            const char state = processState(pid);
            say("thread ends, daemon grandchild alive: " + shown(state != 'Z' && state != 'X' && state != '\0'));
        }});
        thread.start();
    });
const Target fails = registerTarget(
    "v.fails", +[] {
        atExit([] { say("handler of the child"); });
        process({.target = later, .args = {0.8, "grandchild ended"}})->start();
        Thread({.target = later, .args = {0.3, "thread ended"}}).start();
        throw ValueError("boom");
    });

void runAll()
{
    for (const char* name : {"exit()", "exit(None)", "exit(3)", "exit('text')"}) {
        const ProcessPtr p = process({.target = leaves, .args = {name}});
        p->start();
        p->join();
        out(std::string("child, ") + name, p->exitCode());
        out(std::string("main, ") + name, rerun(name).rc);
    }
    for (const char* each : {"returns", "raises", "threads", "fails", "order"})
        out(each, split(rerun(each).out, '\n'));
}

void runPart(const std::string& part)
{
    if (part == "order")
        ::dup2(1, 2);
    const bool isFailing = part == "fails" || part == "order";
    const ProcessPtr p = part == "threads" ? process({.target = threads})
        : isFailing                        ? process({.target = fails})
                                           : process({.target = withHandlers, .args = {part}});
    p->start();
    p->join();
    say("exit code " + shown(p->exitCode()));
}

void run(Profile profile, const std::string& part)
{
    setup();
    setProfile(profile);
    if (part.empty())
        runAll();
    else if (const auto found = exits.find(part); found != exits.end())
        found->second();
    else
        runPart(part);
}
const Program program38("v38_changed", [](const std::string& part) { run(Profile::Python38, part); });
const Program program313("v13_changed", [](const std::string& part) { run(Profile::Python313, part); });
} // namespace changed

} // namespace daemonscope::conformance
