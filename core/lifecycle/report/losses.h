// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>
#include <vector>

namespace daemonscope {

/// What capture could not see, one line each: what the recorder said, then the events that hooks could not send.
/// Bounded. Strings are as the recording gives them, not escaped.
std::vector<std::string> losses(const ProcessTree& tree);

/// What the recorder said that it cannot see, as a short list, fit to be shown; empty if it can see all.
std::string missingAbilities(const ProcessTree& tree);

} // namespace daemonscope
