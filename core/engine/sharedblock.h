// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope::engine {

enum class StartMethod;

/// Internal to the engine: POSIX semaphores in memory that processes share. Made for fork it has no name, and children
/// have it because they are copies. Made for spawn or forkserver it is a shared memory object "/daemonscope-…" that a
/// child opens by name; the process that made it removes the name when it ends (finalizer), and if that does not
/// happen, the resource tracker does (SemLock, Lib/multiprocessing/synchronize.py).
class SharedBlock {
public:
    /// `count` semaphores with `value` each. Throws OSError.
    static std::unique_ptr<SharedBlock> create(StartMethod method, std::size_t count, unsigned value);
    /// Opens what another process made. Throws OSError (FileNotFoundError's text).
    static std::unique_ptr<SharedBlock> open(const std::string& name, std::size_t count);
    ~SharedBlock();
    SharedBlock(const SharedBlock&) = delete;
    SharedBlock& operator=(const SharedBlock&) = delete;

    /// Empty for one that only forks can share.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Whether it was taken; false only after `timeout` (none: waits; zero or less: tries). Runs signal handlers.
    bool wait(std::size_t semaphore, std::optional<std::chrono::nanoseconds> timeout);
    void post(std::size_t semaphore);
    [[nodiscard]] int value(std::size_t semaphore) const;

private:
    SharedBlock(std::string name, void* memory, std::size_t count, bool owner);
    std::string name_;
    void* memory_;
    std::size_t count_;
    int ownerPid_; ///< the process that removes the name; 0: none
};

/// The resource tracker of this process tree (Lib/multiprocessing/resource_tracker.py): a helper process that removes
/// the names of shared memory objects whose programs died. Started by the first spawn, forkserver or named object.
namespace tracker {
/// Starts it if it does not run. Its pipe's write end, to be inherited by spawned processes.
int ensureRunning();
void registerName(const std::string& name);
void unregisterName(const std::string& name);
/// In a spawned process: the pipe it was given.
void adopt(int writeEnd);
} // namespace tracker

} // namespace daemonscope::engine
