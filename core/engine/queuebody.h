// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "engine/queuefeeder.h"
#include "engine/sharedblock.h"

#include "os/uniquefd.h"

#include <chrono>
#include <memory>
#include <optional>

namespace daemonscope::engine {

/// Internal to the engine: what a Queue consists of. Lock, pipe and values in the pipe are shared by all processes that
/// have the queue; each has its own QueueFeeder, a forked child a new one. All members may be called from any thread.
class QueueBody {
public:
    /// Throws OSError.
    explicit QueueBody(StartMethod method);
    /// One that another process made: its semaphores, and both ends of its pipe.
    QueueBody(std::unique_ptr<SharedBlock> block, UniqueFd reader, UniqueFd writer);
    ~QueueBody();
    QueueBody(const QueueBody&) = delete;
    QueueBody& operator=(const QueueBody&) = delete;

    [[nodiscard]] SharedBlock& block() const { return *block_; }
    /// The ends of the pipe. They stay the queue's. Throw OSError "handle is closed" when the queue was closed and its
    /// feeder has ended.
    [[nodiscard]] int reader() const;
    [[nodiscard]] int writer() const;

    /// As the members of Queue.
    void put(Value value);
    [[nodiscard]] Value get(std::optional<std::chrono::nanoseconds> timeout);
    [[nodiscard]] bool empty() const;
    void close();
    void joinThread();
    void cancelJoinThread();

private:
    /// This process's.
    [[nodiscard]] std::shared_ptr<QueueFeeder> feeder() const;
    [[nodiscard]] std::shared_ptr<QueueEnds> openEnds() const;
    [[nodiscard]] std::string repr() const;

    std::shared_ptr<SharedBlock> block_;          ///< shared with the feeder, which may outlive the queue
    mutable std::shared_ptr<QueueFeeder> feeder_; ///< guarded by RuntimeState::mutex
};

} // namespace daemonscope::engine
