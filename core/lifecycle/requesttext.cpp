// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/requesttext.h"

#include "lifecycle/timetext.h"

#include <csignal>

namespace daemonscope {
namespace {

/// A signal that was asked for is sent at once, and delivered when the process gets to run.
constexpr EventTime kSendReach = std::chrono::seconds(5);

} // namespace

std::string requestText(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    const int signal = fact.signal.number();
    for (auto request = tree.requests().rbegin(); request != tree.requests().rend(); ++request) {
        const payload::ControlRequested& asked = request->value;
        if (request->time > fact.time)
            continue;
        if (asked.request == "signal") {
            if (asked.signal == signal && asked.target && tree.find(*asked.target) == process.index
                && fact.time - request->time <= kSendReach)
                return "was asked to send it";
        } else if (asked.request == "kill" && signal == SIGKILL) {
            return "was asked to kill the program";
        } else if (asked.request == "stop" && signal == SIGTERM) {
            return "was asked to stop the program";
        } else if (asked.request == "stop" && signal == SIGKILL) {
            return "had been asked to stop the program " + durationText(fact.time - request->time) + " before";
        }
    }
    return {};
}

} // namespace daemonscope
