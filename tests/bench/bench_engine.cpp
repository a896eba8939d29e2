// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// bench_engine [--report | --memory]: what start() and join() of an empty process cost, with each start method, beside
// a plain fork and waitpid and a posix_spawn of /bin/true. Prints a line "name<tab>nanoseconds" for each; the
// contenders take turns, and each line has the median of its rounds. --report: with a receiver for what the engine
// reports.
// --memory: in a program that holds 64 MiB, as a fork costs what there is to copy.

extern char** environ; // NOLINT(readability-redundant-declaration): not in every <unistd.h>

namespace mp = daemonscope::engine;
namespace {

constexpr int rounds = 15;
constexpr int startsInRound = 60;

void nothing() { }
const mp::Target doNothing = mp::registerTarget("nothing", nothing);

void plainFork()
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    ::waitpid(child, nullptr, 0);
}

void plainSpawn()
{
    std::string program = "/bin/true";
    char* words[] = {program.data(), nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, words, environ) == 0)
        ::waitpid(child, nullptr, 0);
}

std::function<void()> engineStart(mp::StartMethod method)
{
    return [method] {
        const auto process = mp::Context::of(method).process({.target = doNothing});
        process->start();
        process->join();
    };
}

/// A process that reads whatever is sent to the socket, until nobody is left who could send.
std::string startReceiver(const std::string& folder)
{
    const std::string path = folder + "/hook";
    const int listener = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(listener, SOMAXCONN) != 0)
        return {};
    const pid_t mainPid = ::getpid();
    if (::fork() != 0) {
        ::close(listener);
        return path;
    }
    std::vector<pollfd> watched{{listener, POLLIN, 0}};
    std::vector<char> packet(1 << 16);
    while (::getppid() == mainPid || watched.size() > 1) {
        if (::poll(watched.data(), watched.size(), 1000) <= 0)
            continue;
        if (watched.front().revents != 0)
            watched.push_back({::accept(listener, nullptr, nullptr), POLLIN, 0});
        for (pollfd& connection : watched) {
            if (&connection != &watched.front() && connection.revents != 0
                && ::recv(connection.fd, packet.data(), packet.size(), 0) <= 0) {
                ::close(connection.fd);
                connection.fd = -1;
            }
        }
        std::erase_if(watched, [](const pollfd& connection) { return connection.fd < 0; });
    }
    ::_exit(0);
}

double nanosecondsEach(const std::function<void()>& action)
{
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < startsInRound; ++i)
        action();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / startsInRound;
}

/// Prints what each contender takes; only the one that is named, if one is.
void race(std::string_view only)
{
    struct Contender {
        const char* name;
        std::function<void()> action;
        std::vector<double> times{};
    };
    std::vector<Contender> contenders{
        {"plain fork", plainFork},
        {"posix_spawn", plainSpawn},
        {"engine fork", engineStart(mp::StartMethod::Fork)},
        {"engine spawn", engineStart(mp::StartMethod::Spawn)},
        {"engine forkserver", engineStart(mp::StartMethod::ForkServer)},
    };
    std::erase_if(contenders, [&](const Contender& contender) { return !only.empty() && contender.name != only; });
    for (Contender& contender : contenders)
        contender.action(); // helpers start, caches fill
    for (int round = 0; round < rounds; ++round) {
        for (Contender& contender : contenders)
            contender.times.push_back(nanosecondsEach(contender.action));
    }
    for (Contender& contender : contenders) {
        std::ranges::nth_element(contender.times, contender.times.begin() + rounds / 2);
        std::printf("%s\t%.0f\n", contender.name, contender.times[rounds / 2]);
    }
}

} // namespace

int main(int argc, char** argv)
{
    std::string folder;
    if (argc > 1 && std::strcmp(argv[1], "--report") == 0) {
        folder = "/tmp/bench_engine-XXXXXX";
        if (!::mkdtemp(folder.data()))
            return 1;
        ::setenv("DAEMONSCOPE_SOCKET", startReceiver(folder).c_str(), 1);
    }
    std::vector<char> ballast;
    if (argc > 1 && std::strcmp(argv[1], "--memory") == 0)
        ballast.assign(std::size_t(64) << 20, 1);
    const std::string only = argc > 2 && std::strcmp(argv[1], "--only") == 0 ? argv[2] : "";
    const int status = mp::runMain(argc, argv, [&] { race(only); });
    if (!folder.empty()) {
        ::unlink((folder + "/hook").c_str());
        ::rmdir(folder.c_str());
    }
    return status;
}
