// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/pidfd.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace daemonscope {

namespace {

/// struct pidfd_info, as of its first version; the system's headers may be older than its kernel.
struct PidfdInfo {
    std::uint64_t mask = 0;
    std::uint64_t controlGroup = 0;
    std::uint32_t pid = 0;
    std::uint32_t threadGroup = 0;
    std::uint32_t parentPid = 0;
    std::uint32_t users[8] = {}; // real, effective, saved, file system: user and group
    std::int32_t exitCode = 0;
};
static_assert(sizeof(PidfdInfo) == 64);

constexpr unsigned kPidfsMagic = 0xFF;
constexpr unsigned kGetInfo = 11;
constexpr std::uint64_t kWithExit = 1U << 3;

} // namespace

UniqueFd openPidfd(std::int32_t pid)
{
    return UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))};
}

bool isCollected(const UniqueFd& pidfd)
{
    return ::syscall(SYS_pidfd_send_signal, pidfd.get(), 0, nullptr, 0U) != 0 && errno == ESRCH;
}

std::optional<ExitStatus> collectedStatus(const UniqueFd& pidfd)
{
    PidfdInfo info;
    info.mask = kWithExit;
    if (!pidfd.valid() || ::ioctl(pidfd.get(), _IOWR(kPidfsMagic, kGetInfo, PidfdInfo), &info) != 0
        || (info.mask & kWithExit) == 0)
        return std::nullopt;
    return ExitStatus::fromWait(info.exitCode);
}

bool pidIsTaken(std::int32_t pid)
{
    return ::kill(pid, 0) == 0 || errno != ESRCH;
}

std::int32_t processGroupOf(std::int32_t pid)
{
    return std::max(::getpgid(pid), 0);
}

} // namespace daemonscope
