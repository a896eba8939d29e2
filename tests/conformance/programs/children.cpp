// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace daemonscope::conformance {
namespace children {

std::vector<std::string> activeNames()
{
    std::vector<std::string> names;
    for (const ProcessPtr& child : activeChildren())
        names.push_back(child->name());
    std::ranges::sort(names);
    return names;
}

} // namespace children

/// L01: active_children() lists own, started, living children, and reaps the others.
namespace l01 {
using children::activeNames;

const Target child = registerTarget(
    "l01.child", +[] {
        out("in the child at start", activeNames());
        const ProcessPtr g = process({.target = napTarget, .args = {stretch() * 0.3}, .name = "g"});
        g->start();
        out("in the child", activeNames());
        g->join();
    });

ProcessPtr startedNap(double duration, const std::string& name, bool daemon = false)
{
    ProcessPtr p = process({.target = napTarget, .args = {stretch() * duration}, .name = name, .daemon = daemon});
    p->start();
    return p;
}

/// Waits for the end that only a reaper may see: a zombie, or with forkserver nothing.
void awaitEnd(int pid)
{
    waitUntil([&] { return processState(pid) == 'Z' || processState(pid) == '\0'; });
    nap(0.1);
}

void run(const std::string&)
{
    setup();
    const ProcessPtr a = startedNap(0.1, "a");
    ProcessPtr b = startedNap(60, "b", true);
    const ProcessPtr c = process({.target = napTarget, .args = {0.0}, .name = "never started"});
    awaitEnd(*a->pid());
    out("state of a", isForkServer() ? "n/a" : stateText(*a->pid()));
    out("listed", activeNames());
    out("state of a afterwards", stateText(*a->pid()));
    b.reset();
    out("object without other reference", activeNames());
    const ProcessPtr x = activeChildren().at(0);
    x->terminate();
    x->join();
    out("after join", activeNames());
    const ProcessPtr z = startedNap(0, "");
    const int zombie = *z->pid();
    awaitEnd(zombie);
    const std::string before = stateText(zombie);
    const ProcessPtr q = startedNap(0, "");
    out("zombie before / after another start()", before + " / " + stateText(zombie));
    q->join();
    const ProcessPtr p = process({.target = child});
    p->start();
    p->join();
}
const Program program("l01_active_children", run);
} // namespace l01

/// A01: is_alive() before, during and after; each of four calls reaps.
namespace a01 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 60}});
    out("before start", p->isAlive());
    p->start();
    out("running", p->isAlive());
    ::kill(*p->pid(), SIGSTOP);
    waitUntil([&] { return processState(*p->pid()) == 'T'; });
    out("stopped", p->isAlive());
    out("stopped: exitcode", p->exitCode());
    ::kill(*p->pid(), SIGCONT);
    p->kill();
    p->join();
    out("after join", p->isAlive());

    const std::vector<std::pair<const char*, std::string (*)(const ProcessPtr&)>> calls{
        {"is_alive", [](const ProcessPtr& q) { return shown(q->isAlive()); }},
        {"exitcode", [](const ProcessPtr& q) { return shown(q->exitCode()); }},
        {"join", [](const ProcessPtr& q) { return attempt([&] { q->join(); }); }},
        {"join(0)", [](const ProcessPtr& q) { return attempt([&] { q->join(seconds(0)); }); }},
        {"active_children", [](const ProcessPtr&) { return shown(children::activeNames()); }},
        {"repr", [](const ProcessPtr& q) { return words(q->repr()).at(4); }},
    };
    for (const auto& [label, call] : calls) {
        const ProcessPtr q = process({.target = noopTarget});
        q->start();
        const int pid = *q->pid();
        const char end = isForkServer() ? '\0' : 'Z';
        out(std::string(label) + ": dead, not looked at", waitUntil([&] { return processState(pid) == end; }));
        out(std::string(label) + ": answer", call(q));
        out(std::string(label) + ": then", stateText(pid));
    }
}
const Program program("a01_is_alive", run);
} // namespace a01

/// L02: what a child knows of its parent.
namespace l02 {
void tellOfParent()
{
    const auto parent = parentProcess();
    out("name", parent->name());
    out("daemon", parent->daemon());
    out("is_alive", parent->isAlive());
    parent->join(seconds(0.1));
    out("join(0.1)", parent->isAlive() ? "alive" : "gone");
}
void tellOfMaker(int creator)
{
    const auto parent = parentProcess();
    out("pid is the maker's", parent->pid() == creator);
    out("kernel's parent is the maker", ::getppid() == creator);
    out("exitcode", parent->exitCode());
    out("terminate", attempt([&] { parent->terminate(); }));
    out("kill", attempt([&] { parent->kill(); }));
}
const Target grandchild = registerTarget(
    "l02.grandchild", +[](int creator) {
        tellOfParent();
        tellOfMaker(creator);
    });
const Target child = registerTarget(
    "l02.child", +[](int creator) {
        tellOfParent();
        tellOfMaker(creator);
        const ProcessPtr g = process({.target = grandchild, .args = {::getpid()}});
        currentProcess()->setName("renamed after making it");
        g->start();
        g->join();
    });

/// An orphan sees its parent go.
void watchParent(std::shared_ptr<Event> watching, std::string path)
{
    watching->set();
    parentProcess()->join(seconds(60));
    std::FILE* file = std::fopen((path + ".new").c_str(), "w");
    std::fprintf(file, "%s", shown(parentProcess()->isAlive()).c_str());
    std::fclose(file);
    std::rename((path + ".new").c_str(), path.c_str());
}
const Target watching = registerTarget("l02.watch", watchParent);
const Target doomed = registerTarget(
    "l02.doomed", +[](std::string path) {
        const auto ready = Context::standard().event();
        process({.target = watching, .args = {ready, path}})->start();
        ready->wait();
        osExit(0);
    });

void run(const std::string&)
{
    setup();
    out("of main", parentProcess() ? "something" : "None");
    currentProcess()->setName("first name");
    const ProcessPtr p = process({.target = child, .args = {::getpid()}, .daemon = false});
    currentProcess()->setName("second name");
    p->start();
    p->join();
    const TemporaryFolder folder;
    const ProcessPtr q = process({.target = doomed, .args = {folder.file("seen")}});
    q->start();
    q->join();
    out("orphan: was written", waitUntil([&] { return !fileText(folder.file("seen")).empty(); }));
    out("orphan: parent is_alive", fileText(folder.file("seen")));
}
const Program program("l02_parent_process", run);
} // namespace l02

} // namespace daemonscope::conformance
