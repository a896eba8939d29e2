// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/outputindex.h"

#include <algorithm>
#include <limits>

namespace daemonscope {

namespace {
std::uint32_t cappedSize(std::size_t size)
{
    return static_cast<std::uint32_t>(std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max()));
}
} // namespace

void OutputIndex::add(
    EventTime time, ProcessIndex process, const payload::OutputWritten& written, std::string_view bytes)
{
    const auto slot = static_cast<std::size_t>(process + 1);
    const std::size_t openSlot = slot * 2 + (written.stream == payload::Stream::Stderr ? 1 : 0);
    if (open_.size() <= openSlot)
        open_.resize(openSlot + 1);
    if (byProcess_.size() <= slot)
        byProcess_.resize(slot + 1);

    std::size_t begin = 0;
    while (begin < bytes.size()) {
        const std::size_t newline = bytes.find('\n', begin);
        const bool complete = newline != std::string_view::npos;
        const std::size_t end = complete ? newline : bytes.size();
        const Piece piece{time, written.fileOffset + begin, cappedSize(end - begin)};
        Open& open = open_[openSlot];
        LineNumber number = open.number;
        if (number != kNone) {
            OutputLine& line = lines_[number];
            line.complete = complete;
            if (piece.sizeBytes > 0 && open.foundBytes < kMaxShownBytes && pieceCount_ < kMaxPieces) {
                line.manyPieces = true;
                pieces_[number].push_back(piece);
                ++pieceCount_;
                open.foundBytes += std::min<std::uint32_t>(piece.sizeBytes, kMaxShownBytes);
            }
        } else if (lines_.size() < kMaxLines) {
            number = static_cast<LineNumber>(lines_.size());
            lines_.push_back({time, piece.fileOffset, piece.sizeBytes, process, written.stream, complete, false});
            latestSoFar_.push_back(latestSoFar_.empty() ? time : std::max(latestSoFar_.back(), time));
            byProcess_[slot].push_back(number);
            open.foundBytes = std::min<std::uint32_t>(piece.sizeBytes, kMaxShownBytes);
        } else if (complete) {
            ++dropped_;
        }
        open.number = complete ? kNone : number;
        begin = end + 1;
    }
}

void OutputIndex::clear()
{
    *this = OutputIndex();
}

std::span<const OutputIndex::LineNumber> OutputIndex::linesOf(ProcessIndex process) const
{
    const auto slot = static_cast<std::size_t>(process + 1);
    if (slot >= byProcess_.size())
        return {};
    return byProcess_[slot];
}

std::size_t OutputIndex::countUntil(EventTime t) const
{
    return static_cast<std::size_t>(
        std::upper_bound(latestSoFar_.begin(), latestSoFar_.end(), t) - latestSoFar_.begin());
}

std::size_t OutputIndex::countUntil(ProcessIndex process, EventTime t) const
{
    const auto numbers = linesOf(process);
    const auto limit = static_cast<LineNumber>(countUntil(t));
    return static_cast<std::size_t>(std::lower_bound(numbers.begin(), numbers.end(), limit) - numbers.begin());
}

std::string OutputIndex::bytes(LineNumber number, EventTime t, const RecordingReader& reader) const
{
    const OutputLine& line = lines_.at(number);
    std::string text;
    const auto append = [&](std::uint64_t offset, std::uint32_t size) {
        payload::OutputWritten part;
        part.stream = line.stream;
        part.fileOffset = offset;
        part.sizeBytes = std::min<std::uint64_t>(size, kMaxShownBytes - text.size());
        if (part.sizeBytes == 0)
            return;
        if (auto read = reader.readOutput(part); read.ok())
            text += read.value();
    };
    append(line.fileOffset, line.sizeBytes);
    if (line.manyPieces) {
        for (const Piece& piece : pieces_.at(number)) {
            if (piece.time <= t)
                append(piece.fileOffset, piece.sizeBytes);
        }
    }
    return text;
}

} // namespace daemonscope
