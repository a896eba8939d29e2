// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "recording/filewindow.h"
#include "recording/format.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace daemonscope {

/// A record of a file whose checksum is right.
struct ScannedRecord {
    format::RecordHeader header;
    std::string_view payload; ///< in the window, valid until its next use
};

/// Finds the records of a file whose bytes may be anything.
class RecordScan {
public:
    /// The record at `offset`, if a whole one with the right checksum stands there, before `end`.
    std::optional<ScannedRecord> at(FileWindow& file, std::uint64_t offset, std::uint64_t end);
    /// Where records go on after the damaged one at `damaged`: behind it if its length can be believed, else at the
    /// first place with a right checksum. `end` if there is none.
    std::uint64_t resume(FileWindow& file, std::uint64_t damaged, std::uint64_t end);
    /// Whether so much looked like records and was none that the search was given up. A file can be made so that each
    /// 8 bytes of it look like the beginning of a long record.
    [[nodiscard]] bool givenUp() const { return wastedBytes_ > kMaxWastedBytes; }

private:
    static constexpr std::uint64_t kMaxWastedBytes = 1ULL << 30;
    std::uint64_t wastedBytes_ = 0; ///< that had a wrong checksum
};

} // namespace daemonscope
