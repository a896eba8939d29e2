// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace daemonscope {

/// Waits until one of the descriptors can be read or was hung up, and says which; negative ones are ignored.
std::array<bool, 2> waitReadable(std::array<int, 2> descriptors);

} // namespace daemonscope
