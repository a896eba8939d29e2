// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>

namespace daemonscope {

/// What daemonscope had been asked for when it sent this signal, as the end of a sentence about it: "was asked to send
/// it", "was asked to stop the program 3.00 s before", "passed it on from process 17". Empty if no request explains it.
std::string requestText(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Whether the recorder passed this signal on because it had come from the terminal.
bool passedOnFromTerminal(const ProcessTree& tree, const SignalFact& fact);

} // namespace daemonscope
