// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace daemonscope {

/// A file that is read from front to back, a block at a time. Not thread safe.
class FileWindow {
public:
    explicit FileWindow(UniqueFd file)
        : file_(std::move(file))
    {
    }

    /// The bytes from `offset` on, `size` of them or fewer where the file ends before. Bytes from `end` on are not
    /// kept for later, as they may still change. Valid until the next call.
    [[nodiscard]] std::string_view view(std::uint64_t offset, std::size_t size, std::uint64_t end);
    /// Copies up to `size` bytes at `offset`; how many there were.
    std::size_t read(char* into, std::size_t size, std::uint64_t offset) const;
    /// The next byte from `offset` on that is not in a hole of the file; `offset` itself where that is not known.
    [[nodiscard]] std::uint64_t nextData(std::uint64_t offset) const;
    /// The size of the file now; 0 if that can't be read.
    [[nodiscard]] std::uint64_t size() const;
    /// Whether it is a regular file.
    [[nodiscard]] bool regular() const;

private:
    UniqueFd file_;
    std::string buffer_;      ///< bytes of the file …
    std::uint64_t start_ = 0; ///< … from here on
};

} // namespace daemonscope
