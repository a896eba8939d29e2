// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

namespace daemonscope {

/// So many of the latest requests to the recorder are kept.
constexpr std::size_t kMaximumRequests = 1024;

/// Who traces a process, as a debugger does.
struct OtherTracer {
    std::int32_t pid = 0;                ///< 0: it is not known who
    std::optional<ProcessIndex> process; ///< if it is found in the recording
};
/// The tracer to which the recorder left a process, or one that it comes from. Signals to such a process are not seen,
/// and the tracer may let it have any. Nothing for one whose signals are seen.
std::optional<OtherTracer> otherTracer(const ProcessTree& tree, const Process& process);

/// "strace (pid 4711)", "process 4711", "a debugger".
std::string nameOfTracer(const ProcessTree& tree, const Process& process, const OtherTracer& tracer);

} // namespace daemonscope
