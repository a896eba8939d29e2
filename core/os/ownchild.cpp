// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/ownchild.h"

#include "os/procfs.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>

namespace daemonscope {

namespace {

/// waitid(2) for one child, which stays as it is; false if there is none.
bool look(std::int32_t pid, int what, siginfo_t& info)
{
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, what | WNOWAIT) != 0) {
        if (errno != EINTR)
            return false;
    }
    return true;
}

} // namespace

ChildChange waitForChange(std::int32_t pid)
{
    constexpr int kStops = WSTOPPED | WCONTINUED;
    siginfo_t info{};
    if (!look(pid, WEXITED | kStops, info) || (info.si_code != CLD_STOPPED && info.si_code != CLD_CONTINUED))
        return {};
    // Taken, so that the next wait does not report it again; it may be another one by now.
    siginfo_t taken{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &taken, kStops | WNOHANG) != 0 || taken.si_pid == 0)
        taken = info;
    if (taken.si_code == CLD_STOPPED)
        return {ChildChange::Kind::Stopped, Signal{taken.si_status}};
    return {ChildChange::Kind::Continued, {}};
}

std::optional<CollectedChild> collectChild(std::int32_t pid)
{
    siginfo_t info{};
    if (!look(pid, WEXITED, info))
        return std::nullopt;
    // Its own time is in /proc until it is collected; what wait4 tells has its children's in it.
    const auto stat = readProcStat(pid);
    int status = 0;
    rusage used{};
    pid_t got = 0;
    do {
        got = ::wait4(pid, &status, 0, &used);
    } while (got < 0 && errno == EINTR);
    if (got != pid)
        return std::nullopt;
    constexpr std::int64_t kBytesPerUnit = 1024;
    CollectedChild child;
    child.status = ExitStatus::fromWait(status);
    child.cpu = stat.ok() ? usageOf(stat.value()).cpu : std::chrono::nanoseconds::zero();
    child.maxRssBytes = used.ru_maxrss * kBytesPerUnit;
    return child;
}

} // namespace daemonscope
