// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "capture/signaller.h"

#include <chrono>
#include <cstddef>
#include <optional>

namespace daemonscope {

/// Stops all processes of the recording with SIGSTOP and lets go on, with SIGCONT, those that it has stopped: what the
/// program had stopped itself stays so. While it is active, a process that is born is frozen too, each one once.
///
/// Stopping goes in the order of birth, so that a parent does not see its children stop; going on in the other order,
/// so that a waiting parent finds its children running. Belongs to one thread.
class Freezer {
public:
    Freezer(ProcessRegistry& processes, Signaller& signaller)
        : processes_(processes)
        , signaller_(signaller)
    {
    }

    /// How far it has got.
    struct Progress {
        std::size_t frozen = 0;        ///< by the recorder
        std::size_t stoppedBefore = 0; ///< by the program itself, or by somebody else
        std::size_t inKernel = 0;      ///< cannot run: a vfork waits for its child's exec, a traced one for its tracer
        std::size_t running = 0;       ///< have not stopped yet
        std::size_t dead = 0;          ///< have ended, which the tracer has not told yet
        bool stable = false;           ///< nobody runs and nobody was born for a while
    };
    /// Sends SIGSTOP to all who do not have it yet, and looks who runs. To be called again until that is stable, and
    /// now and then as long as the program is to stay frozen.
    Progress step();
    [[nodiscard]] bool active() const { return active_; }
    /// Lets go on what it has frozen, and is no longer active. How many these were.
    std::size_t resume();

private:
    ProcessRegistry& processes_;
    Signaller& signaller_;
    bool active_ = false;
    std::optional<std::uint32_t> newest_;   ///< serial of the latest process of the look before
    std::chrono::nanoseconds quietSince_{}; ///< since when nobody was seen to run or to be born
};

} // namespace daemonscope
