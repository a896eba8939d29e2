// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a path means to another thread when it leads to one of a process's descriptors: /dev/stdout, /dev/fd/3,
/// /proc/self/fd/1, and whatever links lead there. Such a path cannot be opened when the descriptor is a socket
/// (open(2), ENXIO).
namespace daemonscope {

/// The inode of the socket that `path` leads to by way of a /proc/PID/fd/N link, as thread `tid` would resolve it: from
/// its root, its working directory, or its descriptor `directory` (openat(2)). 0 for anything else. Costs one
/// readlink(2) for most paths that lead elsewhere.
std::uint64_t socketBehindPath(std::int32_t tid, std::optional<int> directory, const std::string& path);

/// A descriptor of the thread that is the socket with this inode, the lowest one.
std::optional<int> descriptorOfSocket(std::int32_t tid, std::uint64_t inode);

/// The inode in a /proc/PID/fd link of the form "socket:[123]"; 0 for anything else.
std::uint64_t parseSocketLink(std::string_view link);

} // namespace daemonscope
