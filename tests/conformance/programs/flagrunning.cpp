// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

namespace daemonscope::conformance {

/// D04: the flag of the running main process, and what it changes.
namespace d04 {
void tellOfFlag(std::shared_ptr<Event> go)
{
    go->wait(); // its line comes behind that of the parent
    out("child sees itself as daemon", currentProcess()->daemon());
}
const Target tell = registerTarget("d04.tell", tellOfFlag);

void runMainPart()
{
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 0.4}});
    p->start();
    currentProcess()->setDaemon(true);
    say("main-end");
}

std::string starting(const ProcessPtr& p)
{
    return attempt([&] { p->start(); });
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runMainPart();
    const ProcessPtr main = currentProcess();
    const ProcessPtr before = process({.target = napTarget, .args = {stretch() * 0.2}});
    const ProcessPtr running = process({.target = napTarget, .args = {stretch() * 1.0}});
    running->start();
    out("set True on main", setting([&] { main->setDaemon(true); }));
    out("main.daemon", main->daemon());
    out("object made before", before->daemon());
    out("its start()", starting(before));
    const auto go = Context::standard().event();
    const ProcessPtr after = process({.target = tell, .args = {go}});
    out("object made after (inherits)", after->daemon());
    out("its start()", starting(after));
    const ProcessPtr plain = process({.target = tell, .args = {go}, .daemon = false});
    out("explicit False: flag", plain->daemon());
    out("explicit False: start()", starting(plain));
    out("child started earlier: flag", running->daemon());
    out("child started earlier: alive", running->isAlive());
    out("join still works", attempt([&] { running->join(); }));
    out("set False on main", setting([&] { main->setDaemon(false); }));
    out("refused object can be started now", starting(after));
    go->set();
    after->join();
    out("its exit code", after->exitCode());
    out("object made before starts too", starting(before));
    before->join();
    const Ran ran = rerun("exit");
    out("main that is daemon still joins at exit: rc", ran.rc);
    out("main that is daemon still joins at exit: output", words(ran.out));
}
const Program program("d04_set_on_main", run);
} // namespace d04

/// D05: a child sets its own flag.
namespace d05 {
const Target grandchild = registerTarget(
    "d05.grandchild", +[](std::shared_ptr<Event> go) {
        go->wait(); // its line comes behind that of its parent
        out("grandchild ran, its flag", currentProcess()->daemon());
    });

void dropFlag()
{
    const ProcessPtr self = currentProcess();
    const auto go = Context::standard().event();
    out("child flag", self->daemon());
    const ProcessPtr refused = process({.target = grandchild, .args = {go}});
    out("start as daemon", attempt([&] { refused->start(); }));
    out("set False on itself", setting([&] { self->setDaemon(false); }));
    out("child flag now", self->daemon());
    out("refused object keeps its own flag", refused->daemon());
    const ProcessPtr fresh = process({.target = grandchild, .args = {go}});
    out("new object inherits", fresh->daemon());
    out("start now", attempt([&] { fresh->start(); }));
    go->set();
    fresh->join();
    out("grandchild exit code", fresh->exitCode());
}
const Target dropping = registerTarget("d05.drop", dropFlag);

void takeFlag()
{
    out("non-daemon child sets True on itself", setting([] { currentProcess()->setDaemon(true); }));
    out("then start", attempt([] { process({.target = grandchild})->start(); }));
}
const Target taking = registerTarget("d05.take", takeFlag);

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = dropping, .daemon = true});
    p->start();
    p->join();
    out("parent still sees daemon", p->daemon());
    out("exit code", p->exitCode());
    const ProcessPtr q = process({.target = taking});
    q->start();
    q->join();
    out("parent sees q.daemon", q->daemon());
}
const Program program("d05_set_inside_child", run);
} // namespace d05

} // namespace daemonscope::conformance
