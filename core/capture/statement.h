// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/payloads.h"

#include <string>

namespace daemonscope {

/// What a recording is made with.
struct CaptureMeans {
    std::string kernel;           ///< "ptrace", "cn_proc", "perf" or "none"
    std::string whyNotPtrace;     ///< if it is not ptrace: why, as a part of a sentence
    std::string whyNone;          ///< if it is "none": why
    bool filter = false;          ///< the system call filter is installed
    bool detached = false;        ///< the program is to outlive the recorder: no filter, no output
    bool output = false;          ///< output is captured
    bool merged = false;          ///< and nobody can say who wrote what, as the program has a terminal of its own
    bool runtime = false;         ///< the hook is there
    bool rootTraces = false;      ///< the recorder runs as root
    bool lineBuffered = false;    ///< programs are to write line by line
    bool lineBufferingInC = true; ///< and stdbuf's library is there to tell C programs
};

/// The same in words, one ability each: "lives", "exit-status", "signals", "sigkill-senders", "output", "output-paths",
/// "runtime", "line-buffering", "set-uid".
payload::CaptureStatement statementOf(const CaptureMeans& means);

} // namespace daemonscope
