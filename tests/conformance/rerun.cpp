// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>

namespace daemonscope::conformance {
namespace {

using Clock = std::chrono::steady_clock;

/// A file without a name, for the output of a run.
class OutputFile {
public:
    OutputFile()
        : file_(std::tmpfile())
    {
        if (!file_)
            throw OSError(errno);
    }
    ~OutputFile() { std::fclose(file_); }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    [[nodiscard]] int descriptor() const { return ::fileno(file_); }
    [[nodiscard]] std::string text() const
    {
        std::string text;
        std::array<char, 4096> piece{};
        for (off_t at = 0;;) {
            const ssize_t got = ::pread(descriptor(), piece.data(), piece.size(), at);
            if (got <= 0)
                return text;
            text.append(piece.data(), static_cast<std::size_t>(got));
            at += got;
        }
    }

private:
    std::FILE* file_;
};

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> result;
    for (std::string& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& additions)
{
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; ++entry)
        variables.emplace_back(*entry);
    for (const auto& [name, value] : additions) {
        const std::string setting = name + "=";
        std::erase_if(variables, [&](const std::string& known) { return startsWith(known, setting); });
        variables.push_back(setting + value);
    }
    return variables;
}

/// Session, mask and dispositions of what is started: a shell's background jobs would hand on an ignored SIGINT.
class PlainAttributes {
public:
    PlainAttributes()
    {
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE})
            ::sigaddset(&signals, number);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    void keepInterrupt()
    {
        sigset_t signals;
        ::posix_spawnattr_getsigdefault(&attributes_, &signals);
        ::sigdelset(&signals, SIGINT);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    }
    ~PlainAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    PlainAttributes(const PlainAttributes&) = delete;
    PlainAttributes& operator=(const PlainAttributes&) = delete;
    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

pid_t launch(const std::string& part, const RerunOptions& options, const OutputFile& out, const OutputFile& err)
{
    const std::vector<std::string>& own = programArguments();
    std::vector<std::string> arguments{"/proc/self/exe", own.at(1), part};
    std::array<char, 4096> path{};
    if (::readlink("/proc/self/exe", path.data(), path.size() - 1) > 0)
        arguments[0] = path.data();
    std::vector<std::string> variables = environmentWith(options.environment);
    PlainAttributes attributes;
    if (options.interruptIgnored) {
        setSignalIgnored(SIGINT); // until the run has inherited it
        attributes.keepInterrupt();
    }
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, out.descriptor(), 1);
    ::posix_spawn_file_actions_adddup2(&files, err.descriptor(), 2);
    for (const int descriptor : {out.descriptor(), err.descriptor()})
        ::posix_spawn_file_actions_addclose(&files, descriptor);
    pid_t pid = 0;
    const int error = ::posix_spawn(
        &pid, arguments[0].c_str(), &files, attributes.get(), pointers(arguments).data(), pointers(variables).data());
    ::posix_spawn_file_actions_destroy(&files);
    if (options.interruptIgnored)
        setSignalHandler(SIGINT, [](int) { throw KeyboardInterrupt(); });
    if (error != 0)
        throw OSError(error);
    return pid;
}

/// Whether the run has ended; its status stays to be fetched, so that its process group keeps its number.
bool hasEnded(pid_t pid)
{
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/// Kills what is left of a run but its trackers: these end when nobody else is there.
void endGroup(pid_t group)
{
    const auto isOver = [group] {
        const std::vector<Member> members = groupMembers(group);
        for (const Member& member : members) {
            if (!isTracker(member))
                ::kill(member.pid, SIGKILL);
        }
        return members.empty();
    };
    if (!waitUntil(isOver))
        ::kill(-group, SIGKILL);
}

} // namespace

Ran rerun(const std::string& part, const RerunOptions& options)
{
    const OutputFile out;
    const OutputFile err;
    Ran ran;
    const auto begin = Clock::now();
    const pid_t pid = launch(part, options, out, err);
    if (options.signal) {
        nap(options.after);
        ::kill(options.toGroup ? -pid : pid, *options.signal);
    }
    ran.timedOut = !waitUntil([&] { return hasEnded(pid); }, options.timeout);
    ran.elapsed = elapsedSince(begin);
    nap(0.2); // trackers and servers need a moment to see that their clients are gone
    ran.left = groupMembers(pid);
    nap(options.linger);
    endGroup(pid);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    ran.rc = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    ran.out = out.text();
    ran.err = err.text();
    return ran;
}

} // namespace daemonscope::conformance
