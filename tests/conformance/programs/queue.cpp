// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

namespace daemonscope::conformance {

/// Q01: who has put much into a queue does not end before somebody has read it.
namespace q01 {
constexpr std::size_t much = 2'000'000;

const Target fill = registerTarget(
    "q01.fill", +[](std::shared_ptr<Queue> queue) { queue->put(std::string(much, 'x')); });
const Target cancel = registerTarget(
    "q01.cancel", +[](std::shared_ptr<Queue> queue) {
        queue->cancelJoinThread();
        queue->put(std::string(much, 'x'));
    });

void run(const std::string& part)
{
    setup();
    if (part.empty()) {
        for (const char* each : {"plain", "cancel", "daemon"}) {
            const Ran ran = rerun(each, {.timeout = 9});
            out(each, split(ran.out, '\n'));
            out(std::string(each) + " main hangs at exit", ran.timedOut);
        }
        return;
    }
    const auto queue = Context::standard().queue();
    const ProcessPtr p =
        process({.target = part == "cancel" ? cancel : fill, .args = {queue}, .daemon = part == "daemon"});
    p->start();
    p->join(seconds(4));
    say("exit code after 4 s " + shown(p->exitCode()));
}
const Program program("q01_queue_deadlock", run);
} // namespace q01

} // namespace daemonscope::conformance
