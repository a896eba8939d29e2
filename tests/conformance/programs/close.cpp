// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace daemonscope::conformance {

/// C01: close(), and what it leaves.
namespace c01 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 0.5}});
    const auto closing = [](const ProcessPtr& q) { return attempt([&] { q->close(); }); };
    p->start();
    out("running", closing(p));
    p->join();
    out("finished", closing(p));
    out("again", closing(p));
    const std::vector<std::pair<const char*, std::function<std::string()>>> calls{
        {"start", [&] { return attempt([&] { p->start(); }); }},
        {"join", [&] { return attempt([&] { p->join(); }); }},
        {"terminate", [&] { return attempt([&] { p->terminate(); }); }},
        {"kill", [&] { return attempt([&] { p->kill(); }); }},
        {"is_alive", [&] { return attempt([&] { return p->isAlive(); }); }},
        {"exitcode", [&] { return attempt([&] { return p->exitCode(); }); }},
        {"pid", [&] { return attempt([&] { return p->pid(); }); }},
        {"ident", [&] { return attempt([&] { return p->ident(); }); }},
        {"sentinel", [&] { return attempt([&] { return p->sentinel(); }); }},
        {"name", [&] { return attempt([&] { return p->name(); }); }},
        {"daemon", [&] { return attempt([&] { return p->daemon(); }); }},
    };
    for (const auto& [label, call] : calls)
        out(label, call());
    out("name setter", setting([&] { p->setName("z"); }));
    const std::vector<ProcessPtr> children = activeChildren();
    out("listed", std::ranges::find(children, p) != children.end());
    const ProcessPtr q = process({.target = noopTarget});
    out("unstarted close", closing(q));
    out("then start", attempt([&] { q->start(); }));
    const ProcessPtr dead = process({.target = noopTarget});
    dead->start();
    const char end = isForkServer() ? '\0' : 'Z';
    waitUntil([&] { return processState(*dead->pid()) == end; });
    nap(0.2);
    out("close of a dead, never joined child reaps it", closing(dead));
    out("active children", "[" + std::string(activeChildren().empty() ? "" : "...") + "]");
}
const Program program("c01_close", run);
} // namespace c01

/// C01: the key of a closed object can be read and set.
namespace c02 {
void run(const std::string&)
{
    setup();
    const ProcessPtr main = currentProcess();
    const ProcessPtr ended = process({.target = noopTarget});
    const ProcessPtr fresh = process({.target = noopTarget});
    ended->start();
    ended->join();
    for (const auto& [label, p] : {std::pair<std::string, ProcessPtr>("ended", ended), {"never started", fresh}}) {
        const auto tell = [key = label + ", closed: "](
                              const std::string& what, const std::string& answer) { out(key + what, answer); };
        p->close();
        tell("pid", attempt([&, q = p] { return q->pid(); }));
        tell("has main's key", attempt([&, q = p] { return q->authKey() == main->authKey(); }));
        tell("set", attempt([q = p] { q->setAuthKey("secret"); }));
        tell("has the new key", attempt([q = p] { return q->authKey() == "secret"; }));
    }
    out("main has the new key", main->authKey() == "secret");
}
const Program program("c02_key_after_close", run);
} // namespace c02

/// K01: the key that processes of a program share.
namespace k01 {
const Target child = registerTarget(
    "k01.child", +[](std::string label, std::string key) { out(label, currentProcess()->authKey() == key); });

void run(const std::string&)
{
    setup();
    const ProcessPtr main = currentProcess();
    out("length", main->authKey().size());
    const ProcessPtr p = process({.target = child, .args = {"child has the same key", main->authKey()}});
    out("object has it before start", p->authKey() == main->authKey());
    p->start();
    p->join();
    const ProcessPtr q = process({.target = child, .args = {"key set on the object", "secret"}});
    out("set bytes", setting([&] { q->setAuthKey("secret"); }));
    q->start();
    q->join();
    out("parent key unchanged", main->authKey() != "secret");
}
const Program program("k01_authkey", run);
} // namespace k01

} // namespace daemonscope::conformance
