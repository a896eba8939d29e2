// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace daemonscope {

/// Writes what a destination takes at once, without waiting for whoever reads there. The descriptor's O_NONBLOCK is
/// left as it is: it belongs to the open file, which others share.
class PromptWriter {
public:
    /// `fd` stays the caller's.
    explicit PromptWriter(int fd);

    /// How many of the bytes have been written: fewer than all where the rest would have to wait, has failed, or where
    /// the kernel cannot write without waiting (terminals). What is left is for writeAll(), which waits and knows why
    /// it fails.
    [[nodiscard]] std::size_t write(std::string_view bytes) const;

private:
    int fd_;
    bool neverWaits_; ///< a regular file, which takes everything and has nobody at its other end
};

} // namespace daemonscope
