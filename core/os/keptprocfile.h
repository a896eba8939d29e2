// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace daemonscope {

/// A file of /proc/PID that is read time and again, mostly of the same process: it is kept open, and read with one
/// system call. For one thread at a time.
class KeptProcFile {
public:
    /// `entry`: the name below /proc/PID, such as "status".
    explicit KeptProcFile(std::string entry);

    /// The text now, up to a page of it; valid until the next call. Empty if the process is gone.
    [[nodiscard]] std::string_view read(std::int32_t pid);

private:
    [[nodiscard]] std::string_view readAgain();

    std::string entry_;
    std::int32_t pid_ = 0;
    UniqueFd file_;
    std::array<char, 4096> text_{};
};

} // namespace daemonscope
