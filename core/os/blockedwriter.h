// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace daemonscope {

/// The descriptor that a thread is writing to, by the text of its /proc/PID/task/TID/syscall (proc(5)); nothing for a
/// thread that runs or waits for something else. Knows the system calls of the recorder's own architecture only.
std::optional<int> parseBlockedWrite(std::string_view syscallText);

/// The threads of process `pid` that wait for room in the socket with this inode. Sets `someRun` if any of its threads
/// runs or is about to, and may thus come to wait there soon.
std::vector<std::int32_t> blockedWriters(std::int32_t pid, std::uint64_t socketInode, bool& someRun);

/// Sends SIGPIPE to one thread. A tracer recognises it by its sender, which is this process.
void sendSigpipe(std::int32_t pid, std::int32_t tid);

} // namespace daemonscope
