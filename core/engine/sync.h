// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

/// Things that processes share. They are handed to a child as arguments (or, with fork, by being there already). Behind
/// each are POSIX semaphores in memory without a name, which spawned processes get as a descriptor: nothing of it is
/// left when the last of them is gone, however it died. Waiting is interrupted by signals with a handler (signals.h).
namespace daemonscope::engine {

enum class StartMethod;
class SharedBlock; // shared memory with the semaphores in it (sharedblock.h)
class QueueBody;

/// multiprocessing.Lock. It belongs to nobody: whoever has it may release it, and if its holder is killed, nobody
/// does.
class Lock {
public:
    explicit Lock(StartMethod method);
    explicit Lock(std::unique_ptr<SharedBlock> block); ///< one that another process made
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    /// Whether it was taken; false only after `timeout`. Zero or less: tries once.
    bool acquire(std::optional<std::chrono::nanoseconds> timeout = std::nullopt);
    /// Throws ValueError "semaphore or lock released too many times".
    void release();

    // So that std::lock_guard takes it.
    void lock() { acquire(); }
    void unlock() { release(); }
    [[nodiscard]] SharedBlock& block() const { return *block_; }

private:
    std::unique_ptr<SharedBlock> block_;
};

/// multiprocessing.Event: a flag that can be waited for.
class Event {
public:
    explicit Event(StartMethod method);
    explicit Event(std::unique_ptr<SharedBlock> block);
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    void set();
    void clear();
    [[nodiscard]] bool isSet() const;
    /// Whether it is set; false only after `timeout`.
    bool wait(std::optional<std::chrono::nanoseconds> timeout = std::nullopt);
    [[nodiscard]] SharedBlock& block() const { return *block_; }

private:
    std::unique_ptr<SharedBlock> block_;
};

/// multiprocessing.Queue: a pipe, a lock on each end, and in each process that puts something a feeder thread that
/// writes it. A process that has put more than the pipe holds therefore does not end before somebody reads it: its exit
/// sequence joins the feeder (finalizer of priority -5, Lib/multiprocessing/queues.py).
class Queue {
public:
    explicit Queue(StartMethod method);
    explicit Queue(std::unique_ptr<QueueBody> body);
    ~Queue();
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    /// Never waits: the feeder thread writes. Locks, events and queues cannot be put: as in Python the feeder prints
    /// the RuntimeError, and nothing is sent. Throws ValueError "Queue <…> is closed" after close().
    void put(Value value);
    /// Throws Empty after `timeout`; ValueError "Queue <…> is closed" after close(); EOFError when nobody is left who
    /// could put something, and OSError "got end of file during message" if who did so died in the middle of it.
    [[nodiscard]] Value get(std::optional<std::chrono::nanoseconds> timeout = std::nullopt);
    [[nodiscard]] bool empty() const;
    /// No more put() in this process; the feeder ends when everything is written.
    void close();
    /// Waits for the feeder. Throws AssertionError "Queue <…> not closed" before close().
    void joinThread();
    /// Lets the process end without waiting for the feeder: what is not written is lost.
    void cancelJoinThread();
    [[nodiscard]] QueueBody& body() const { return *body_; }

private:
    std::unique_ptr<QueueBody> body_;
};

} // namespace daemonscope::engine
