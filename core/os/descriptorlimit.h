// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace daemonscope {

/// Lets this process open as many files as it may at most (RLIMIT_NOFILE), and returns how many these are now. What it
/// starts gets the former limit back by restoreDescriptorLimit().
std::uint64_t raiseDescriptorLimit();
/// Async-signal-safe.
void restoreDescriptorLimit();
/// How many files this process may have open.
std::uint64_t descriptorLimit();

} // namespace daemonscope
