// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/support/story.h"

#include <vector>

/// Lives in which more is known than usual, or less, or something worse.
namespace daemonscope::test {

const ProcessId kProgram{500, 0}; ///< of programStory()
const ProcessId kTool{501, 1};    ///< its child

/// What a program that is not of multiprocessing, and its child, may go through: stopped, orphaned, adopted, killed by
/// the terminal, with samples; nothing of it is told by a runtime.
std::vector<StoryEvent> programStory();

/// The teaching story with a thread, and with facts that nobody told.
std::vector<StoryEvent> richStory();

/// What is left of the teaching story without the kernel as a witness: births as Python tells them, no end of a child.
std::vector<StoryEvent> untoldStory();

/// All names, commands, places and messages are what an enemy would choose.
std::vector<StoryEvent> hostileStory();

} // namespace daemonscope::test
