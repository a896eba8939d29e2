// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/process.h"

namespace daemonscope {

/// What a process is, as every pane shows it by badge, outline, colour and word. Main: multiprocessing's main process,
/// which never is a daemon. Program: not known to be a process of multiprocessing.
enum class Kind { Main, NonDaemon, Daemon, Helper, Program };

/// The kind of a process at time `t`; the daemon flag may change while it runs. Before the flag was reported, the
/// process is what it is known to have become.
Kind kindAt(const Process& process, EventTime t);

/// What a process does, as the mark beside its state shows it. Finished: ended by itself with exit code 0; Failed: with
/// another code; Killed: ended by a signal; Gone: ended, but nobody saw how; Unseen: the recording broke off before.
enum class Mark { NotBorn, Running, Waiting, Stopped, Finished, Failed, Killed, Gone, Unseen };

/// The mark of a process at time `t`.
Mark markAt(const Process& process, EventTime t);

/// Whether anything that a state's words or mark depend on happened in (from, to]; `parent` may be null.
bool stateMayDiffer(const Process& process, const Process* parent, EventTime from, EventTime to);

} // namespace daemonscope
