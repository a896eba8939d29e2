// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "engine/osthread.h"
#include "engine/sharedblock.h"

#include "os/uniquefd.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace daemonscope::engine {

/// The two ends of a queue's pipe. Every process that has the queue holds both.
struct QueueEnds {
    UniqueFd reader;
    UniqueFd writer;
};

/// The semaphores of a queue.
enum QueueLock : std::size_t { queueReaderLock, queueWriterLock, queueLockCount };

/// Internal to the engine: what one process has of a queue for itself (Lib/multiprocessing/queues.py, what
/// Queue._reset() makes anew after a fork): values that are not written yet, and from the first put() on a thread that
/// writes them. Held by the queue, and by its thread until that has written everything. All members may be called from
/// any thread.
class QueueFeeder : public std::enable_shared_from_this<QueueFeeder> {
public:
    QueueFeeder(std::shared_ptr<SharedBlock> block, std::shared_ptr<QueueEnds> ends);

    /// processGeneration() of the process it was made in; in any other none of the following may be called but
    /// takeEnds(), and it may not be destroyed either.
    [[nodiscard]] unsigned generation() const { return generation_; }
    /// Starts the thread and its finalizers if need be. Throws RuntimeError "can't start new thread".
    void put(Value value);
    void close();
    [[nodiscard]] bool closed() const;
    /// The thread shall end when it has written what there is; then the pipe is closed in this process. Only the first
    /// call counts.
    void finish();
    /// Waits for the thread, unless cancelJoin() was called. Throws what a signal handler throws.
    void join();
    void cancelJoin();
    /// None when the thread has closed the pipe.
    [[nodiscard]] std::shared_ptr<QueueEnds> ends() const;
    /// The same; it has none any more.
    [[nodiscard]] std::shared_ptr<QueueEnds> takeEnds();

private:
    void startThread();
    void addFinalizers();
    void feed();
    bool send(const Value& value);
    [[nodiscard]] int openWriter() const;

    const unsigned generation_ = processGeneration();
    const std::shared_ptr<SharedBlock> block_;
    std::shared_ptr<QueueEnds> ends_; ///< guarded by RuntimeState::mutex, so that a fork finds it whole

    mutable std::mutex mutex_; ///< guards what follows; RuntimeState::mutex is never taken while it is held
    std::condition_variable notEmpty_;
    std::deque<std::optional<Value>> buffer_; ///< without a value: the end
    std::shared_ptr<OsThread> thread_;
    bool closed_ = false;
    bool finished_ = false;
    bool joinCancelled_ = false;
};

} // namespace daemonscope::engine
