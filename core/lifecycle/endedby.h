// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

namespace daemonscope {

/// The signal of which the process died, as far as its facts tell; nullptr if it did not die of one, or if nobody saw
/// how the signal came. A signal that the process sent to itself because of an earlier one of the same kind (Python
/// does so after a KeyboardInterrupt) is the one that is returned; causeOf() goes back to the first.
const SignalFact* endingSignal(const Process& process);

/// The signal that made the process send `ending` to itself, else `ending`.
const SignalFact* causeOf(const Process& process, const SignalFact* ending);

/// What follows from a signal's facts: who sent it and how. `process` is the one that it reached.
EndedBy senderOf(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Whether the sender itself got the same signal from itself at the same moment, or `process` is the sender and its
/// children got it: a kill() of the whole group, whose call nobody saw. An inference.
bool seenInGroup(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Whether daemonscope itself sent the signal.
bool fromRecorder(const ProcessTree& tree, const SignalFact& fact);

/// Whether a Pool that was taken down by its own process's exit sequence asked for the signal.
bool fromPoolAtExit(const ProcessTree& tree, const SignalFact& fact);

} // namespace daemonscope
