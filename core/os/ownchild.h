// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"
#include "os/waitstatus.h"

#include <chrono>
#include <cstdint>
#include <optional>

/// What a parent learns of its own child (waitid(2), wait4(2)), without tracing it. Callable from any thread.
namespace daemonscope {

/// A change in a child's life.
struct ChildChange {
    enum class Kind { Stopped, Continued, Ended };
    Kind kind = Kind::Ended;
    Signal signal; ///< that stopped it
};
/// Waits for the next change. An end stays to be collected; a child that is collected already has ended.
ChildChange waitForChange(std::int32_t pid);

/// A child that has ended, as its parent collects it.
struct CollectedChild {
    ExitStatus status;
    std::chrono::nanoseconds cpu{}; ///< user and system time, without its children, to a clock tick
    std::int64_t maxRssBytes = 0;   ///< its own or, where greater, that of a child that it waited for
};
/// Waits for the child's end and collects it; nothing if it is no child of this process.
std::optional<CollectedChild> collectChild(std::int32_t pid);

} // namespace daemonscope
