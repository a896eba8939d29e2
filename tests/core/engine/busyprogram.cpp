// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// busyprogram METHOD: what killedprograms.py kills: queues, a lock, an event, daemons, grandchildren and threads, all
// in use. A line says each thing that main has done. Whoever sees that its parent is gone ends by itself, however the
// locks and queues were left; nobody waits for them without a limit.

#include "engine/engine.h"

#include <unistd.h>

#include <string>

using namespace daemonscope::engine;
using namespace std::chrono_literals;

namespace {

using SharedLock = std::shared_ptr<Lock>;
using SharedQueue = std::shared_ptr<Queue>;

constexpr int kRounds = 3;
constexpr int kTasks = 8;
constexpr int kStop = -1;
constexpr auto kPatience = 50ms;

void say(const std::string& line)
{
    const std::string text = line + '\n';
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

bool hasParent()
{
    return parentProcess()->isAlive();
}

/// Waits in an event that nobody sets.
void linger(std::shared_ptr<Event> never)
{
    while (hasParent() && !never->wait(kPatience)) { }
}
const Target lingering = registerTarget("linger", linger);

/// Has the lock most of the time.
void tick(SharedLock lock)
{
    // With a daemon thread beside it.
    Thread beside({.target = [] { daemonscope::engine::sleep(1h); }, .daemon = true});
    beside.start();
    while (hasParent()) {
        if (!lock->acquire(kPatience))
            continue;
        daemonscope::engine::sleep(1ms);
        lock->release();
    }
}
const Target ticking = registerTarget("tick", tick);

/// The next task; nothing for now: -2.
int nextTask(Queue& tasks)
{
    try {
        return tasks.get(kPatience).as<int>();
    } catch (const Empty&) {
        return -2;
    }
}

void work(SharedQueue tasks, SharedQueue results, SharedLock lock, std::shared_ptr<Event> never, bool withChild)
{
    ProcessPtr child;
    if (withChild) {
        child = Context::of(startMethod()).process({.target = lingering, .args = {never}, .daemon = true});
        child->start();
    }
    for (int task = 0; hasParent() && task != kStop;) {
        task = nextTask(*tasks);
        if (task < 0)
            continue;
        const bool locked = lock->acquire(kPatience);
        results->put(task * 2);
        if (locked)
            lock->release();
    }
}
const Target working = registerTarget("work", work);

void playRound(Context& context, const SharedQueue& tasks, const SharedQueue& results, const SharedLock& lock)
{
    const auto never = context.event();
    const auto daemon = context.process({.target = ticking, .args = {lock}, .daemon = true});
    daemon->start();
    say("daemon");
    std::vector<ProcessPtr> workers;
    for (const bool withChild : {true, false}) {
        workers.push_back(context.process({.target = working, .args = {tasks, results, lock, never, withChild}}));
        workers.back()->start();
        say("worker");
    }
    for (int task = 0; task < kTasks; ++task)
        tasks->put(task);
    for (int task = 0; task < kTasks; ++task)
        say("result " + std::to_string(results->get().as<int>()));
    daemon->terminate(); // perhaps while it has the lock
    say("terminated");
    for (std::size_t worker = 0; worker < workers.size(); ++worker)
        tasks->put(kStop);
    for (const ProcessPtr& worker : workers) {
        worker->join();
        say("joined");
    }
}

} // namespace

int main(int argc, char** argv)
{
    return runMain(argc, argv, [&] {
        setStartMethod(argc > 1 ? argv[1] : "fork");
        Context& context = Context::standard();
        const auto tasks = context.queue();
        const auto results = context.queue();
        say("begun");
        for (int round = 0; round < kRounds; ++round)
            playRound(context, tasks, results, context.lock());
        // What the exit sequence has to do.
        const auto lock = context.lock();
        for (int daemon = 0; daemon < 2; ++daemon)
            context.process({.target = ticking, .args = {lock}, .daemon = true})->start();
        say("exiting");
    });
}
