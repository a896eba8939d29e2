// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/uniquefd.h"

#include <chrono>
#include <functional>
#include <optional>

namespace daemonscope {

/// Waits for descriptors in one thread and calls back (epoll(7)). Everything belongs to the thread that
/// calls wait(), but for watch(), watchHangUp() and wake(), which may be called from any.
class Poller {
public:
    static Result<Poller> create();

    /// From now on wait() reports `fd` when it can be read or was hung up. `fd` stays the caller's.
    void watch(int fd);
    /// The same, but only when `fd` was hung up; once.
    void watchHangUp(int fd);
    void unwatch(int fd);
    /// Waits until a descriptor is ready, wake() was called, or `timeout` is over. Calls `ready` for each descriptor.
    void wait(std::optional<std::chrono::milliseconds> timeout, const std::function<void(int fd)>& ready);
    /// Ends the current or the next wait().
    void wake();

private:
    Poller(UniqueFd epoll, UniqueFd wakeUp)
        : epoll_(std::move(epoll))
        , wakeUp_(std::move(wakeUp))
    {
    }
    UniqueFd epoll_;
    UniqueFd wakeUp_;
};

} // namespace daemonscope
