// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <cstdint>

namespace daemonscope {

/// What /proc says of the program that a process has just executed. What can't be read stays empty and is told in
/// `unreadable`. Any thread.
payload::Executed readExecuted(std::int32_t pid);

} // namespace daemonscope
