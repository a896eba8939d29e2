// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "startmethodscenes.h"

#include "engine/engine.h"
#include "engine/processbody.h"
#include "engine/sharedblock.h"
#include "engine/transport.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

using namespace daemonscope::engine;

namespace {

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}
/// `text` with `mark` in the place of every run of characters from `of` that begins with `start`.
std::string masked(std::string text, std::string_view start, std::string_view of, std::string_view mark)
{
    for (std::size_t at = 0; (at = start.empty() ? text.find_first_of(of, at) : text.find(start, at)) != text.npos;) {
        const std::size_t end = std::min(text.find_first_not_of(of, at + start.size()), text.size());
        text.replace(at, end - at, mark);
        at += mark.size();
    }
    return text;
}
/// The words after the program's own name.
std::string commandOf(int pid)
{
    std::string words;
    while ((words = contentOf("/proc/" + std::to_string(pid) + "/cmdline")).empty()) // its exec is not quite over
        daemonscope::engine::sleep(std::chrono::milliseconds(1));
    words.erase(0, words.find('\0'));
    std::ranges::replace(words, '\0', ' ');
    return masked(words, "", "0123456789", "N");
}
std::string statusOf(int pid, const std::string& key)
{
    std::istringstream lines(contentOf("/proc/" + std::to_string(pid) + "/status"));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(key + ":\t"))
            return line.substr(key.size() + 2);
    }
    return "none";
}
int parentOf(int pid)
{
    return std::stoi(statusOf(pid, "PPid"));
}
bool ignores(int pid, int signal)
{
    return (std::stoull(statusOf(pid, "SigIgn"), nullptr, 16) >> (signal - 1) & 1) != 0;
}

std::optional<int> startAndJoin(const ProcessPtr& process)
{
    process->start();
    process->join();
    return process->exitCode();
}

void exitCodes(Context& context)
{
    for (const char* how : {"return", "exit()", "exit 0", "exit 7", "exit 255", "exit 256", "exit 300", "exit -1",
             "exit -9", "exit('bye')", "exit('')", "exception", "std::exception", "KeyboardInterrupt", "osExit 9",
             "osExit -1", "abort", "raise 15", "raise 9", "raise 11", "raise 10", "raise 1", "raise 13", "raise 2"})
        say(how, startAndJoin(context.process({.target = scenetarget::endAs, .args = {how}, .name = "P"})));
    say("no target", startAndJoin(context.process({})));
    for (const int number : {SIGTERM, SIGKILL}) {
        const auto process = context.process({.target = scenetarget::sleep, .daemon = true});
        process->start();
        say("runs", process->isAlive() && !process->exitCode());
        number == SIGTERM ? process->terminate() : process->kill();
        process->join();
        say("ended by", process->exitCode());
    }
}

void names(Context& context)
{
    currentProcess()->setName("Main!");
    currentProcess()->setAuthKey(std::string("k\0\xff", 3));
    const auto child = context.process({.target = scenetarget::nest, .args = {::getpid()}});
    say("child's exit code", startAndJoin(child));
    const auto daemon =
        context.process({.target = scenetarget::nest, .args = {::getpid()}, .name = "D", .daemon = true});
    say("daemon's exit code", startAndJoin(daemon));
    const auto worker = make<SceneWorker>(ProcessOptions{.target = scenetarget::who, .args = {"worker", ::getpid()}});
    worker->body().context = &context;
    say("worker's exit code", startAndJoin(worker));
}

void unpicklable(Context& context)
{
    const auto process = context.process({.target = Target([] {})});
    try {
        process->start();
    } catch (const PicklingError& error) {
        say("start with a lambda", masked(error.text(), "0x", "0123456789abcdef", "ADDR"));
    }
    say("pid", process->pid());
    say("listed", !activeChildren().empty());
    process->body().target = {};
    say("exit code after repair", startAndJoin(process));
    say("target that only main knows",
        startAndJoin(context.process({.target = Target("unknown", [](const Arguments&) {})})));
    const auto forked =
        context.process({.target = scenetarget::share, .args = {Context::of(StartMethod::Fork).lock()}});
    try {
        forked->start();
    } catch (const RuntimeError& error) {
        say("lock made for fork", error.message().substr(0, 41));
    }
}

void sharing(Context& context)
{
    const auto lock = context.lock();
    const auto event = context.event();
    const auto queue = context.queue();
    lock->acquire();
    // More than a pipe holds, and not text.
    const std::string bytes = std::string("a\0\xff", 3) + std::string(1 << 20, 'x');
    const auto process =
        context.process({.target = scenetarget::share, .args = {lock, event, queue, queue, bytes, 0.5, true}});
    queue->put(43);
    process->start();
    say("event came", event->wait(std::chrono::minutes(2)));
    lock->release();
    say("value came", queue->get(std::chrono::minutes(2)).as<std::string>() == bytes);
    process->join();
    say("exit code", process->exitCode());
    try {
        packValue(lock);
    } catch (const RuntimeError& error) {
        say("a lock in a queue", error.message());
    }
}

