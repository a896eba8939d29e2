// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "os/result.h"
#include "recording/recordscan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope {

/// Reads a recording, which may still be growing (docs/recording-format.md) and whose bytes may be anything. Not thread
/// safe; each reader has its own file descriptor and its own position, so any number of readers may look at one file.
class RecordingReader {
public:
    /// Times are between 0 and this (146 years): differences of two never overflow, whatever a file says.
    static constexpr EventTime kLatestTime{1LL << 62};

    /// Opens the file and checks its header. A missing, foreign, empty, too new file, or one that was cut off within
    /// its header, is an error that says so.
    static Result<RecordingReader> open(const std::string& path);

    /// The events that were appended since the last call, at most `limit` and no more than fit in a few megabytes, in
    /// the order of the file. An empty vector means: nothing new (yet). Damaged bytes are passed over, see damage().
    std::vector<Event> poll(std::size_t limit = 65536);

    /// The bytes of a piece of output. `written` must come from this reader's poll().
    [[nodiscard]] Result<std::string> readOutput(const payload::OutputWritten& written) const;

    /// Whether the recorder closed the file in order, or is still writing it, or died or was cut off.
    enum class State { Growing, Closed, Abandoned };
    /// Looks at the file's header; Abandoned: the recorder is gone without having closed the file.
    [[nodiscard]] State state() const;
    /// Whether all that was committed has been delivered by poll().
    [[nodiscard]] bool atEnd() const;
    /// What is wrong with the part of the file that was read, as one sentence: truncated, damaged at byte … and how
    /// much was passed over. Empty if nothing is.
    [[nodiscard]] std::string damage() const;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    RecordingReader(FileWindow file, std::string path);
    /// Up to where the file can be read now, and what is wrong with that.
    struct Extent {
        std::uint64_t end = 0;
        bool headerDamaged = false; ///< the committed length can't be right
        bool truncated = false;     ///< the file is shorter than that
    };
    [[nodiscard]] Extent extent() const;
    void passOverDamage(std::uint64_t end);
    [[nodiscard]] std::optional<Event> eventOf(const ScannedRecord& record);

    FileWindow file_;
    std::string path_;
    RecordScan scan_;
    std::uint64_t position_ = 0; ///< file offset of the next record

    std::optional<std::uint64_t> firstDamage_; ///< file offset
    std::uint64_t damagedPlaces_ = 0;
    std::uint64_t skippedBytes_ = 0;
    std::uint64_t misunderstood_ = 0; ///< records whose checksum is right, but not their contents
    Extent extent_;                   ///< at the latest poll()
};

} // namespace daemonscope
