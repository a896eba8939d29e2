// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "os/procfs.h"
#include "recording/writer.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace daemonscope {

/// Looks at the CPU time and the memory of every living process, so many times a second, and records what has changed.
/// It has a thread of its own and holds no lock that the tracer waits for while it reads.
///
/// A look opens, reads and closes /proc/PID/stat; nothing is kept open, as 10,000 processes would take more descriptors
/// than a process may have. A tick takes at most a twentieth of the time between two ticks (in this thread's own
/// processor time), and the next one goes on where that was over: with more processes than that allows, each is looked
/// at less often, which is recorded once as a loss.
class Sampler {
public:
    /// Reads /proc/PID/stat; another one in tests.
    using ReadStat = std::function<Result<ProcStat>(std::int32_t pid)>;

    Sampler(RecordingWriter& recording, ProcessRegistry& processes, std::chrono::nanoseconds interval,
        ReadStat read = readProcStat);
    ~Sampler();
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    /// Begins to look, an interval from now. Does nothing if the interval is 0.
    void start();
    /// Ends the thread.
    void finish();

    /// One tick, for the thread and for tests: goes on at the process after the last one, until all have been looked at
    /// or `budget` of this thread's processor time is spent. Whether all of them had their turn.
    bool tick(std::chrono::nanoseconds budget);

private:
    /// The last look at a process.
    struct Look {
        EventTime time{};
        std::uint64_t startTicks = 0;
        ProcUsage usage;
        bool changed = false; ///< something was another than at the look before
        bool present = false; ///< met in this round through the processes
    };
    void loop();
    void look(const LiveProcess& process);
    void endRound();

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    std::chrono::nanoseconds interval_;
    ReadStat read_;
    std::unordered_map<std::uint32_t, Look> looks_; ///< by serial; of living processes only
    std::optional<std::uint32_t> last_;             ///< where the round stands
    bool saidBehind_ = false;

    std::mutex mutex_;
    std::condition_variable endRequested_;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace daemonscope
