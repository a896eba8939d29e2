// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opens of /dev/stdout and its like. The program's stdout and stderr are sockets, which cannot be opened by path; with
// the pipe or terminal that they stand for it would work. So such a call is turned into one that duplicates the
// descriptor.

#include "capture/tracer.h"

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

void Tracer::onOpen(std::int32_t tid, const tracing::SyscallEntry& entry)
{
    const auto request = requestOf(tid, entry);
    if (!request || !opensForWriting(request->flags))
        return;
    const auto path = tracing::readString(tid, request->pathAddress);
    const std::uint64_t socket = path ? socketBehindPath(tid, request->directory, *path) : 0;
    if (!callbacks_.isProgramEnd(socket))
        return;
    if (const auto fd = descriptorOfSocket(tid, socket))
        tracing::replaceByDuplicate(tid, *fd, (request->flags & O_CLOEXEC) != 0);
}

} // namespace daemonscope
