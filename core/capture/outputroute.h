// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/outputstore.h"
#include "capture/processregistry.h"
#include "capture/waitingoutput.h"
#include "os/promptwriter.h"
#include "os/uniquefd.h"
#include "recording/writer.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace daemonscope {

/// The way of the program's output to one destination: stdout's, stderr's, or that of both where they go to the same
/// place, so that their order is kept there. Two threads: one receives, records and copies on what the destination
/// takes at once; the other copies on the rest and waits there, so that a slow reader of the program's output never
/// delays a recorded time.
class OutputRoute {
public:
    OutputRoute(RecordingWriter& recording, OutputStore& store, ProcessRegistry& processes, int destination);
    ~OutputRoute();
    OutputRoute(const OutputRoute&) = delete;
    OutputRoute& operator=(const OutputRoute&) = delete;

    /// Adds a stream; `reader` is the end that the program's bytes come out of, `writerInode` that of the program's
    /// end. Before start().
    void add(payload::Stream stream, UniqueFd reader, std::uint64_t writerInode);
    /// Adds the master of a terminal on which `program` and its descendants print. Who of them does is not known, so
    /// that everything counts as printed by the program. `hangUp` is called when nobody reads at the destination any
    /// more.
    void addTerminal(UniqueFd master, std::int32_t program, std::function<void()> hangUp);
    [[nodiscard]] int destination() const { return destination_; }

    void start();
    /// Records all that has been written up to now. Any thread.
    void drain();
    /// Waits until all that was received has been copied on, at most for `limit`. Any thread.
    void flush(std::chrono::milliseconds limit);
    /// Waits until every writer is gone and all is copied on, then ends the threads.
    void finish();
    /// Why output could not be copied on, as a sentence; empty if it could.
    [[nodiscard]] std::string failure();

private:
    void receiveLoop();
    void copyLoop();
    void refuse();
    void noteLoss(const std::string& why);
    std::size_t receiveAvailable(std::size_t index, std::size_t limitBytes);
    void copyOn(std::string_view bytes);
    /// The readers of the streams that are still open; -1 for others.
    [[nodiscard]] std::array<int, 2> openReaders();

    struct Source {
        payload::Stream stream = payload::Stream::Stdout;
        UniqueFd reader;
        std::uint64_t writerInode = 0;
        bool open = true;
        std::int32_t terminalOf = 0;  ///< the program, if it is a terminal and no socket
        std::function<void()> hangUp; ///< likewise
    };
    /// Beyond this much waiting to be copied on, nothing more is received …
    static constexpr std::size_t kMaxWaitingBytes = 1UL << 20;
    /// … but for the last words of a process that has ended, for which this is the limit.
    static constexpr std::size_t kMaxDrainedBytes = 64UL << 20;

    RecordingWriter& recording_;
    OutputStore& store_;
    ProcessRegistry& processes_;
    int destination_;

    std::mutex receiveMutex_;       ///< one receiver at a time, so that pieces are recorded in their order
    std::atomic<int> drainers_ = 0; ///< drain() goes before the receiver, which would else always win
    std::vector<Source> sources_;
    OutputBuffer buffer_;
    PromptWriter prompt_;

    std::mutex queueMutex_;
    std::condition_variable queueChanged_;
    WaitingOutput queue_;
    std::atomic<std::size_t> waitingBytes_ = 0; ///< taken off only when written, so 0: the copier has nothing in hand
    std::atomic<bool> abandoned_ = false; ///< the destination has failed or refused some: what follows is only recorded
    bool receivedAll_ = false;
    std::string failure_;

    std::thread receiver_;
    std::thread copier_;
};

} // namespace daemonscope
