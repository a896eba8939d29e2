// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

namespace daemonscope {

/// Whether the terminal sent the signal that the process got: by a key, or as it was closed.
bool fromTerminal(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Whether the kernel sends this signal in the name of the process that gets it (SIGPIPE, and SIGXFSZ for the limit of
/// file size), as if it had called kill() for itself.
bool inVictimsName(Signal signal);

/// Whether a signal is the one that the process had asked for at its parent's end (prctl(2), PR_SET_PDEATHSIG). The
/// kernel names the parent as its sender, with the code of a kill(): where calls with this signal are not watched, and
/// the parent ended at that time, it may be Either.
enum class ParentDeath { No, Yes, Either };
ParentDeath parentDeath(const ProcessTree& tree, const Process& process, const SignalFact& fact);

} // namespace daemonscope
