// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trialguard.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace trial {

namespace {
namespace fs = std::filesystem;

bool hasEntry(const fs::path& environment, std::string_view entry)
{
    std::ifstream file(environment, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\0', at), text.size());
        if (std::string_view(text).substr(at, end - at) == entry)
            return true;
        at = end + 1;
    }
    return false;
}

/// What the guard takes away.
struct Guarded {
    std::string entry;
    std::string folder;
};

/// The process that outlives the test. Without the test's files, or whoever reads the test's output would wait for it.
[[noreturn]] void guard(int testLives, const Guarded& guarded)
{
    ::setsid();
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        ::signal(number, SIG_IGN);
    ::dup2(testLives, 0);
    ::close_range(1, ~0U, 0);
    char byte = 0;
    while (::read(0, &byte, 1) < 0 && errno == EINTR) { }
    killProcessesWith(guarded.entry);
    std::error_code error;
    fs::remove_all(guarded.folder, error);
    ::_exit(0);
}

const Guarded& guarded()
{
    static const Guarded made = [] {
        Guarded own{"TRIAL_OF_TEST=" + std::to_string(::getpid()) + "."
                + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()),
            fs::temp_directory_path() / "trial-XXXXXX"};
        if (!::mkdtemp(own.folder.data()))
            std::abort(); // a test without a place for its files proves nothing
        // Programs of other users run in what tests open to them.
        fs::permissions(own.folder, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
        std::array<int, 2> pipe{};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
            return own;
        if (::fork() == 0) {
            ::close(pipe[1]);
            guard(pipe[0], own);
        }
        ::close(pipe[0]); // the other end closes with the test
        return own;
    }();
    return made;
}
} // namespace

std::vector<pid_t> processesWith(std::string_view entry)
{
    std::vector<pid_t> pids;
    std::error_code error;
    for (fs::directory_iterator all("/proc", error), end; !error && all != end; all.increment(error)) {
        const std::string name = all->path().filename().string();
        pid_t pid = 0;
        const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (bad == std::errc() && stop == name.data() + name.size() && hasEntry(all->path() / "environ", entry))
            pids.push_back(pid);
    }
    return pids;
}

void killProcessesWith(std::string_view entry)
{
    // While a process is executed, its environment cannot be read.
    constexpr int enoughRounds = 3;
    for (int clean = 0; clean < enoughRounds; ++clean) {
        for (const pid_t pid : processesWith(entry)) {
            ::kill(pid, SIGKILL);
            clean = 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

const std::string& guardEntry()
{
    return guarded().entry;
}

const std::string& guardedFolder()
{
    return guarded().folder;
}

} // namespace trial
