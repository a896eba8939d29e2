// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <string>
#include <vector>

namespace daemonscope::test {

/// A moment of a story: seconds after its start, in the clock of its events.
EventTime at(double seconds);

/// An event with the output bytes that belong to it, if it is one of output.
struct StoryEvent {
    Event event;
    std::string output;
};

/// The teaching story: MainProcess (pid 4242) starts Process-1 (4243, daemon, prints every half second, killed by the
/// exit sequence at 3.00 s) and Process-2 (4244, five steps, waited for until 5.00 s); the main process ends at 5.02 s.
std::vector<StoryEvent> daemonStory();

/// A story of `count` processes in groups of eleven: a manager and its ten children, of which every third is a daemon
/// that dies with its manager.
std::vector<StoryEvent> crowdStory(int count);

/// MainProcess starts `count` children until 0.9 s. Every third is a daemon that the exit sequence kills from 3 s on;
/// the others end until 1.5 s, one in seven of all with exit code 1.
std::vector<StoryEvent> poolStory(int count);

/// Writes the events of a story until `until` seconds to a recording; `close` marks it as ended in order.
void writeStory(const std::string& path, const std::vector<StoryEvent>& story, double until = 1e9, bool close = true);

} // namespace daemonscope::test
