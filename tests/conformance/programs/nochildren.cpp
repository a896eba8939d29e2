// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

namespace daemonscope::conformance {

/// D07: a daemon has no children.
namespace d07 {
void beRefused()
{
    const ProcessPtr child = process({.target = noopTarget});
    out("constructor", "ok, name " + child->name() + " daemon " + shown(child->daemon()));
    out("start", attempt([&] { child->start(); }));
    out("pid", child->pid());
    out("exitcode", child->exitCode());
    out("alive", child->isAlive());
    out("active_children", "[" + std::string(activeChildren().empty() ? "" : "...") + "]");
    out("start again", attempt([&] { child->start(); }));
    out("join", attempt([&] { child->join(); }));
    out("next name (number used up)", process({})->name());
    const int pid = osFork();
    if (pid == 0)
        osExit(7);
    int status = 0;
    ::waitpid(pid, &status, 0);
    out("os.fork is allowed, status", WEXITSTATUS(status));
    out("subprocess is allowed, rc", WEXITSTATUS(std::system("exit 5"))); // NOLINT(cert-env33-c): that is the question
    Thread thread({.target = noopTarget});
    thread.start();
    thread.join();
    out("thread is allowed", "ok");
}
const Target refused = registerTarget("d07.refused", beRefused);
const Target uncaught = registerTarget(
    "d07.uncaught", +[] { process({.target = noopTarget})->start(); });

void run(const std::string& part)
{
    setup();
    if (!part.empty()) {
        const ProcessPtr p = process({.target = uncaught, .name = "D", .daemon = true});
        p->start();
        p->join();
        say("exit code " + shown(p->exitCode()));
        return;
    }
    const ProcessPtr p = process({.target = refused, .daemon = true});
    p->start();
    p->join();
    out("exit code, caught", p->exitCode());
    const Ran ran = rerun("uncaught");
    const std::vector<std::string> err = lines(strip(ran.err));
    out("main rc", ran.rc);
    out("main says", strip(ran.out));
    out("stderr first line", err.at(0));
    out("stderr second line", err.at(1));
    out("stderr last line", err.back());
}
const Program program("d07_no_children", run);
} // namespace d07

/// D09: a class that gives its own answer about the flag. The exit sequence asks it, start() does not.
namespace d09 {
void tryGrandchild(const std::string& label)
{
    const ProcessPtr child = process({.target = napTarget, .args = {0.0}});
    say(label + ", start: " + attempt([&] { child->start(); }));
    child->join();
}

class LooksDaemon : public Process {
public:
    using Process::Process;
    [[nodiscard]] bool daemon() const override { return true; }
    void run() override
    {
        tryGrandchild("looks daemon");
        Process::run();
    }
};

class NoDaemon : public Process {
public:
    using Process::Process;
    [[nodiscard]] bool daemon() const override { return false; }
    void setDaemon(bool) { }
    void run() override { tryGrandchild("no daemon"); }
};

const bool registered = [] {
    registerProcessClass<LooksDaemon>("LooksDaemon");
    registerProcessClass<NoDaemon>("NoDaemon");
    return true;
}();

void beReady(std::shared_ptr<Event> ready)
{
    ready->set();
    nap(30);
}
const Target ready = registerTarget("d09.ready", beReady);

void run(const std::string& part)
{
    setup();
    if (part == "looks") {
        const auto event = Context::standard().event();
        make<LooksDaemon>(ProcessOptions{.target = ready, .args = {event}})->start();
        event->wait();
    } else if (part == "no") {
        const auto p = make<NoDaemon>();
        p->setDaemon(true);
        p->start();
    } else {
        Ran ran = rerun("looks");
        out("LooksDaemon", strip(ran.out));
        out("LooksDaemon rc", ran.rc);
        out("terminated at exit", band(ran.elapsed, {"4.0"}));
        ran = rerun("no");
        out("NoDaemon", strip(ran.out));
        out("NoDaemon rc", ran.rc);
    }
}
const Program program("d09_class_attribute", run);
} // namespace d09

} // namespace daemonscope::conformance
