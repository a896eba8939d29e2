// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "recording/writer.h"

#include <cstdlib>
#include <string>

/// Invented recordings for tests, measurements and pictures of the timeline.
namespace daemonscope::stories {

/// MainProcess starts the daemon Process-1 and the non-daemon Process-2, its code ends at 3.00 s, its exit sequence
/// kills the daemon and waits for the other until 5.00 s; the process ends at 5.02 s.
void writeTeaching(RecordingWriter& writer);

/// `lanes` processes: managers one after the other, each with up to ten children, of which about 40 % are daemons that
/// die of the manager's exit sequence. The same seed gives the same recording. `outputs`: lines that each one prints.
void writeFamilies(RecordingWriter& writer, int lanes, unsigned seed, int outputs = 0);

/// Hostile names, an orphan, a stop, an exit code, a kill -9 of unknown sender, an end that nobody saw, and ends that
/// are microseconds apart.
void writeOddities(RecordingWriter& writer);

/// A fresh recording at `path` that `write` has filled; aborts when it can't be written.
template <class Write> void record(const std::string& path, Write write)
{
    auto writer = RecordingWriter::create(path, true);
    if (!writer.ok()) {
        std::abort();
    }
    write(*writer.value());
    if (!writer.value()->close().ok()) {
        std::abort();
    }
}

} // namespace daemonscope::stories
