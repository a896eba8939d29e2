// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/statement.h"

namespace daemonscope {

namespace {

payload::Ability available(std::string what, std::string words = {})
{
    return {std::move(what), true, std::move(words)};
}
payload::Ability missing(std::string what, std::string words)
{
    return {std::move(what), false, std::move(words)};
}

payload::Ability lives(const CaptureMeans& means)
{
    if (means.kernel == "ptrace")
        return available("lives", "births, execs and ends are seen by ptrace");
    if (means.kernel == "none")
        return missing("lives", "only the program itself and what Python and the output tell; " + means.whyNone);
    return available("lives",
        "births, execs and ends are told by the kernel (" + means.kernel
            + "); the command line of a process that is gone at once may stay unknown");
}

payload::Ability exitStatus(const CaptureMeans& means)
{
    if (means.kernel == "ptrace" || means.kernel == "cn_proc")
        return available("exit-status");
    if (means.kernel == "perf")
        return missing(
            "exit-status", "perf tells of ends only; how a process ended is looked up, and may be gone by then");
    return missing("exit-status", "of other processes than the program itself only Python tells it");
}

} // namespace

payload::CaptureStatement statementOf(const CaptureMeans& means)
{
    const bool ptrace = means.kernel == "ptrace";
    payload::CaptureStatement statement;
    auto& list = statement.abilities;
    list.push_back(lives(means));
    list.push_back(exitStatus(means));
    list.push_back(ptrace ? available("signals") : missing("signals", means.whyNotPtrace));
    if (means.filter)
        list.push_back(available("sigkill-senders"));
    else if (ptrace)
        list.push_back(missing("sigkill-senders",
            std::string{"no system calls are looked at with "} + (means.detached ? "--detach" : "--no-filter")));
    else
        list.push_back(missing("sigkill-senders", "that needs ptrace, too"));
    list.push_back(ptrace ? available("reaping") : missing("reaping", "that needs ptrace, too"));
    list.push_back(means.output
            ? available("output")
            : missing(
                "output", "it is not captured with " + std::string{means.detached ? "--detach" : "--output=inherit"}));
    if (means.merged)
        list.push_back(
            missing("writers", "the program has a terminal of its own, and all output counts as the program's"));
    if (means.output && !means.merged && !means.filter)
        list.push_back(
            missing("output-paths", "a program that opens /dev/stdout or /dev/stderr by name gets an error"));
    list.push_back(means.runtime ? available("runtime") : missing("runtime", "the Python hook was not found"));
    if (means.lineBuffered && !means.lineBufferingInC)
        list.push_back(missing("line-buffering",
            "coreutils' stdbuf library is not installed, so C programs write their output in larger pieces and later"));
    if (ptrace && !means.rootTraces)
        list.push_back(
            missing("set-uid", "set-uid programs run without their rights under ptrace; --no-ptrace leaves them"));
    else
        list.push_back(available("set-uid"));
    return statement;
}

} // namespace daemonscope
