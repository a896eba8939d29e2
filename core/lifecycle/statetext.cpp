// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdict.h"

#include "lifecycle/terms.h"
#include "lifecycle/verdicttext.h"

namespace daemonscope {

std::string stateText(const ProcessTree& tree, ProcessIndex index, EventTime t)
{
    const Process& process = tree.at(index);
    const Status status = statusAt(process, t);
    if (endNotSeen(tree, process) && t >= tree.latest())
        return terms::kEndNotSeen;
    std::string state;
    switch (status.activity) {
    case Activity::NotBorn:
        return terms::kNotBorn;
    case Activity::Ended:
        return terms::ended(process.exit);
    case Activity::Stopped:
        state = terms::kStopped;
        break;
    case Activity::Waiting:
        state = terms::waitsFor(status.waitsFor ? terms::name(tree.at(*status.waitsFor)) : terms::kSomeChild);
        break;
    case Activity::Running:
        state = status.exiting && !(process.told->exitSequenceEnded && *process.told->exitSequenceEnded <= t)
            ? terms::kExiting
            : terms::kRunning;
        break;
    }
    return status.orphaned ? std::string(terms::kOrphaned) + ", " + state : state;
}

std::string kindText(const Process& process, EventTime t)
{
    std::optional<bool> daemon = statusAt(process, t).daemon;
    if (!daemon)
        daemon = process.daemon; // before Python had told of it
    return terms::kind(process.role, daemon);
}

} // namespace daemonscope
