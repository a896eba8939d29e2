// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/kernelpayloads.h"
#include "os/ptrace.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace daemonscope {

/// The group of kill(-1).
constexpr std::int32_t kEverybody = -1;

/// A call of the kill family at whose door a thread stands, in the recorder's numbers.
struct SeenKill {
    payload::KillRequested request;
    std::int32_t group = 0; ///< 0: the call names no group
};
/// Who the numbers of a caller mean: they are those of its own pid namespace.
struct NumbersOfCaller {
    std::int32_t process = 0; ///< the caller's
    std::function<std::int32_t(std::int32_t number)> translate;
    std::function<std::int32_t(std::int32_t tid)> processOf;
    std::function<std::vector<ProcessId>(std::int32_t group)> members; ///< sorted by serial
    std::function<std::optional<ProcessId>(std::int32_t pid)> find;
};
/// Nothing for other calls, and for the question whether a process is there. Any thread.
std::optional<SeenKill> seeKill(std::int32_t tid, const tracing::SyscallEntry& entry, const NumbersOfCaller& numbers);

} // namespace daemonscope
