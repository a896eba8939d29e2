// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/osthread.h"
#include "engine/target.h"

#include <memory>
#include <string>

namespace daemonscope::engine {

/// Internal to the engine: what a Thread consists of. The thread itself, every copy of the Thread, and until it has
/// ended the list for joinThreads() hold it. `daemon` and `running` are guarded by RuntimeState::mutex; the rest
/// changes only before the start, and in the thread itself.
class ThreadBody {
public:
    Target target; ///< it and the arguments are let go when the thread has run
    Arguments args;
    std::string name;
    bool daemon = false;
    std::shared_ptr<OsThread> running; ///< from start() on, also when it has ended
};

} // namespace daemonscope::engine
