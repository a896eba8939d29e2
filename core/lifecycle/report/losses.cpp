// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/losses.h"

#include "lifecycle/terms.h"

namespace daemonscope {
namespace {

/// How many processes are named whose hooks lost events; the others are counted.
constexpr std::size_t kMostHooks = 16;

} // namespace

std::vector<std::string> losses(const ProcessTree& tree)
{
    std::vector<std::string> list;
    for (const payload::Lost& loss : tree.lost())
        list.push_back(loss.why.empty() ? loss.what : loss.what + ": " + loss.why);
    std::size_t writers = 0;
    std::uint64_t dropped = 0;
    for (const Process& process : tree.processes()) {
        writers += process.droppedBytes > 0 ? 1 : 0;
        dropped += process.droppedBytes;
    }
    if (dropped > 0) {
        list.push_back(std::to_string(dropped) + " bytes of output of " + terms::count(writers, "process", "processes")
            + ": more than the recording was to keep (--limit)");
    }
    std::size_t hooks = 0;
    for (const Process& process : tree.processes()) {
        if (process.hookLost <= 0 || ++hooks > kMostHooks)
            continue;
        list.push_back(terms::count(static_cast<std::size_t>(process.hookLost), "event", "events")
            + " that the hook in " + terms::name(process) + " (pid " + std::to_string(process.id.pid)
            + ") could not send");
    }
    if (hooks > kMostHooks)
        list.push_back("events of the hooks in " + std::to_string(hooks - kMostHooks) + " more");
    return list;
}

} // namespace daemonscope
