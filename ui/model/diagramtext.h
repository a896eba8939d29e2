// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/diagramlinks.h"

#include <QString>

/// What the diagram says in words. All that a program chose is escaped and cut.
namespace daemonscope::diagramtext {

/// "Process-1", or of a stack "Process-4 … Process-999".
QString name(const ProcessTree& tree, const DiagramNode& node);
/// What it is: "daemon"; of a stack "996 daemons".
QString kind(const ProcessTree& tree, const DiagramNode& node, EventTime t);
/// What it does or how it ended: "running", "killed by SIGTERM".
QString state(const RecordingFeed& feed, const DiagramNode& node, EventTime t);
/// What stands beside the kind: "PID 4243", or of a stack "3 below", which may be empty.
QString detail(const ProcessTree& tree, const DiagramNode& node);
/// The card in one sentence, for those who hear it: "Process-1, PID 4243, daemon, killed by SIGTERM, from 0.12 s to
/// 3.01 s", "Process-4 … Process-999, 996 daemons, killed by SIGTERM".
QString card(const RecordingFeed& feed, const DiagramNode& node, EventTime t);
/// The card, and who ended it; several lines.
QString toolTip(const RecordingFeed& feed, const DiagramNode& node, EventTime t);

/// The label of a link: "SIGTERM", "waits for", "waited".
QString label(const ProcessTree& tree, const DiagramLink& link);
/// What stands below the label: "Python's exit sequence", "since 3.00 s", "3.00 to 5.00 s".
QString explanation(const ProcessTree& tree, const DiagramLink& link);

/// "3 processes: 1 main, 1 daemon, 1 non-daemon", as the diagram shows them.
QString summary(const DiagramNodes& nodes);

} // namespace daemonscope::diagramtext
