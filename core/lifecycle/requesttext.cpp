// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/requesttext.h"

#include "lifecycle/endedby.h"
#include "lifecycle/timetext.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {
namespace {

/// A signal that was asked for is sent at once, and delivered when the process gets to run.
constexpr EventTime kSendReach = std::chrono::seconds(5);

/// Whether `request`, which says so by `word`, was to pass on what came as `fact`.
bool passesOn(const Since<payload::ControlRequested>& request, const char* word, const SignalFact& fact)
{
    return request.value.request == word && request.value.signal == fact.signal.number() && request.time <= fact.time
        && fact.time - request.time <= kSendReach;
}

} // namespace

std::string requestText(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    const int signal = fact.signal.number();
    for (auto request = tree.requests().rbegin(); request != tree.requests().rend(); ++request) {
        const payload::ControlRequested& asked = request->value;
        if (request->time > fact.time)
            continue;
        if (passesOn(*request, "pass on", fact)) {
            return "passed it on"
                + (asked.peerPid != 0 ? " from process " + std::to_string(asked.peerPid) : std::string());
        } else if (asked.request == "signal") {
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

bool passedOnFromTerminal(const ProcessTree& tree, const SignalFact& fact)
{
    return fromRecorder(tree, fact)
        && std::any_of(tree.requests().rbegin(), tree.requests().rend(),
            [&fact](const auto& request) { return passesOn(request, "terminal", fact); });
}

} // namespace daemonscope
