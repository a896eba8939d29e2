// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/waitingoutput.h"

#include <cstring>
#include <utility>

namespace daemonscope {

namespace {

/// Shorter pieces are copied to the last buffer, where it has room for them.
constexpr std::size_t kShort = 32UL << 10;
constexpr std::size_t kMostFree = 8;

} // namespace

void WaitingOutput::push(OutputBuffer& buffer, std::string_view bytes)
{
    if (bytes.size() < kShort && !pieces_.empty() && OutputBuffer::kBytes - pieces_.back().end >= bytes.size()) {
        Piece& last = pieces_.back();
        std::memcpy(last.buffer.data() + last.end, bytes.data(), bytes.size());
        last.end += bytes.size();
        return;
    }
    const auto begin = static_cast<std::size_t>(bytes.data() - buffer.data());
    OutputBuffer next = [this] {
        if (free_.empty())
            return OutputBuffer{};
        OutputBuffer last = std::move(free_.back());
        free_.pop_back();
        return last;
    }();
    pieces_.push_back(Piece{std::exchange(buffer, std::move(next)), begin, begin + bytes.size()});
}

WaitingOutput::Piece WaitingOutput::pop()
{
    Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    return piece;
}

void WaitingOutput::recycle(Piece piece)
{
    if (free_.size() < kMostFree)
        free_.push_back(std::move(piece.buffer));
}

} // namespace daemonscope
