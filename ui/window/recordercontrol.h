// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <string>
#include <string_view>

namespace daemonscope {

/// Sends one command ("stop", "kill", "freeze", "resume") to the recorder that listens at `socketPath`. An error if
/// nobody listens there.
Outcome sendToRecorder(const std::string& socketPath, std::string_view command);

} // namespace daemonscope
