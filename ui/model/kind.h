// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/process.h"

namespace daemonscope {

/// What a process is, as every pane shows it by badge, outline, colour and word. Main: multiprocessing's main process,
/// which never is a daemon. Program: not known to be a process of multiprocessing.
enum class Kind { Main, NonDaemon, Daemon, Helper, Program };

/// The kind of a process at time `t`; the daemon flag may change while it runs.
Kind kindAt(const Process& process, EventTime t);

} // namespace daemonscope
