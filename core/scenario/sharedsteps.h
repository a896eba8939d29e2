// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/values.h"

#include <optional>
#include <string>

/// Steps with locks, events and queues.
namespace daemonscope::scenario {

struct MakeShared {
    enum class Kind { Lock, Event, Queue };
    Kind kind = Kind::Lock;
    std::string variable;
    std::optional<Method> context;
};
struct Acquire {
    std::string lock;
    std::optional<Duration> timeout;
    std::string result; ///< may be empty; becomes True or False
};
struct Release {
    std::string lock;
};
struct WithLock {
    std::string lock;
    Steps steps;
};
struct SetEvent {
    std::string event;
};
struct WaitEvent {
    std::string event;
    std::optional<Duration> timeout;
    std::string result;
};
struct Put {
    std::string queue;
    Operand value;
};
struct Get {
    std::string queue;
    std::string result;
};

} // namespace daemonscope::scenario
