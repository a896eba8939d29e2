// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "os/result.h"
#include "os/uniquefd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace daemonscope {

/// Reads a recording, which may still be growing (docs/recording-format.md). Not thread safe; each reader has its own
/// file descriptor and its own position, so any number of readers may look at one file.
class RecordingReader {
public:
    /// Opens the file and checks its header. A missing, foreign, empty or too new file is an error that says so.
    static Result<RecordingReader> open(const std::string& path);

    /// The events that were appended since the last call, at most `limit`, in the order of the file. An empty vector
    /// means: nothing new (yet). Stops for good at damage, which damage() then tells.
    std::vector<Event> poll(std::size_t limit = 65536);

    /// The bytes of a piece of output. `written` must come from this reader's poll().
    [[nodiscard]] Result<std::string> readOutput(const payload::OutputWritten& written) const;

    /// Whether the recorder closed the file in order, or is still writing it, or died or was cut off.
    enum class State { Growing, Closed, Abandoned };
    /// Looks at the file's header; Abandoned: the recorder is gone without having closed the file.
    [[nodiscard]] State state() const;
    /// Whether all that was committed has been delivered by poll().
    [[nodiscard]] bool atEnd() const;
    /// What is wrong with the file, as one sentence: truncated, damaged at offset … Empty if nothing is.
    [[nodiscard]] const std::string& damage() const { return damage_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    RecordingReader(UniqueFd file, std::string path);
    bool fill(std::uint64_t wanted);
    [[nodiscard]] std::uint64_t committedLength() const;

    UniqueFd file_;
    std::string path_;
    std::string damage_;
    std::string buffer_;            ///< bytes of the file from bufferStart_ on
    std::uint64_t bufferStart_ = 0; ///< file offset
    std::uint64_t position_ = 0;    ///< file offset of the next record
};

} // namespace daemonscope