void contexts(Context&)
{
    for (const char* method : {"spawn", "fork", "forkserver", "fork", "spawn", "forkserver"})
        startAndJoin(
            Context::of(method).process({.target = scenetarget::who, .args = {method, ::getpid()}, .name = method}));
}

void killedServer(Context& context)
{
    say("normal", startAndJoin(context.process({.target = scenetarget::endAs, .args = {"exit 6"}})));
    const auto held = context.process({.target = scenetarget::sleep});
    held->start();
    const int server = parentOf(*held->pid());
    say("server is a child of main", parentOf(server) == ::getpid());
    say("server ignores SIGINT", ignores(server, SIGINT));
    ::kill(server, SIGKILL);
    // At once: that the server is gone is noticed while the next worker is asked for.
    const auto next = context.process({.target = scenetarget::sleep});
    next->start();
    held->join();
    say("exit code after the server was killed", held->exitCode());
    say("worker lives on", ::kill(*held->pid(), 0) == 0);
    say("new server", parentOf(*next->pid()) != server && parentOf(parentOf(*next->pid())) == ::getpid());
    ::kill(*held->pid(), SIGKILL);
    next->terminate();
    next->join();
    say("exit code from the new one", next->exitCode());
}

void signals(Context& context)
{
    const auto tell = [&context](const char* key) {
        startAndJoin(context.process({.target = scenetarget::signals, .args = {key}}));
    };
    setSignalIgnored(SIGUSR1);
    setSignalHandler(SIGTERM, [](int) {});
    tell("handler");
    setSignalIgnored(SIGTERM);
    tell("ignored");
    setSignalDefault(SIGTERM);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    tell("mask");
}

void ignoredAtServerStart(Context& context)
{
    setSignalIgnored(SIGTERM);
    startAndJoin(context.process({}));
    setSignalDefault(SIGTERM);
    startAndJoin(context.process({.target = scenetarget::signals, .args = {"later"}}));
}

void surroundings(Context& context)
{
    ::setenv("SCENE_FIRST", "first", 1);
    const int inheritable = ::open("/dev/zero", O_RDONLY); // NOLINT: not closed by exec, on purpose
    startAndJoin(context.process({}));
    ::setenv("SCENE_LATER", "later", 1);
    if (::chdir("/") == 0)
        startAndJoin(context.process({.target = scenetarget::surroundings, .args = {inheritable}}));
}

void endings(Context& context)
{
    atExit([] { say("handler", "of " + currentProcess()->name()); });
    say("exit code", startAndJoin(context.process({.target = scenetarget::handlers})));
}

void threadExit(Context& context)
{
    say("exit code", startAndJoin(context.process({.target = scenetarget::threadExit, .args = {false}, .name = "P"})));
    say("with a daemon",
        startAndJoin(context.process({.target = scenetarget::threadExit, .args = {true}, .name = "Q"})));
}

void sentinels(Context& context)
{
    const auto end = context.event();
    const auto process = context.process({.target = scenetarget::leave, .args = {end}});
    process->start();
    process->join();
    pollfd watched{process->sentinel(), POLLIN, 0};
    say("child has ended", process->exitCode());
    say("sentinel while its fork lives", ::poll(&watched, 1, 0) == 1);
    end->set();
    say("sentinel in the end", ::poll(&watched, 1, 120'000) == 1);
}

void helpers(Context& context)
{
    const auto process = context.process({.target = scenetarget::sleep});
    process->start();
    say("child", commandOf(*process->pid()));
    std::istringstream pids(contentOf("/proc/self/task/" + std::to_string(::getpid()) + "/children"));
    for (int pid = 0; pids >> pid;) {
        if (pid == *process->pid())
            continue;
        const std::string command = commandOf(pid);
        say("helper", command);
        if (command.find("tracker") != std::string::npos) {
            while (!ignores(pid, SIGTERM)) // it has only just been executed
                daemonscope::engine::sleep(std::chrono::milliseconds(1));
            say("tracker ignores SIGINT", ignores(pid, SIGINT));
        }
    }
    say("children", std::to_string(activeChildren().size()));
    process->kill();
    process->join();
}

void leak(Context& context)
{
    const auto lock = context.lock();
    const auto event = context.event();
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find("/dev/shm/") != std::string::npos)
            say("named", line);
    }
    say("descriptors", lock->block().descriptor() == event->block().descriptor() ? "one" : "two");
    ::kill(::getpid(), SIGKILL);
}

} // namespace

const std::map<std::string, void (*)(Context&)>& startMethodScenes()
{
    static const std::map<std::string, void (*)(Context&)> scenes{{"exitCodes", exitCodes}, {"names", names},
        {"unpicklable", unpicklable}, {"sharing", sharing}, {"contexts", contexts}, {"killedServer", killedServer},
        {"signals", signals}, {"ignoredAtServerStart", ignoredAtServerStart}, {"surroundings", surroundings},
        {"endings", endings}, {"threadExit", threadExit}, {"sentinels", sentinels}, {"helpers", helpers},
        {"leak", leak}};
    return scenes;
}
