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
