// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "event/event.h"

namespace daemonscope {

const std::vector<std::string_view>& kindNames()
{
    static const std::vector<std::string_view> names{"recording-started", "recording-ended", "lost", "born", "executed",
        "signal-delivered", "kill-requested", "stopped", "continued", "exited", "reparented", "reaped",
        "interpreter-started", "forked", "object-made", "daemon-set", "name-set", "start-called", "start-returned",
        "start-refused", "bootstrapped", "exception-raised", "target-ended", "main-code-ended", "join-begun",
        "join-ended", "terminate-called", "signal-sent", "child-reaped", "object-closed", "exit-sequence-begun",
        "exit-sequence-step", "exit-sequence-ended", "interpreter-exiting", "thread-started", "thread-ended",
        "runtime-call", "hook-gap", "hook-error", "output-written", "step-reached", "resource-sampled",
        "control-requested", "kill-returned", "parent-death-signal-set", "parent-thread-ended", "pid-namespace-seen",
        "output-dropped", "capture-statement"};
    return names;
}

std::string_view kindName(const Payload& payload)
{
    return kindNames().at(payload.index());
}

} // namespace daemonscope
