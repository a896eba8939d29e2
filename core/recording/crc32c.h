// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace daemonscope {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, continuing from `seed`. Uses the SSE4.2 instruction where
/// the processor has it.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

/// The same by table alone; for comparison in tests.
std::uint32_t crc32cPortable(std::string_view bytes, std::uint32_t seed = 0);

} // namespace daemonscope
