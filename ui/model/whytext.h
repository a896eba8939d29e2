// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/verdict.h"
#include "ui/model/recordingfeed.h"

#include <QString>

#include <optional>
#include <vector>

/// What every pane that explains one process has in common: whom it speaks of, and in which words.
namespace daemonscope {

/// The process that is spoken of: the selected one, else the one whose end most needs an explanation at `t` (a killed
/// daemon, then any that was killed, then the main process, then the first one). None before there is any.
std::optional<ProcessIndex> subjectAt(const ProcessTree& tree, std::optional<ProcessIndex> selection, EventTime t);

/// Whether the verdict can be told at `t`: the process's end, or else all of the recording, is past.
bool verdictKnown(const ProcessTree& tree, const Process& process, EventTime t);

/// The sentence on the process at `t`: the verdict if it is known, else what the process does.
QString whyText(const RecordingFeed& feed, ProcessIndex process, EventTime t);

/// The facts of the verdict that had happened at `t`, at most `maximum`.
std::vector<Clause> factsAt(const ProcessTree& tree, ProcessIndex process, EventTime t, std::size_t maximum);

/// How a fact is known, in words: "seen by the kernel", "reported by Python", "inferred".
QString evidenceText(Evidence evidence, Runtime runtime);

} // namespace daemonscope
