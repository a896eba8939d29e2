// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <vector>

/// Internal to the engine: the fork server as its clients see it (Lib/multiprocessing/forkserver.py). Each process that
/// uses forkserver has a server of its own, which is its child and is made at the first start, or at the next one after
/// its death. There is no address: client and server have an end of one socket each.
namespace daemonscope::engine {

struct NewWorker {
    int pid = 0;
    UniqueFd status; ///< brings its exit code; at its end without one, the server is gone
    UniqueFd data;   ///< brings it its object; afterwards its ParentProcess watches the other end
};
/// Has a worker forked that gets copies of `descriptors` and waits for its object.
/// Throws OSError, EOFError, ValueError "too many fds".
NewWorker requestWorker(const std::vector<int>& descriptors);

/// The descriptors of a request stand in this order, before those of the worker's object.
enum RequestDescriptor { requestData, requestStatus, requestSocket, requestTracker, requestCount };
/// What the kernel lets one message carry (SCM_MAX_FD).
inline constexpr std::size_t maximumDescriptors = 253;

} // namespace daemonscope::engine
