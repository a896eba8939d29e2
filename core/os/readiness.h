// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace daemonscope {

/// Whether the descriptor can be read now, or was hung up. On a listening socket this costs a third of an accept(2)
/// that finds nobody.
bool isReadable(int descriptor);
/// Waits until one of the descriptors can be read or was hung up, and says which; negative ones are ignored.
std::array<bool, 2> waitReadable(std::array<int, 2> descriptors);

} // namespace daemonscope
