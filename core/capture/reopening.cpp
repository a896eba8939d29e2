// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/reopening.h"

#include "os/descriptorpath.h"
#include "os/filter.h"

#include <fcntl.h>

namespace daemonscope {

namespace {

/// An open call's arguments, whichever call it is.
struct OpenRequest {
    std::optional<int> directory;
    std::uint64_t pathAddress = 0;
    std::uint64_t flags = 0;
};

std::optional<OpenRequest> requestOf(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    const auto& arguments = entry.arguments;
    const auto directory = static_cast<std::int32_t>(arguments[0]);
    const auto at = directory == AT_FDCWD ? std::nullopt : std::optional{directory};
    switch (openCallOf(entry.number, entry.native)) {
    case OpenCall::None:
        return std::nullopt;
    case OpenCall::Open:
        return OpenRequest{std::nullopt, arguments[0], arguments[1]};
    case OpenCall::Creat:
        return OpenRequest{std::nullopt, arguments[0], O_WRONLY | O_CREAT | O_TRUNC};
    case OpenCall::Openat:
        return OpenRequest{at, arguments[1], arguments[2]};
    case OpenCall::Openat2: {
        // struct open_how: flags, mode, resolve. Who restricts the walk gets what the kernel makes of it.
        constexpr std::uint64_t kResolveOffset = 16;
        const auto flags = tracing::readWord(tid, arguments[2]);
        const auto resolve = tracing::readWord(tid, arguments[2] + kResolveOffset);
        return flags && resolve == 0U ? std::optional{OpenRequest{at, arguments[1], *flags}} : std::nullopt;
    }
    }
    return std::nullopt;
}

/// Whether the call would open a pipe or a terminal for writing by a link that leads there.
bool opensForWriting(std::uint64_t flags)
{
    constexpr std::uint64_t kCreateNew = O_CREAT | O_EXCL;
    constexpr std::uint64_t kOther = O_PATH | O_DIRECTORY | O_NOFOLLOW;
    return (flags & O_ACCMODE) != O_RDONLY && (flags & kOther) == 0 && (flags & kCreateNew) != kCreateNew;
}

} // namespace

std::optional<Reopening> findReopening(
    std::int32_t tid, const tracing::SyscallEntry& entry, const std::function<bool(std::uint64_t inode)>& isProgramEnd)
{
    const auto request = requestOf(tid, entry);
    if (!request || !opensForWriting(request->flags))
        return std::nullopt;
    const auto path = tracing::readString(tid, request->pathAddress);
    const std::uint64_t socket = path ? socketBehindPath(tid, request->directory, *path) : 0;
    if (!isProgramEnd(socket))
        return std::nullopt;
    const auto fd = descriptorOfSocket(tid, socket);
    return fd ? std::optional{Reopening{*fd, (request->flags & O_CLOEXEC) != 0}} : std::nullopt;
}

} // namespace daemonscope
