// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "os/socket.h"
#include "recording/writer.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace daemonscope {

/// The output witness: gives the program a socket for stdout and one for stderr, records which process wrote which
/// bytes, and copies them on to where they would have gone. When that place takes no more, the program's writes wait
/// as they would have waited there; when its reader is gone, they fail with EPIPE.
///
/// Two threads: one receives and records, one copies on, so that a slow reader of the program's output never delays
/// a recorded time. drain() may be called from any thread.
class OutputChannel {
public:
    /// `destinations`: where stdout and stderr would have gone; a closed descriptor (-1) stays closed for the program.
    static Result<std::unique_ptr<OutputChannel>> create(
        RecordingWriter& recording, ProcessRegistry& processes, std::array<int, 2> destinations);
    ~OutputChannel();
    OutputChannel(const OutputChannel&) = delete;
    OutputChannel& operator=(const OutputChannel&) = delete;

    /// The descriptors to give to the program; -1 for a closed one.
    [[nodiscard]] std::array<int, 2> programEnds() const;
    /// Whether `inode` is that of the sockets that the program has, of any stream.
    [[nodiscard]] bool isProgramEnd(std::uint64_t inode) const;
    /// To be called once the program has its ends: closes them here, so that their last user's end is seen.
    void closeProgramEnds();

    /// Begins to receive.
    void start();
    /// Records everything that has been written up to now. Called before a process's end is recorded, so that its last
    /// words stand before it.
    void drain();
    /// Waits until every writer is gone and all is copied on, then ends the threads.
    void finish();

private:
    OutputChannel(RecordingWriter& recording, ProcessRegistry& processes, std::array<int, 2> destinations);
    void receiveLoop();
    void copyLoop();
    bool receiveAvailable(std::size_t stream);

    struct Piece {
        std::size_t stream = 0;
        std::string bytes;
    };
    /// Beyond this much waiting to be copied on, nothing more is received.
    static constexpr std::size_t kMaxWaitingBytes = 1U << 20;

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    std::array<int, 2> destinations_;
    std::array<AttributedStream, 2> streams_;
    std::array<std::uint64_t, 2> inodes_{};

    std::mutex receiveMutex_; ///< one receiver at a time, so that pieces are recorded in their order
    std::vector<char> buffer_;
    std::array<bool, 2> open_{};

    std::mutex queueMutex_;
    std::condition_variable queueChanged_;
    std::deque<Piece> queue_;
    std::size_t waitingBytes_ = 0;
    bool receivedAll_ = false;

    std::thread receiver_;
    std::thread copier_;
};

} // namespace daemonscope
