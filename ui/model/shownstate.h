// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/kind.h"
#include "ui/model/recordingfeed.h"

#include <QString>

namespace daemonscope {

/// Whether nobody knows what became of the process: its end is not recorded, the recording broke off, and `t` is not
/// before the last thing that was seen.
bool endUnseen(const RecordingFeed& feed, const Process& process, EventTime t);

/// The state of a process at `t` in words, as every pane shows it.
QString shownState(const RecordingFeed& feed, ProcessIndex process, EventTime t);

/// The mark that stands beside these words.
Mark shownMark(const RecordingFeed& feed, const Process& process, EventTime t);

} // namespace daemonscope
