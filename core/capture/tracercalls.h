// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/kernelpayloads.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

/// What the tracer remembers of system calls that have begun. Belongs to it.
namespace daemonscope {

/// A call that a thread was let into, to be told of once more when it returns.
struct CallUnderWay {
    std::optional<payload::KillRequested> kill; ///< none: a clone with CLONE_UNTRACED, or a ptrace
    std::int32_t group = 0;                     ///< in the recorder's numbers; 0: the call names no group
    std::int32_t traceTarget = 0;               ///< of a ptrace: the process that is to be traced
    std::string whyNot{};                       ///< likewise: why it is not let go
};
/// A process that is to be let go, once all its threads have stopped.
struct Leaving {
    std::unordered_set<std::int32_t> askers; ///< threads at the door of the call that asks for it
    std::unordered_set<std::int32_t> held;
    EventTime since{};
};

} // namespace daemonscope
