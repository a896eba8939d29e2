// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/outputroute.h"
#include "capture/processregistry.h"
#include "os/result.h"
#include "os/uniquefd.h"
#include "recording/writer.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace daemonscope {

/// The output witness: gives the program a socket for stdout and one for stderr, records which process wrote which
/// bytes, and copies them on to where they would have gone. When that place takes no more, the program's writes wait
/// as they would have waited there; when its reader is gone, they fail with EPIPE. drain() may be called from any
/// thread.
class OutputChannel {
public:
    /// `destinations`: where stdout and stderr would have gone; a closed descriptor (-1) stays closed for the program.
    static Result<std::unique_ptr<OutputChannel>> create(RecordingWriter& recording, ProcessRegistry& processes,
        std::array<int, 2> destinations, OutputLimits limits = {});
    /// For a program with a terminal of its own: what is printed there, see OutputRoute::addTerminal().
    static std::unique_ptr<OutputChannel> createForTerminal(RecordingWriter& recording, ProcessRegistry& processes,
        int destination, UniqueFd master, std::int32_t program, std::function<void()> hangUp, OutputLimits limits = {});
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
    /// Waits until what was received has been copied on, for each destination at most for `limit`. Any thread.
    void flush(std::chrono::milliseconds limit);
    /// Records how much of what `process` wrote was not kept. Called before its end is recorded.
    void ended(ProcessId process);
    /// Waits until every writer is gone and all is copied on, then ends the threads.
    void finish();
    /// Why some output could not be copied on, as a sentence; empty if all could.
    [[nodiscard]] std::string failure() const;

private:
    OutputChannel(RecordingWriter& recording, OutputLimits limits)
        : store_(recording, limits)
    {
    }
    [[nodiscard]] OutputRoute& routeTo(int destination, RecordingWriter& recording, ProcessRegistry& processes);

    std::array<UniqueFd, 2> programEnds_;
    std::array<std::uint64_t, 2> inodes_{};
    OutputStore store_;
    std::vector<std::unique_ptr<OutputRoute>> routes_;
};

} // namespace daemonscope
