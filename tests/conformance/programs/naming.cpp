// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include "engine/processbody.h"

#include <sys/wait.h>
#include <unistd.h>

namespace daemonscope::conformance {

/// N01: class name and number, counted by the process that makes the object.
namespace n01 {
class Worker : public Process { };

const Target level2 = registerTarget(
    "n01.level2", +[] {
        out("grandchild name", currentProcess()->name());
        out("its next object", process({})->name());
    });
const Target level1 = registerTarget(
    "n01.level1", +[](std::shared_ptr<Event> go) {
        go->wait(); // its lines come behind those of the parent
        out("child name", currentProcess()->name());
        out("child identity", "(" + identityText(currentProcess()->body().identity, ',') + ",)");
        for (int i = 0; i < 2; ++i) {
            const ProcessPtr child = process({.target = level2});
            child->start();
            child->join();
        }
    });

void run(const std::string&)
{
    setup();
    out("first", process({})->name());
    out("named (uses number 2)", process({.name = "x"})->name());
    out("third", process({})->name());
    out("subclass", make<Worker>()->name());
    for (const char* each : {"fork", "spawn", "forkserver"})
        out(std::string("context ") + each, Context::of(each).process({})->name());
    out("name=''", process({.name = ""})->name());
    (void)process({.name = "the ninth"});
    const auto go = Context::standard().event();
    const ProcessPtr p = process({.target = level1, .args = {go}});
    out("parent name before start", p->name());
    p->start();
    out("setter after start", setting([&] { p->setName("renamed"); }));
    go->set();
    p->join();
    out("parent side name", p->name());
    const ProcessPtr a = process({.name = "same"});
    const ProcessPtr b = process({.name = "same"});
    out("duplicates allowed", a->name() == b->name());
    const ProcessPtr q = process({.target = level1, .args = {go}, .name = "custom"});
    q->start();
    q->join();
}
const Program program("n01_naming", run);
} // namespace n01

/// N02: a copy made behind the engine's back takes itself for the original.
namespace n02 {
const Target waiting = registerTarget(
    "n02.wait", +[](std::shared_ptr<Event> stop) { stop->wait(); });

void tellInCopy(const ProcessPtr& p, const ProcessPtr& unstarted, int mainPid)
{
    out("copy: name", currentProcess()->name());
    out("copy: its pid is its own", currentProcess()->pid() == ::getpid());
    out("copy: next object", process({})->name());
    std::vector<std::string> names;
    for (const ProcessPtr& child : activeChildren())
        names.push_back(child->name());
    out("copy: active children", names);
    out("copy: join", attempt([&] { p->join(); }));
    out("copy: is_alive", attempt([&] { return p->isAlive(); }));
    out("copy: exitcode", p->exitCode());
    out("copy: start", attempt([&] { unstarted->start(); }));
    const std::string text = replaced(p->repr(), "pid=" + std::to_string(*p->pid()), "pid=CHILD");
    out("copy: repr", replaced(text, "parent=" + std::to_string(mainPid), "parent=MAIN"));
    const ProcessPtr own = process({.target = noopTarget});
    out("copy: own child, start", attempt([&] { own->start(); }));
    out("copy: own child, join", attempt([&] { own->join(); }));
    out("copy: own child, exit code", own->exitCode());
}

void run(const std::string&)
{
    setup();
    const auto stop = Context::standard().event();
    const ProcessPtr p = process({.target = waiting, .args = {stop}});
    const ProcessPtr unstarted = process({.target = noopTarget});
    p->start();
    const int mainPid = ::getpid();
    const int pid = osFork();
    if (pid == 0) {
        tellInCopy(p, unstarted, mainPid);
        osExit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    out("copy: status", WEXITSTATUS(status));
    out("main: next object", process({})->name());
    stop->set();
    p->join();
    out("main: exit code", p->exitCode());
}
const Program program("n02_raw_fork", run);
} // namespace n02

} // namespace daemonscope::conformance
