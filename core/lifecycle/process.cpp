// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/process.h"

#include <algorithm>
#include <vector>

namespace daemonscope {

Status statusAt(const Process& process, EventTime t)
{
    Status status;
    if (t < process.born)
        return status;
    const auto flag = std::upper_bound(process.told->flags.begin(), process.told->flags.end(), t,
        [](EventTime time, const Since<std::optional<bool>>& since) { return time < since.time; });
    if (flag != process.told->flags.begin())
        status.daemon = std::prev(flag)->value;
    status.orphaned =
        process.orphanedAt && *process.orphanedAt <= t && (!process.ended || *process.orphanedAt < *process.ended);
    status.exiting = process.told->exitSequenceBegun && *process.told->exitSequenceBegun <= t;
    if (process.ended && *process.ended <= t) {
        status.activity = Activity::Ended;
        return status;
    }
    const auto stop = std::upper_bound(process.stops.begin(), process.stops.end(), t,
        [](EventTime time, const Since<bool>& since) { return time < since.time; });
    if (stop != process.stops.begin() && std::prev(stop)->value) {
        status.activity = Activity::Stopped;
        return status;
    }
    status.activity = Activity::Running;
    const auto later = std::upper_bound(process.waits.begin(), process.waits.end(), t,
        [](EventTime time, const JoinWait& wait) { return time < wait.begin; });
    for (auto wait = later; wait != process.waits.begin();) {
        --wait;
        if (!wait->end || t < *wait->end) {
            status.activity = Activity::Waiting;
            status.waitsFor = wait->child;
            break;
        }
    }
    return status;
}

std::optional<bool> daemonFlag(const Process& process)
{
    if (process.role == Role::Main && !process.told->daemonChanges.empty())
        return process.told->daemonChanges.back().value;
    return process.daemon;
}

const char* word(Role role)
{
    switch (role) {
    case Role::Program:
        return "program";
    case Role::Main:
        return "main";
    case Role::Child:
        return "child";
    case Role::Helper:
        return "helper";
    }
    return "program";
}

const char* word(DaemonOrigin origin)
{
    switch (origin) {
    case DaemonOrigin::Default:
        return "default";
    case DaemonOrigin::Constructor:
        return "constructor";
    case DaemonOrigin::Property:
        return "property";
    case DaemonOrigin::Inherited:
        return "inherited";
    }
    return "default";
}

const char* word(StartMethod method)
{
    switch (method) {
    case StartMethod::Fork:
        return "fork";
    case StartMethod::Spawn:
        return "spawn";
    case StartMethod::Forkserver:
        return "forkserver";
    }
    return "fork";
}

std::string word(const KnownBy& knownBy)
{
    std::vector<const char*> words;
    const auto add = [&words](bool known, const char* text) {
        if (known)
            words.push_back(text);
    };
    add(knownBy.siginfo, "siginfo");
    add(knownBy.systemCall, "system call");
    add(knownBy.runtime, "runtime");
    add(knownBy.recorder, "recorder");
    add(knownBy.exclusion, "exclusion");
    add(knownBy.claim, "claim");
    std::string text = words.empty() ? "nothing" : words.front();
    for (std::size_t i = 1; i < words.size(); ++i)
        text += std::string(i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

const char* word(EndedHow how)
{
    switch (how) {
    case EndedHow::ExitSequence:
        return "exit sequence";
    case EndedHow::Terminate:
        return "terminate";
    case EndedHow::Kill:
        return "kill";
    case EndedHow::OtherCall:
        return "other call";
    case EndedHow::ParentDeathSignal:
        return "parent-death signal";
    case EndedHow::Terminal:
        return "terminal";
    case EndedHow::Kernel:
        return "kernel";
    case EndedHow::Outside:
        return "outside";
    case EndedHow::Unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace daemonscope
