// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/facts.h"

#include <vector>

namespace daemonscope {

/// How much later than the fact itself a witness's report of it may carry its time: a Python that sends a signal
/// reports it when the call is over, and may have been off the processor meanwhile.
constexpr EventTime kLateReport = std::chrono::milliseconds(250);

/// Adds a fact to a process's signals. One signal is told by up to four reports: the call that asks for it, the
/// sending, the system call and the delivery; they become one fact, in whatever order they come.
void joinSignal(std::vector<SignalFact>& signals, SignalFact fact);

} // namespace daemonscope
