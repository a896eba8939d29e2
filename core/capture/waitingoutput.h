// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace daemonscope {

/// Memory that output is received into. Not cleared when it is made: only what was received is ever looked at.
class OutputBuffer {
public:
    static constexpr std::size_t kBytes = 256UL << 10;

    OutputBuffer()
        : memory_(std::make_unique_for_overwrite<char[]>(kBytes))
    {
    }
    [[nodiscard]] char* data() const { return memory_.get(); }

private:
    std::unique_ptr<char[]> memory_;
};

/// Output that its destination does not take yet, in order. Long pieces are handed over with the buffer that they were
/// received into, short ones share a buffer, and emptied buffers are used again: bytes are not copied more than they
/// must, nor memory taken for each piece. Not thread safe.
class WaitingOutput {
public:
    struct Piece {
        OutputBuffer buffer;
        std::size_t begin = 0;
        std::size_t end = 0;
        [[nodiscard]] std::string_view bytes() const { return {buffer.data() + begin, end - begin}; }
    };

    /// Appends `bytes`, which lie in `buffer`, and leaves there a buffer to go on with: the same or another one.
    void push(OutputBuffer& buffer, std::string_view bytes);
    [[nodiscard]] bool empty() const { return pieces_.empty(); }
    /// The oldest piece; there must be one.
    Piece pop();
    /// Gives back a piece that has been written.
    void recycle(Piece piece);

private:
    std::deque<Piece> pieces_;
    std::vector<OutputBuffer> free_;
};

} // namespace daemonscope
