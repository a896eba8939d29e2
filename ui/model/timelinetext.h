// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/timelinelayout.h"

#include <QString>

namespace daemonscope {

/// What the timeline says in words. All that a program chose is escaped and cut; times are rounded as everywhere.
namespace timelinetext {

/// A process's name.
QString name(const ProcessTree& tree, ProcessIndex process);
/// A time of a lane: "3.01 s".
QString time(std::int64_t ns);

/// Who decided that a signal was sent: "Python's exit sequence", "terminate() at beat.py:12", "sender unknown".
QString decider(const LaneKill& kill);
/// What stands beside the end of a lane. Long: "killed at 3.01 s: SIGTERM (15), exit code −15",
/// "process ended at 5.02 s, exit code 0"; short: "SIGTERM 3.01 s", "5.00 s, exit 1".
QString end(const ProcessTree& tree, const TimelineLanes& lanes, ProcessIndex process, bool shortForm);
/// The same for a killed process where room is scarce: "SIGTERM 3.01 s".
QString killedBriefly(const ProcessTree& tree, ProcessIndex process);
/// What stands in the bar itself: "runs count()", "main's code"; empty if nothing is known.
QString work(const ProcessTree& tree, ProcessIndex process);
/// "waits for Process-2", or "waits for a child" where it is not known for which.
QString waiting(const ProcessTree& tree, ProcessIndex child);

/// A lane at `t` for those who hear it: "Process-1, PID 4243, daemon, killed by SIGTERM, from 0.12 s to 3.01 s".
QString lane(const ProcessTree& tree, ProcessIndex process, EventTime t);
/// What the pointer is on, as a few lines of plain text; empty where there is nothing to say.
QString toolTip(const ProcessTree& tree, const TimelineLanes& lanes, const TimelineHit& hit, EventTime t);

} // namespace timelinetext

} // namespace daemonscope
