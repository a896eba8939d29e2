// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/launch.h"

#include "os/descriptorlimit.h"
#include "os/self.h"
#include "os/terminal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace daemonscope {

namespace {

enum class Step : int { WorkingDirectory, Stdio, Filter, Exec };
struct Report {
    Step step;
    int error;
};

constexpr int kNotFound = 127;
constexpr int kNotExecutable = 126;
constexpr int kOwnFailure = 125;

std::string_view valueOf(const std::vector<std::string>& environment, std::string_view name)
{
    for (const std::string_view entry : environment) {
        if (entry.size() > name.size() && entry.substr(0, name.size()) == name && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    }
    return {};
}

/// The files to try, in the order of PATH, as execvp(3) has it. Made before the fork, as it needs memory.
std::vector<std::string> candidates(const LaunchSpec& spec)
{
    const std::string& program = spec.argv.front();
    if (program.empty())
        return {};
    if (program.find('/') != std::string::npos)
        return {program};
    std::string_view path = valueOf(spec.environment, "PATH");
    if (path.empty())
        path = "/usr/local/bin:/usr/bin:/bin";
    std::vector<std::string> files;
    for (;;) {
        const std::size_t end = path.find(':');
        const std::string_view folder = path.substr(0, end);
        files.push_back((folder.empty() ? std::string{"."} : std::string{folder}) + '/' + program);
        if (end == std::string_view::npos)
            return files;
        path.remove_prefix(end + 1);
    }
}

std::vector<char*> pointers(const std::vector<std::string>& words)
{
    std::vector<char*> list;
    list.reserve(words.size() + 1);
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    return list;
}

void resetSignals()
{
    for (int signal = 1; signal < NSIG; ++signal)
        ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Puts the three descriptors at 0, 1 and 2, whatever numbers they have now.
bool placeStdio(std::array<int, 3> wanted)
{
    for (int& fd : wanted) {
        constexpr int kAboveStdio = 3;
        fd = ::fcntl(fd, F_DUPFD_CLOEXEC, kAboveStdio);
    }
    for (int target = 0; target < 3; ++target) {
        // A closed one stays closed, as it was given.
        if (wanted.at(static_cast<std::size_t>(target)) < 0)
            ::close(target);
        else if (::dup2(wanted.at(static_cast<std::size_t>(target)), target) < 0)
            return false;
    }
    return true;
}

/// execvp(3) over ready-made candidates. Returns errno.
int execute(
    const std::vector<std::string>& files, char* const* argv, char* const* environment, std::vector<char*>& shell)
{
    int error = ENOENT;
    for (const std::string& file : files) {
        ::execve(file.c_str(), argv, environment);
        if (errno == ENOEXEC) {
            // A script without a "#!" line runs under the shell, as execvp and every shell have it.
            shell[1] = const_cast<char*>(file.c_str());
            ::execve("/bin/sh", shell.data(), environment);
        }
        if (errno != ENOENT && errno != ENOTDIR)
            error = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            break;
    }
    return error;
}

[[noreturn]] void giveUp(int report, Step step, int error, int status)
{
    const Report message{step, error};
    [[maybe_unused]] const ssize_t written = ::write(report, &message, sizeof message);
    ::_exit(status);
}

int statusOf(int error)
{
    return error == ENOENT || error == ENOTDIR ? kNotFound : kNotExecutable;
}

} // namespace

Result<PendingLaunch> PendingLaunch::start(const LaunchSpec& spec)
{
    if (spec.argv.empty())
        return Error{"there is no program to start"};
    const std::vector<std::string> files = candidates(spec);
    const std::vector<char*> argv = pointers(spec.argv);
    const std::vector<char*> environment = pointers(spec.environment);
    // "/bin/sh", the script's path (filled in later), then the arguments.
    std::vector<char*> shell{const_cast<char*>("/bin/sh"), nullptr};
    shell.insert(shell.end(), argv.begin() + 1, argv.end());

    std::array<int, 2> door{};
    std::array<int, 2> report{};
    if (::pipe2(door.data(), O_CLOEXEC) != 0)
        return systemError("cannot start '" + spec.argv.front() + "'", errno);
    UniqueFd doorRead{door[0]};
    UniqueFd doorWrite{door[1]};
    if (::pipe2(report.data(), O_CLOEXEC) != 0)
        return systemError("cannot start '" + spec.argv.front() + "'", errno);
    UniqueFd reportRead{report[0]};
    UniqueFd reportWrite{report[1]};

    TerminalHost host;
    // The child is not disturbed before it is ready, and SIGTTOU does not stop it before it is in the foreground.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = 0;
    if (spec.terminal >= 0) {
        pid = host.fork(spec.terminal, spec.personsTerminal, terminalSettings(spec.personsTerminal));
    } else {
        pid = ::fork();
        pid = pid < 0 ? -errno : pid;
    }
    if (pid != 0)
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0)
        return systemError("cannot start '" + spec.argv.front() + "'", -pid);
    if (pid == 0) {
        ::setpgid(0, 0);
        if (spec.foregroundOf >= 0)
            ::tcsetpgrp(spec.foregroundOf, ::getpid());
        doorWrite.reset();
        char go = 0;
        if (::read(doorRead.get(), &go, 1) != 1)
            ::_exit(kOwnFailure);
        // Beyond the descriptors that are about to be replaced.
        constexpr int kAboveStdio = 3;
        const int out = ::fcntl(reportWrite.get(), F_DUPFD_CLOEXEC, kAboveStdio);
        if (!placeStdio({spec.standardInput, spec.standardOutput, spec.standardError}))
            giveUp(out, Step::Stdio, errno, kOwnFailure);
        if (!spec.workingDirectory.empty() && ::chdir(spec.workingDirectory.c_str()) != 0)
            giveUp(out, Step::WorkingDirectory, errno, kOwnFailure);
        resetSignals();
        restoreDescriptorLimit();
        if (!spec.filter.install())
            giveUp(out, Step::Filter, errno, kOwnFailure);
        const int error = execute(files, argv.data(), environment.data(), shell);
        giveUp(out, Step::Exec, error, statusOf(error));
    }
    // Both sides do it, so that it is done whoever comes first. (With a host, it is already done.)
    ::setpgid(pid, pid);
    return PendingLaunch{pid, std::move(doorWrite), std::move(reportRead), spec.argv.front(), std::move(host)};
}

void PendingLaunch::go()
{
    const char go = 1;
    [[maybe_unused]] const ssize_t written = ::write(door_.get(), &go, 1);
    door_.reset();
}

bool PendingLaunch::failed(Failure& failure)
{
    Report message{};
    ssize_t got = 0;
    do {
        got = ::read(report_.get(), &message, sizeof message);
    } while (got < 0 && errno == EINTR);
    report_.reset();
    if (got != static_cast<ssize_t>(sizeof message))
        return false;
    failure.exitStatus = message.step == Step::Exec ? statusOf(message.error) : kOwnFailure;
    switch (message.step) {
    case Step::WorkingDirectory:
        failure.message =
            systemError("cannot change to the working directory for '" + program_ + "'", message.error).message;
        break;
    case Step::Stdio:
        failure.message = systemError("cannot set up input and output for '" + program_ + "'", message.error).message;
        break;
    case Step::Filter:
        failure.message =
            systemError("cannot install the system call filter for '" + program_ + "'", message.error).message;
        break;
    case Step::Exec:
        failure.message = failure.exitStatus == kNotFound
            ? "the program '" + program_ + "' was not found; check its name, or give its path"
            : systemError("the program '" + program_ + "' cannot be executed", message.error).message;
        break;
    }
    return true;
}

ChildChange PendingLaunch::nextChange()
{
    return host_.exists() ? host_.nextChange() : waitForChange(pid_);
}

void PendingLaunch::abandon()
{
    sendSignal(pid_, Signal{SIGKILL}); // it may have ended
    while (nextChange().kind != ChildChange::Kind::Ended) { }
    collectChild(pid_);
    host_.dismiss();
}

} // namespace daemonscope
