// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "startmethodscenes.h"

#include "engine/engine.h"
#include "engine/processbody.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>

using namespace daemonscope::engine;

void say(const std::string& key, const std::string& value)
{
    std::printf("%s = %s\n", key.c_str(), value.c_str());
    std::fflush(stdout);
}
void say(const std::string& key, const char* value)
{
    say(key, std::string(value));
}
void say(const std::string& key, bool value)
{
    say(key, value ? "True" : "False");
}
void say(const std::string& key, std::optional<int> value)
{
    say(key, value ? std::to_string(*value) : "None");
}

void SceneWorker::run()
{
    say("class", className());
    Process::run();
}

namespace {

void endAs(std::string how)
{
    const rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    static const std::map<std::string, std::function<void()>> ways{
        {"return", [] {}},
        {"exit()", [] { daemonscope::engine::exit(); }},
        {"exit('bye')", [] { daemonscope::engine::exit("bye"); }},
        {"exit('')", [] { daemonscope::engine::exit(std::string()); }},
        {"exception", [] { throw ValueError("boom"); }},
        {"std::exception", [] { throw std::logic_error("boom"); }},
        {"KeyboardInterrupt", [] { throw KeyboardInterrupt(); }},
        {"abort", [] { std::abort(); }},
    };
    if (const auto way = ways.find(how); way != ways.end())
        return way->second();
    const int number = std::stoi(how.substr(how.find(' ')));
    if (how.starts_with("exit "))
        daemonscope::engine::exit(number);
    if (how.starts_with("osExit "))
        osExit(number);
    if (number == SIGSEGV)
        std::signal(number, SIG_DFL); // a sanitizer has its own idea
    std::raise(number);
}

void tellWhoIAm(std::string key, int mainPid)
{
    say(key + ": name", currentProcess()->name());
    say(key + ": parent", parentProcess()->name());
    say(key + ": parent's pid is the creator's", parentProcess()->pid() == currentProcess()->body().parentPid);
    say(key + ": parent is alive", parentProcess()->isAlive());
    say(key + ": kernel's parent is the creator", ::getppid() == parentProcess()->pid());
    say(key + ": main is the creator", parentProcess()->pid() == mainPid);
    say(key + ": default method", std::string(startMethodName(startMethod())));
    say(key + ": authkey", currentProcess()->authKey() == std::string("k\0\xff", 3));
    say(key + ": daemon", currentProcess()->daemon());
    say(key + ": children", std::to_string(activeChildren().size()));
}

void startGrandchild(int mainPid)
{
    tellWhoIAm("child", mainPid);
    const auto grandchild = process({.target = scenetarget::who, .args = {"grandchild", mainPid}});
    grandchild->start();
    grandchild->join();
    say("grandchild's exit code", grandchild->exitCode());
}

void useShared(std::shared_ptr<Lock> lock, std::shared_ptr<Event> event, std::shared_ptr<Queue> queue,
    std::shared_ptr<Queue> sameQueue, std::string bytes, double real, bool truth)
{
    say("lock is free", lock->acquire(std::chrono::nanoseconds(0)));
    say("event is set", event->isSet());
    say("the queue came once", queue == sameQueue);
    say("plain values",
        bytes.size() == (1 << 20) + 3 && bytes.starts_with(std::string("a\0\xffx", 4)) && real == 0.5 && truth);
    say("first value", queue->get().as<int>() == 43);
    event->set();
    lock->acquire(); // main lets it go
    queue->put(bytes);
}

void tellSignals(std::string key)
{
    for (const int number : {SIGTERM, SIGINT, SIGCHLD}) {
        struct sigaction now { };
        ::sigaction(number, nullptr, &now);
        const char* what = now.sa_handler == SIG_DFL ? "default" : now.sa_handler == SIG_IGN ? "ignored" : "handler";
        say(key + ": " + ::sigabbrev_np(number), what);
    }
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    std::string numbers;
    for (int number = 1; number < NSIG; ++number)
        numbers += ::sigismember(&blocked, number) == 1 ? std::to_string(number) + " " : "";
    say(key + ": blocked", numbers);
}

void tellSurroundings(int inheritable)
{
    const char* later = std::getenv("SCENE_LATER");
    say("environment of the first start", std::getenv("SCENE_FIRST") ? std::getenv("SCENE_FIRST") : "None");
    say("environment since then", later ? later : "None");
    char folder[8] = "";
    say("folder", ::getcwd(folder, sizeof folder) ? folder : "another");
    say("arguments", programArguments().size() == 4 && programArguments().at(2) == "surroundings");
    char file[16] = "";
    const std::string link = "/proc/self/fd/" + std::to_string(inheritable);
    const bool isThere = ::readlink(link.c_str(), file, sizeof file - 1) > 0 && std::string(file) == "/dev/zero";
    say("main's other descriptor", isThere);
}

void registerHandlers()
{
    atExit([] { say("handler", "of the child"); });
    addFinalizer([] { say("finalizer", "of the child"); }, 0);
}

void endMainThread(bool withDaemon)
{
    registerHandlers();
    if (withDaemon)
        Context::of(startMethod()).process({.target = scenetarget::sleep, .daemon = true})->start();
    ::pthread_exit(nullptr);
}

void leaveGrandchild(std::shared_ptr<Event> end)
{
    if (osFork() == 0) {
        end->wait();
        osExit(0);
    }
}

const bool workerIsKnown = [] {
    registerProcessClass<SceneWorker>("SceneWorker");
    return true;
}();

} // namespace

namespace scenetarget {
const Target endAs = registerTarget("endAs", ::endAs);
const Target sleep = registerTarget(
    "sleepLong", +[] { daemonscope::engine::sleep(std::chrono::hours(1)); });
const Target who = registerTarget("who", ::tellWhoIAm);
const Target nest = registerTarget("nest", ::startGrandchild);
const Target share = registerTarget("shared", ::useShared);
const Target signals = registerTarget("signals", ::tellSignals);
const Target surroundings = registerTarget("surroundings", ::tellSurroundings);
const Target handlers = registerTarget("handlers", ::registerHandlers);
const Target threadExit = registerTarget("threadExit", ::endMainThread);
const Target leave = registerTarget("leave", ::leaveGrandchild);
} // namespace scenetarget
