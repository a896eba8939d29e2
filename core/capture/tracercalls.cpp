// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls that the filter stops (SyscallFilter): requests for SIGKILL, and opens of /dev/stdout and its like.

#include "capture/tracer.h"

#include "os/filter.h"
#include "os/procfs.h"

#include <fcntl.h>

#include <charconv>
#include <csignal>
#include <string_view>

namespace daemonscope {

namespace {

/// The descriptor that a path names, if it is one of those that mean "my own descriptor N".
std::optional<int> descriptorOfPath(std::string_view path)
{
    if (path == "/dev/stdout")
        return 1;
    if (path == "/dev/stderr")
        return 2;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (path.substr(0, folder.size()) != folder)
            continue;
        const std::string_view digits = path.substr(folder.size());
        int fd = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
        if (error == std::errc{} && end == digits.data() + digits.size() && fd >= 0)
            return fd;
    }
    return std::nullopt;
}

/// The inode in a /proc/PID/fd link of the form "socket:[123]"; 0 for anything else.
std::uint64_t socketInode(std::string_view link)
{
    constexpr std::string_view kPrefix = "socket:[";
    std::uint64_t inode = 0;
    if (link.substr(0, kPrefix.size()) == kPrefix)
        std::from_chars(link.data() + kPrefix.size(), link.data() + link.size(), inode);
    return inode;
}

} // namespace

void Tracer::onSeccomp(std::int32_t tid)
{
    const auto entry = tracing::seccompEntry(tid);
    if (!entry)
        return;
    if (entry->filterData == SyscallFilter::kKill)
        onKillRequest(tid, *entry);
    else if (entry->filterData == SyscallFilter::kOpen && entry->native)
        onOpen(tid, *entry);
}

void Tracer::onKillRequest(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    payload::KillRequested request;
    request.signal = SIGKILL;
    if (!entry.native) {
        // The 32-bit table has other numbers; that a kill was asked for is known, its target is its first argument
        // in all but tgkill, so it is left open.
        request.call = "kill";
    } else {
        request.call = killCallName(entry.number);
        const auto argument = static_cast<std::int32_t>(entry.arguments.at(killTargetArgument(entry.number)));
        request.targetPid = argument;
        if (request.call == "pidfd_send_signal") {
            const auto info = readProcText(tid, "fdinfo/" + std::to_string(argument));
            request.targetPid = info.ok() ? parsePidOfPidfd(info.value()) : 0;
        } else if (request.call == "tkill" || request.call == "tgkill") {
            request.targetPid = processOf(argument);
        }
    }
    if (request.targetPid > 0)
        request.target = processes_.find(static_cast<std::int32_t>(request.targetPid));
    record(processOf(tid), std::move(request));
}

void Tracer::onOpen(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    unsigned pathArgument = 1;
    std::uint64_t flags = entry.arguments[2];
    switch (openCallOf(entry.number)) {
    case OpenCall::None:
        return;
    case OpenCall::Open:
        pathArgument = 0;
        flags = entry.arguments[1];
        break;
    case OpenCall::Creat:
        pathArgument = 0;
        flags = O_WRONLY;
        break;
    case OpenCall::Openat:
        break;
    case OpenCall::Openat2:
        flags = tracing::readWord(tid, entry.arguments[2]).value_or(0); // struct open_how begins with its flags
        break;
    }
    if ((flags & O_ACCMODE) == O_RDONLY)
        return;
    const auto path = tracing::readString(tid, entry.arguments.at(pathArgument));
    const auto fd = path ? descriptorOfPath(*path) : std::nullopt;
    if (!fd)
        return;
    const auto link = readProcLink(tid, ("fd/" + std::to_string(*fd)).c_str());
    if (link.ok() && callbacks_.isProgramEnd(socketInode(link.value())))
        tracing::replaceByDuplicate(tid, *fd, (flags & O_CLOEXEC) != 0);
}

} // namespace daemonscope
