// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include "engine/processbody.h"

#include <unistd.h>

namespace daemonscope::conformance {

/// D01: the main process's object.
namespace d01 {
void run(const std::string&)
{
    setup();
    const ProcessPtr main = currentProcess();
    out("type", main->className());
    out("name", main->name());
    out("daemon", main->daemon());
    out("daemon key in config", main->body().daemon.has_value());
    out("identity", "(" + identityText(main->body().identity, ',') + ")");
    out("pid is os.getpid()", main->pid() == ::getpid() && main->ident() == ::getpid());
    out("is_alive", main->isAlive());
    out("exitcode", main->exitCode());
    out("parent_process", parentProcess() ? parentProcess()->name() : "None");
    out("active_children", "[" + std::string(activeChildren().empty() ? "" : "...") + "]");
    out("sentinel", attempt([&] { return main->sentinel(); }));
    out("join", attempt([&] { main->join(); }));
    out("start", attempt([&] { main->start(); }));
    out("terminate", attempt([&] { main->terminate(); }));
    out("close", attempt([&] { main->close(); }));
    out("is_alive after close", attempt([&] { return main->isAlive(); }));
    out("repr", replaced(main->repr(), std::to_string(::getpid()), "PID"));
}
const Program program("d01_main_defaults", run);
} // namespace d01

/// D02: the constructor's flag. Nothing but yes, no and "inherit" can be said in C++.
namespace d02 {
void run(const std::string&)
{
    setup();
    out("no argument", process({})->daemon());
    out("daemon=None", process({.daemon = std::nullopt})->daemon());
    out("daemon=True", process({.daemon = true})->daemon());
    out("daemon=False", process({.daemon = false})->daemon());
}
const Program program("d02_constructor", run);
} // namespace d02

/// D03: the flag is open until start(), and again after close().
namespace d03 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 0.2}});
    const auto set = [&](bool value) { return setting([&] { p->setDaemon(value); }); };
    out("before start True", set(true));
    out("before start False", set(false));
    out("before start True again", set(true));
    out("value", p->daemon());
    p->start();
    out("running", set(false));
    out("running, same value", set(true));
    out("value kept", p->daemon());
    p->join();
    out("after join", set(false));
    p->close();
    out("after close", set(false));
    out("value after close", p->daemon());
}
const Program program("d03_setter", run);
} // namespace d03

/// D06: inherited from the maker when the object is made, not when it is started.
namespace d06 {
void tellOfDefaults(const std::string& label)
{
    out(label + ": own flag", currentProcess()->daemon());
    out(label + ": new object", process({})->daemon());
    out(label + ": new object, no", process({.daemon = false})->daemon());
    out(label + ": new object, yes", process({.daemon = true})->daemon());
    out(label + ": no, start", attempt([] { process({.daemon = false})->start(); }));
}
const Target tell = registerTarget("d06.tell", tellOfDefaults);

void run(const std::string&)
{
    setup();
    currentProcess()->setDaemon(true);
    const ProcessPtr made = process({.target = tell, .args = {"made while main was daemon"}});
    currentProcess()->setDaemon(false);
    out("main is no daemon again, object", made->daemon());
    made->start();
    made->join();
    out("exit code", made->exitCode());
    for (const bool flag : {true, false}) {
        const ProcessPtr p = process({.target = tell, .args = {flag ? "daemon" : "plain"}, .daemon = flag});
        p->start();
        p->join();
    }
    const ProcessPtr last = process({.target = noopTarget});
    last->setDaemon(true);
    out("set before start, next object", process({})->daemon());
}
const Program program("d06_inherited", run);
} // namespace d06

} // namespace daemonscope::conformance
