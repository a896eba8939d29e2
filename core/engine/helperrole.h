// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// Internal to the engine: what processes that it executes are there for. Each role is a word on their command line,
/// with the descriptors that they were given behind it (M02 of the semantics: the words are seen by ps, and by
/// daemonscope).
namespace daemonscope::engine {

inline constexpr std::string_view spawnedWord = "--multiprocessing-fork";
inline constexpr std::string_view forkServerWord = "--multiprocessing-forkserver";
inline constexpr std::string_view trackerWord = "--multiprocessing-tracker";

// Each does all of what such a process has to do, and returns its exit status. The descriptors become its own.

/// `trackerPipe`: write end of the resource tracker's; `dataPipe`: brings the process object.
int runSpawnedChild(int trackerPipe, int dataPipe);
/// `socket`: brings the requests; at its end, when no process has its other end any more, the server ends.
int runForkServer(int socket);
/// `pipe`: brings the names; at its end the tracker warns of those that are left.
int runTracker(int pipe);

} // namespace daemonscope::engine
