// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/payloads.h"
#include "lifecycle/process.h"
#include "recording/reader.h"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// A line that a process wrote: where its bytes stand in the recording, without the newline.
struct OutputLine {
    EventTime time{}; ///< of its first byte
    std::uint64_t fileOffset = 0;
    std::uint32_t sizeBytes = 0;
    ProcessIndex process = 0;
    payload::Stream stream = payload::Stream::Stdout;
    bool complete = false;   ///< ended by a newline
    bool manyPieces = false; ///< written in several pieces; the further ones stand elsewhere
};

/// Where each line of each process stands in a recording: the lines of one process, and those of all in the order in
/// which they were begun. The text stays in the file. At most kMaxLines are kept; later ones are counted only.
class OutputIndex {
public:
    using LineNumber = std::uint32_t; ///< position in lines()
    static constexpr std::size_t kMaxLines = 4'000'000;
    /// Bytes of a line that text() gives at most.
    static constexpr std::size_t kMaxShownBytes = 4096;

    /// Takes in a piece of output with the bytes that it consists of.
    void add(EventTime time, ProcessIndex process, const payload::OutputWritten& written, std::string_view bytes);
    void clear();

    [[nodiscard]] const std::vector<OutputLine>& lines() const { return lines_; }
    /// The lines of one process, ascending.
    [[nodiscard]] std::span<const LineNumber> linesOf(ProcessIndex process) const;
    /// How many of lines(), or of linesOf(process), were begun until `t`.
    [[nodiscard]] std::size_t countUntil(EventTime t) const;
    [[nodiscard]] std::size_t countUntil(ProcessIndex process, EventTime t) const;
    /// Pieces of lines that were written in several, besides the first of each. Bounded: those that would not be shown
    /// are left out, and so is what comes when there are very many.
    [[nodiscard]] std::size_t pieceCount() const { return pieceCount_; }
    static constexpr std::size_t kMaxPieces = 4'000'000;
    /// Lines that were not kept, as there were too many.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

    /// The bytes of a line as far as they were written until `t`, at most kMaxShownBytes: raw, hostile.
    [[nodiscard]] std::string bytes(LineNumber line, EventTime t, const RecordingReader& reader) const;

private:
    struct Piece {
        EventTime time{};
        std::uint64_t fileOffset = 0;
        std::uint32_t sizeBytes = 0;
    };
    static constexpr LineNumber kNone = UINT32_MAX;
    /// A line that has no newline yet.
    struct Open {
        LineNumber number = kNone;
        /// So many of its bytes can be found again; of more than are shown it need not be known where they are.
        std::uint32_t foundBytes = 0;
    };

    std::vector<OutputLine> lines_;
    std::vector<EventTime> latestSoFar_; ///< running maximum of the lines' times, for binary search
    std::vector<std::vector<LineNumber>> byProcess_;
    std::vector<Open> open_; ///< by process * 2 + stream
    std::unordered_map<LineNumber, std::vector<Piece>> pieces_;
    std::size_t pieceCount_ = 0;
    std::uint64_t dropped_ = 0;
};

} // namespace daemonscope
