// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"
#include "scenario/values.h"

#include <optional>
#include <string>
#include <vector>

/// Steps that make processes and threads, and do things to them.
namespace daemonscope::scenario {

struct CreateProcess {
    std::string variable;
    std::string function;
    std::vector<Operand> args;
    std::optional<Text> name;
    std::optional<bool> daemon; ///< none: inherited
    std::optional<Method> context;
};
struct CreateThread {
    std::string variable;
    std::string function;
    std::vector<Operand> args;
    std::optional<Text> name;
    std::optional<bool> daemon;
};
struct Start {
    std::string variable; ///< process or thread
};
struct Join {
    std::string variable;
    std::optional<Duration> timeout;
};
struct Terminate {
    std::string variable;
};
struct Kill {
    std::string variable;
};
struct Close {
    std::string variable; ///< process, file or queue
};
struct SetDaemon {
    std::string variable; ///< empty: the current process
    bool daemon = false;
};
struct SetStartMethod {
    Method method = Method::Fork;
};
struct OnSignal {
    enum class Action { Default, Ignore, Call };
    Signal signal;
    Action action = Action::Default;
    std::string function;
};
struct SendSignal {
    enum class To { Process, Current, Parent };
    To to = To::Process;
    std::string variable;
    Signal signal;
};

} // namespace daemonscope::scenario
