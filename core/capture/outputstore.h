// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "recording/writer.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace daemonscope {

/// How many bytes of output a recording keeps; none: all.
struct OutputLimits {
    std::optional<std::uint64_t> perProcess;
    std::optional<std::uint64_t> total;
};

/// Keeps what processes write in the recording, as far as the limits allow, and counts what they don't: that is
/// recorded as OutputDropped, at the first byte, then each time that it has doubled, and at the process's end.
/// Thread safe.
class OutputStore {
public:
    OutputStore(RecordingWriter& recording, OutputLimits limits)
        : recording_(recording)
        , limits_(limits)
    {
    }

    void append(EventTime time, ProcessId process, payload::Stream stream, std::string_view bytes);
    /// Records what has been counted of `process`, which has ended: it is forgotten.
    void ended(EventTime time, ProcessId process);
    /// Records what has been counted of all.
    void finish(EventTime time);

private:
    struct Count {
        std::uint64_t total = 0;
        std::uint64_t told = 0;
    };
    struct Account {
        std::uint64_t kept = 0;
        std::array<Count, 2> dropped; ///< by stream
    };
    void drop(EventTime time, ProcessId process, payload::Stream stream, Count& count, std::uint64_t size);
    void tell(EventTime time, ProcessId process, payload::Stream stream, Count& count);
    void tellAll(EventTime time, ProcessId process, Account& account);

    RecordingWriter& recording_;
    const OutputLimits limits_;
    std::mutex mutex_;
    std::uint64_t kept_ = 0;
    struct Entry {
        ProcessId id;
        Account account;
    };
    std::unordered_map<std::uint32_t, Entry> processes_; ///< by serial; empty without limits
};

} // namespace daemonscope
