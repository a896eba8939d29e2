// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/self.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace daemonscope {

bool sendSignal(std::int32_t pid, Signal signal)
{
    return ::kill(pid, signal.number()) == 0;
}

Result<UniqueFd> takeOverSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGTTOU, SIGXFSZ})
        ::sigaddset(&set, signal);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // These are blocked only so that they don't hurt; the calls that cause them fail with an errno as well.
    ::sigdelset(&set, SIGPIPE);
    ::sigdelset(&set, SIGXFSZ);
    ::sigdelset(&set, SIGTTOU);
    UniqueFd descriptor{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!descriptor.valid())
        return systemError("cannot take over the recorder's signals", errno);
    return descriptor;
}

std::optional<ReceivedSignal> nextSignal(int signalDescriptor)
{
    signalfd_siginfo info{};
    if (::read(signalDescriptor, &info, sizeof info) != static_cast<ssize_t>(sizeof info))
        return std::nullopt;
    const bool fromKernel = info.ssi_code > 0; // sigaction(2): SI_KERNEL and the faults' codes
    return ReceivedSignal{Signal{static_cast<int>(info.ssi_signo)}, fromKernel,
        fromKernel ? 0 : static_cast<std::int32_t>(info.ssi_pid), fromKernel ? 0 : info.ssi_uid};
}

std::vector<std::string> currentEnvironment()
{
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
        entries.emplace_back(*entry);
    return entries;
}

std::optional<std::string> environmentValue(const std::vector<std::string>& environment, const std::string& name)
{
    const std::string prefix = name + '=';
    for (const std::string& entry : environment) {
        if (entry.compare(0, prefix.size(), prefix) == 0)
            return entry.substr(prefix.size());
    }
    return std::nullopt;
}

void setEnvironmentValue(std::vector<std::string>& environment, const std::string& name, const std::string& value)
{
    const std::string prefix = name + '=';
    for (std::string& entry : environment) {
        if (entry.compare(0, prefix.size(), prefix) == 0) {
            entry = prefix + value;
            return;
        }
    }
    environment.push_back(prefix + value);
}

std::string currentDirectory()
{
    std::array<char, PATH_MAX> path{};
    return ::getcwd(path.data(), path.size()) != nullptr ? path.data() : "";
}

std::int32_t currentProcess()
{
    return ::getpid();
}

std::vector<std::int32_t> currentChildren()
{
    std::vector<std::int32_t> children;
    std::error_code error;
    for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task", error}) {
        std::ifstream list{thread.path() / "children"};
        for (std::int32_t pid = 0; list >> pid;)
            children.push_back(pid);
    }
    return children;
}

std::uint32_t currentUser()
{
    return ::geteuid();
}

std::string executablePath()
{
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    return size > 0 ? std::string{path.data(), static_cast<std::size_t>(size)} : std::string{};
}

std::array<bool, 3> reserveStandardStreams()
{
    std::array<bool, 3> wereOpen{};
    for (int fd = 0; fd < 3; ++fd) {
        wereOpen.at(static_cast<std::size_t>(fd)) = isOpen(fd);
        // The lowest free number is given out first, and all below this one are taken.
        if (!wereOpen.at(static_cast<std::size_t>(fd)))
            ::open("/dev/null", O_RDWR | O_CLOEXEC);
    }
    return wereOpen;
}

int openNowhere()
{
    return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

bool isOpen(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

Result<UniqueFd> duplicate(int fd)
{
    constexpr int kAboveStdio = 3;
    UniqueFd copy{::fcntl(fd, F_DUPFD_CLOEXEC, kAboveStdio)};
    if (!copy.valid())
        return systemError("cannot duplicate a descriptor", errno);
    return copy;
}

std::uint64_t inodeOf(int fd)
{
    struct stat info { };
    return ::fstat(fd, &info) == 0 ? info.st_ino : 0;
}

bool isSameFile(int one, int other)
{
    struct stat first { };
    struct stat second { };
    return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev
        && first.st_ino == second.st_ino;
}

WriteEnd writeAll(int fd, const char* bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t written = ::write(fd, bytes, size);
        if (written < 0 && errno == EAGAIN) {
            // The descriptor is shared with others, one of whom made it non-blocking; wait as a blocking one would.
            fd_set writable;
            FD_ZERO(&writable);
            FD_SET(fd, &writable);
            ::select(fd + 1, nullptr, &writable, nullptr, nullptr);
            continue;
        }
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno == EPIPE ? WriteEnd{WriteEnd::Kind::ReaderGone, {}}
                                  : WriteEnd{WriteEnd::Kind::Failed, systemError("", errno).message.substr(2)};
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

void refuseInput(int socket)
{
    ::shutdown(socket, SHUT_RD);
}

ExitStatus waitForChild(std::int32_t pid)
{
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    return ExitStatus::fromWait(status);
}

void endAs(ExitStatus status)
{
    if (status.bySignal()) {
        const int signal = status.signal().number();
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::signal(signal, SIG_DFL);
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, signal);
        ::kill(::getpid(), signal);
        ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
        // Only a signal whose default is not to end gets here.
        ::_exit(status.shellCode());
    }
    ::_exit(status.exitCode());
}

Error replaceBy(const std::string& file, const std::vector<std::string>& argv)
{
    std::vector<char*> pointers;
    pointers.reserve(argv.size() + 1);
    for (const std::string& word : argv)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    ::execv(file.c_str(), pointers.data());
    return systemError("cannot execute '" + file + "'", errno);
}

} // namespace daemonscope
