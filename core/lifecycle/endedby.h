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

/// How `by` is known. `fact` may be null: then of a death that no signal's facts explain.
KnownBy knownByOf(const ProcessTree& tree, const SignalFact* fact, const EndedBy& by);

/// What explains a death by SIGKILL that nobody was seen to ask for, if anything does: how is ParentDeathSignal, or
/// Kernel when its whole pid namespace ended, with `process` as the one whose end did it.
std::optional<EndedBy> unseenKill(const ProcessTree& tree, const Process& process);

/// The signal that the process had asked for at its parent's end, at that time; 0 for none.
int parentDeathSignalAt(const Process& process, EventTime time);

/// The other signal of the same kind with which the kernel merged this one, as it was pending already: then this one
/// never came by itself. nullptr if it was not merged.
const SignalFact* mergedWith(const Process& process, const SignalFact& fact);

/// Whether the recording tells of every call that could have sent this signal, so that one without a call came another
/// way.
bool callsWatched(const ProcessTree& tree, Signal signal);

/// Whether the sender itself got the same signal from itself at the same moment, or `process` is the sender and its
/// children got it: a kill() of the whole group, whose call nobody saw. An inference.
bool seenInGroup(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Whether daemonscope itself sent the signal.
bool fromRecorder(const ProcessTree& tree, const SignalFact& fact);

/// Whether a Pool that was taken down by its own process's exit sequence asked for the signal.
bool fromPoolAtExit(const ProcessTree& tree, const SignalFact& fact);

} // namespace daemonscope
