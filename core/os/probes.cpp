// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/probes.h"

#include "os/filter.h"
#include "os/pidfd.h"
#include "os/procfs.h"
#include "os/ptrace.h"
#include "os/self.h"
#include "os/socket.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <functional>
#include <vector>

namespace daemonscope::probes {

namespace {

/// A child that does `what` and exits with what that returns.
pid_t startChild(const std::function<int()>& what)
{
    const pid_t pid = ::fork();
    if (pid == 0)
        ::_exit(what());
    return pid;
}

constexpr int kCode = 5;

/// A descriptor of a child that has exited with kCode and was collected.
Result<UniqueFd> endedAndCollected()
{
    const pid_t child = startChild([] { return kCode; });
    if (child < 0)
        return systemError("cannot start a process", errno);
    UniqueFd handle = openPidfd(child);
    waitForChild(child);
    return handle;
}

int sleepForEver()
{
    for (;;)
        ::pause();
}

/// The namespaces that the machine was started with have fixed inode numbers (include/linux/proc_ns.h).
bool isInitial(const char* space, const char* link)
{
    const auto target = readProcLink(::getpid(), space);
    return !target.ok() || target.value() == link;
}

} // namespace

Outcome tracing()
{
    const pid_t child = startChild(sleepForEver);
    if (child < 0)
        return systemError("cannot start a process", errno);
    Outcome seized = daemonscope::tracing::seize(child, false);
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, __WALL) < 0 && errno == EINTR) { }
    return seized;
}

Outcome syscallFilter()
{
    const auto filter = SyscallFilter::create(true);
    if (!filter.ok())
        return filter.error();
    const pid_t child = startChild([&filter] { return filter.value().install() ? 0 : errno; });
    if (child < 0)
        return systemError("cannot start a process", errno);
    if (const ExitStatus status = waitForChild(child); status.bySignal() || status.exitCode() != 0)
        return systemError("the kernel does not take a system call filter (seccomp)", status.exitCode());
    return Done{};
}

Outcome writersOfSockets()
{
    auto created = AttributedStream::create();
    if (!created.ok())
        return created.error();
    const AttributedStream& stream = created.value();
    if (::write(stream.writer.get(), "x", 1) != 1)
        return systemError("cannot write into a socket", errno);
    std::vector<char> buffer(1);
    if (receive(stream.reader.get(), buffer).senderPid != ::getpid())
        return Error{"the kernel does not say who wrote into a socket"};
    return Done{};
}

Outcome pidfd()
{
    if (openPidfd(::getpid()).valid())
        return Done{};
    return systemError("the kernel has no descriptors of processes (pidfd_open)", errno);
}

Outcome momentOfCollecting()
{
    const auto child = endedAndCollected();
    if (!child.ok())
        return child.error();
    // It is hung up before the collecting is over, so nothing has to be waited for.
    pollfd waiting{child.value().get(), 0, 0};
    if (::poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLHUP) != 0)
        return Done{};
    return Error{"the kernel does not report when a process is collected (hang-up of a pidfd)"};
}

Outcome statusOfCollected()
{
    const auto child = endedAndCollected();
    if (!child.ok())
        return child.error();
    if (collectedStatus(child.value()) == ExitStatus::code(kCode))
        return Done{};
    return Error{"the kernel does not tell how a process ended that others collected (PIDFD_GET_INFO, Linux 6.15)"};
}

std::optional<int> kernelSetting(const std::string& name)
{
    constexpr std::size_t kLimitBytes = 64;
    const auto text = readSmallFile("/proc/sys/" + name, kLimitBytes);
    int number = 0;
    if (!text.ok()
        || std::from_chars(text.value().data(), text.value().data() + text.value().size(), number).ec != std::errc{})
        return std::nullopt;
    return number;
}

std::string containerSigns()
{
    std::string signs;
    const auto add = [&signs](bool there, const char* sign) {
        if (there)
            signs += (signs.empty() ? "" : ", ") + std::string{sign};
    };
    std::error_code ignored;
    add(std::filesystem::exists("/.dockerenv", ignored), "/.dockerenv");
    add(std::filesystem::exists("/run/.containerenv", ignored), "/run/.containerenv");
    add(!isInitial("ns/pid", "pid:[4026531836]"), "a pid namespace of its own");
    add(!isInitial("ns/user", "user:[4026531837]"), "a user namespace of its own");
    return signs;
}

bool gainsNoRights()
{
    return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

} // namespace daemonscope::probes
