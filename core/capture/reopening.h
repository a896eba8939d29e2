// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/ptrace.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace daemonscope {

/// What opening /dev/stdout or its like is to give. The program's stdout and stderr are sockets, which cannot be opened
/// by path; with the pipe or terminal that they stand for it would work. So such a call is to give a duplicate of a
/// descriptor of the caller's own.
struct Reopening {
    int fd = -1;
    bool closeOnExec = false;
};
/// Nothing if the call opens anything else. The thread stands at the door of the call. `isProgramEnd`: whether a socket
/// is one of the program's streams. Any thread.
std::optional<Reopening> findReopening(
    std::int32_t tid, const tracing::SyscallEntry& entry, const std::function<bool(std::uint64_t inode)>& isProgramEnd);

} // namespace daemonscope
