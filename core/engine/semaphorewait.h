// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <semaphore.h>

#include <chrono>
#include <optional>

namespace daemonscope::engine {

/// Internal to the engine: takes `semaphore`, waiting for it at most `timeout` (none: for ever; zero or less: tries
/// once). False: time-out. In the main thread signal handlers run before and during the wait; one that throws ends it,
/// and nothing is taken. May be called from any thread. Throws OSError.
///
/// sem_clockwait(3) returns when a signal with a handler arrives. A signal that arrives between the look at the pending
/// ones and the wait does not end the wait, so the main thread looks again every 50 ms: that is the longest a handler
/// is late.
bool takeSemaphore(sem_t& semaphore, std::optional<std::chrono::nanoseconds> timeout);

} // namespace daemonscope::engine
