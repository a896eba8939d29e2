// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/outputstore.h"
#include "os/result.h"
#include "os/waitstatus.h"

#include <chrono>
#include <string>
#include <vector>

namespace daemonscope {

/// How the program's output is captured. With Lines and Pipe the recording says which process wrote what; with Pty, a
/// terminal of the program's own, it can't.
enum class OutputMode { Lines, Pipe, Pty, Inherit };

/// What to record.
struct RecorderOptions {
    std::vector<std::string> program; ///< as the person gave it
    std::string python;               ///< interpreter for ".py" and "-m"; empty: python3 of PATH
    std::string recordingPath;        ///< empty: a name made from the program's
    bool overwrite = false;
    OutputMode output = OutputMode::Lines;
    OutputLimits outputLimits; ///< of the bytes that are kept; all of them reach their destination
    bool keepOutput = false;   ///< what is written is recorded, and goes nowhere else
    bool ptrace = true;
    bool filter = true;        ///< stop the system calls that tell who sends SIGKILL and that open /dev/stdout
    bool detach = false;       ///< the program outlives a recorder that dies; no output, no filter
    std::string controlSocket; ///< empty: one in a private folder
    std::chrono::milliseconds grace{3000}; ///< how long a program that is asked to end may take for it
    std::string workingDirectory;          ///< of the program; empty: the caller's
    /// How many times a second CPU and memory of every process are looked at; 0: never.
    int sampleRate = 1;
    std::string hookDirectory; ///< the folder that holds the Python hook's `site`; empty: no runtime witness
};

/// Runs the program and records it until no process of it is left. Returns the program's own end, or why it could not
/// be started, with the exit status that says so.
struct RecorderResult {
    ExitStatus status;   ///< of the program
    std::string failure; ///< a sentence, if the program could not be started or the recording not be made
    std::string warning; ///< a sentence, if the program ran but not all of it could be recorded
};
RecorderResult recordProgram(const RecorderOptions& options);

/// "daemonscope-<program>.<pid>.dscope".
std::string defaultRecordingName(const std::vector<std::string>& program);

} // namespace daemonscope
