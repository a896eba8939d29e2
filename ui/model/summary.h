// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <QString>

#include <vector>

namespace daemonscope {

/// The program that was run, in short: its words without the folders of their paths, "python3 story.py -v".
QString programText(const ProcessTree& tree);

/// How all processes stand at `t` in one sentence: "3 processes, 1 of them a daemon: 2 finished, 1 killed."
/// `cutShort`: the recording broke off, so what still ran at its last event is not said to run.
QString summaryText(const ProcessTree& tree, EventTime t, bool cutShort = false);

/// The moments at which something happened to a process, ascending and without repetition: births, ends, waits,
/// kills and the ends of code. For stepping from one to the next.
std::vector<EventTime> moments(const ProcessTree& tree);

} // namespace daemonscope
