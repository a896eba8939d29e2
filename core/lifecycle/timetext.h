// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <string>

namespace daemonscope {

/// The one way in which moments are shown: seconds since the program's start with two decimals, "3.00 s". Rounded
/// once, half up; so two shown times that came from one fact never differ.
std::string timeText(EventTime sinceStart);

/// A moment for lists of raw events, where order within a hundredth of a second matters: "3.004512 s".
std::string preciseTimeText(EventTime sinceStart);

/// The one way in which lengths of time are shown: "2.01 s", below a second "12 ms", below 10 ms "0.3 ms".
std::string durationText(EventTime length);

} // namespace daemonscope
