// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What became of signals that did not reach a process by themselves, and of a process after its end.

#include "lifecycle/endedby.h"
#include "lifecycle/terms.h"
#include "lifecycle/verdicttext.h"

#include <cerrno>
#include <csignal>

namespace daemonscope {
namespace {

/// Why kill(2) sends nothing.
const char* refusal(int error)
{
    switch (error) {
    case EPERM:
        return "the sender may not signal this process";
    case ESRCH:
        return "the process was not there any more";
    case EAGAIN:
        return "too many signals were waiting already";
    default:
        return "the call was not a valid one";
    }
}

} // namespace

std::string fateText(const ProcessTree& tree, const Process& process, const SignalFact& fact)
{
    if (fact.error != 0)
        return std::string("; the kernel refused it: ") + refusal(fact.error);
    const SignalFact* first = mergedWith(process, fact);
    if (!first)
        return {};
    const std::string sender =
        first->sender ? terms::nameBeside(tree.at(*first->sender), process) + "'s" : std::string("an earlier one");
    return fact.signal.number() == SIGKILL ? "; " + sender + " had been sent before"
                                           : "; " + sender + " was pending, and the kernel keeps only one";
}

std::string collectionText(const ProcessTree& tree, const Process& process)
{
    const std::string by = process.reapedBy ? terms::nameBeside(tree.at(*process.reapedBy), process) : std::string();
    if (process.reapDiscarded)
        return "the kernel discarded its exit status" + (by.empty() ? "" : ", as " + by + " ignores SIGCHLD");
    if (process.reaperUnknown)
        return "its exit status was collected by then, by its parent or by who adopted it when the parent ended";
    return (by.empty() ? "a process outside of the recording" : by) + " collected its exit status";
}

} // namespace daemonscope
