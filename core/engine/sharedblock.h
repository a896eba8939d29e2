// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/sharedmemory.h"

#include <semaphore.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope::engine {

/// Internal to the engine: POSIX semaphores in memory that processes share. Made for fork, only copies of this process
/// have it; made for spawn or forkserver, a child gets the memory's descriptor and the place in it. Python gives these
/// semaphores names, which its resource tracker removes for programs that died. Here there is nothing to remove, but
/// the tracker is told of them all the same, and warns of those that a program that died had (SemLock,
/// Lib/multiprocessing/synchronize.py).
class SharedBlock {
public:
    /// `count` semaphores with `value` each. Like the import of multiprocessing.util, which it is in Python, it gives
    /// the exit sequence its place. Throws OSError.
    static std::unique_ptr<SharedBlock> create(StartMethod method, std::size_t count, unsigned value);
    /// What another process made, at `offset` in `memory`. Throws OSError if it is not in there.
    static std::unique_ptr<SharedBlock> received(
        std::shared_ptr<SharedMemory> memory, std::size_t offset, std::size_t count);
    ~SharedBlock();
    SharedBlock(const SharedBlock&) = delete;
    SharedBlock& operator=(const SharedBlock&) = delete;

    /// -1 for one that only forks can share. Borrowed.
    [[nodiscard]] int descriptor() const { return memory_->descriptor(); }
    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Whether it was taken; false only after `timeout` (none: waits; zero or less: tries). Runs signal handlers.
    bool wait(std::size_t semaphore, std::optional<std::chrono::nanoseconds> timeout);
    void post(std::size_t semaphore);
    [[nodiscard]] int value(std::size_t semaphore) const;

private:
    SharedBlock(std::shared_ptr<SharedMemory> memory, std::size_t offset, std::size_t count);
    [[nodiscard]] sem_t& at(std::size_t semaphore) const;
    std::shared_ptr<SharedMemory> memory_;
    std::size_t offset_;
    std::size_t count_;
    std::string tracked_; ///< what the tracker calls it; empty: it was not told
};

/// The resource tracker of this process tree (Lib/multiprocessing/resource_tracker.py): a helper process that warns of
/// what programs that died had not let go. Started by the first spawn, forkserver, or thing made for one of them.
namespace tracker {
/// Starts it if it does not run. Its pipe's write end, to be inherited by spawned processes.
int ensureRunning();
void registerName(const std::string& name);
void unregisterName(const std::string& name);
/// In a spawned process: the pipe it was given.
void adopt(int writeEnd);
} // namespace tracker

} // namespace daemonscope::engine
