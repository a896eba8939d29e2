// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/keeper.h"

#include "os/pidfd.h"
#include "os/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

namespace daemonscope {

namespace {

constexpr std::int32_t kDismissed = 0;

/// Sends SIGKILL to all processes with the mark; how many there were.
int killMarked(const std::string& mark)
{
    constexpr std::size_t kMostBytes = 2UL << 20; // more than exec takes by default
    int found = 0;
    DIR* const folder = ::opendir("/proc");
    if (folder == nullptr)
        return 0;
    for (const dirent* entry = ::readdir(folder); entry != nullptr; entry = ::readdir(folder)) {
        const std::string_view name{entry->d_name};
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{} || pid == ::getpid())
            continue;
        const auto environment = readSmallFile("/proc/" + std::string{name} + "/environ", kMostBytes);
        if (environment.ok() && hasEntry(environment.value(), mark) && ::kill(pid, SIGKILL) == 0)
            ++found;
    }
    ::closedir(folder);
    return found;
}

/// What to end.
struct Kept {
    std::int32_t group = -1;
    std::vector<UniqueFd> processes; ///< pidfds

    void add(std::int32_t pid)
    {
        std::erase_if(processes, [](const UniqueFd& pidfd) { return isCollected(pidfd); });
        processes.push_back(openPidfd(pid));
    }
};

void endAll(const Kept& kept, const std::string& mark)
{
    if (kept.group > 0)
        ::kill(-kept.group, SIGKILL);
    for (const UniqueFd& pidfd : kept.processes)
        ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0U);
    if (mark.empty())
        return;
    // A process may fork between being found and being killed, so until there is none.
    constexpr int kMostRounds = 1000;
    for (int round = 0; round < kMostRounds && killMarked(mark) > 0; ++round) {
        constexpr timespec kNap{0, 2'000'000};
        ::nanosleep(&kNap, nullptr);
    }
}

[[noreturn]] void keep(int line, const std::string& mark)
{
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::setsid();
    ::prctl(PR_SET_NAME, "dscope-keeper");
    if (::chdir("/") != 0)
        ::_exit(1);
    // No descriptor of the recorder's may stay open here: who waits for its end would wait for this process.
    ::dup2(line, 0);
    ::syscall(SYS_close_range, 1U, ~0U, 0U);
    Kept kept;
    for (;;) {
        std::int32_t word = 0;
        const ssize_t got = ::read(0, &word, sizeof word);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != static_cast<ssize_t>(sizeof word))
            break;
        if (word == kDismissed)
            ::_exit(0);
        if (word > 0)
            kept.group = word;
        else
            kept.add(-word);
    }
    endAll(kept, mark);
    ::_exit(0);
}

} // namespace

bool hasEntry(std::string_view environment, std::string_view entry)
{
    for (std::size_t at = environment.find(entry); at != std::string_view::npos && !entry.empty();
         at = environment.find(entry, at + 1)) {
        const std::size_t end = at + entry.size();
        if ((at == 0 || environment[at - 1] == '\0') && (end == environment.size() || environment[end] == '\0'))
            return true;
    }
    return false;
}

Result<Keeper> Keeper::start(const std::string& mark)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return systemError("cannot start the process that ends the program with the recorder", errno);
    UniqueFd reader{ends[0]};
    UniqueFd writer{ends[1]};
    const pid_t helper = ::fork();
    if (helper < 0)
        return systemError("cannot start the process that ends the program with the recorder", errno);
    if (helper == 0) {
        writer.reset();
        // It is nobody's child that the recorder, or the program in its place, could come to wait for.
        if (::fork() == 0)
            keep(reader.get(), mark);
        ::_exit(0);
    }
    while (::waitpid(helper, nullptr, 0) < 0 && errno == EINTR) { }
    return Keeper{std::move(writer)};
}

Keeper::~Keeper()
{
    if (line_.valid())
        watch(kDismissed);
}

void Keeper::watch(std::int32_t group)
{
    [[maybe_unused]] const ssize_t written = ::write(line_.get(), &group, sizeof group);
}

void Keeper::watchProcess(std::int32_t pid)
{
    watch(-pid);
}

} // namespace daemonscope
