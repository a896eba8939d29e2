// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"
#include "os/result.h"
#include "os/signal.h"

#include <string_view>

namespace daemonscope {

/// What a packet on the control socket asks for (docs/control-protocol.md).
struct ControlCommand {
    enum class Kind { Stop, Kill, Freeze, Resume, Signal };
    Kind kind = Kind::Stop;
    ProcessId process; ///< with Signal
    Signal signal;     ///< with Signal
};

/// Understands one packet, whose bytes may be anything. The error is the answer to whoever sent it.
Result<ControlCommand> parseControlCommand(std::string_view packet);

/// "stop", "kill", "freeze", "resume", "signal".
const char* word(ControlCommand::Kind kind);

} // namespace daemonscope
