// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>

namespace daemonscope {

/// What daemonscope had been asked for when it sent this signal, as the end of a sentence about it: "was asked to send
/// it", "was asked to stop the program 3.00 s before". Empty if no request explains the signal: then it was passed on,
/// or the recorder itself was asked to end.
std::string requestText(const ProcessTree& tree, const Process& process, const SignalFact& fact);

} // namespace daemonscope
