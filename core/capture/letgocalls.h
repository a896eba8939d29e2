// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "os/filter.h"
#include "os/poller.h"
#include "os/syscalllistener.h"
#include "recording/writer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace daemonscope {

/// Answers the calls at which the filter stops a traced process, for processes that are not traced any more: records
/// who signals whom, gives /dev/stdout and its like where they are opened, and lets everything else go on. It has a
/// thread of its own, which never waits for the tracer.
class LetGoCalls {
public:
    /// `isProgramEnd`: whether a socket is one of the program's streams.
    static Result<std::unique_ptr<LetGoCalls>> create(
        RecordingWriter& recording, ProcessRegistry& processes, std::function<bool(std::uint64_t inode)> isProgramEnd);
    ~LetGoCalls();
    LetGoCalls(const LetGoCalls&) = delete;
    LetGoCalls& operator=(const LetGoCalls&) = delete;

    /// Takes care of one more process and all that it makes.
    void add(SyscallListener listener);
    /// Waits until nobody is left who could call, or this time is over. Whether nobody is.
    bool waitUntilNobodyCalls(std::chrono::milliseconds limit);
    /// Ends the thread; calls that come then fail.
    void finish();

private:
    LetGoCalls(RecordingWriter& recording, ProcessRegistry& processes,
        std::function<bool(std::uint64_t inode)> isProgramEnd, Poller poller);
    void loop();
    void handle(int descriptor);
    [[nodiscard]] bool answer(const SyscallListener& listener, const SyscallListener::Call& call);
    void recordKill(const SyscallListener& listener, const SyscallListener::Call& call);
    [[nodiscard]] std::vector<ProcessId> membersOf(std::int32_t sender, std::int32_t group) const;

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    std::function<bool(std::uint64_t inode)> isProgramEnd_;
    Poller poller_;
    std::mutex mutex_;
    std::condition_variable hungUp_;
    std::unordered_map<int, std::shared_ptr<SyscallListener>> listeners_; ///< by descriptor
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace daemonscope
