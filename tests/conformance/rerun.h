// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oracle.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daemonscope::conformance {

/// How rerun() runs; times in seconds, stretched.
struct RerunOptions {
    double timeout = 15;
    /// Set in the environment of the run.
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::optional<int> signal = std::nullopt; ///< sent `after` the start, to main or to the whole group
    double after = 0;
    bool toGroup = false;          ///< as a terminal does on Ctrl-C
    double linger = 0.05;          ///< what orphans get before the group is killed
    bool interruptIgnored = false; ///< main starts with SIGINT ignored
};

struct Ran {
    int rc = 0; ///< exit code, or minus the signal
    bool timedOut = false;
    double elapsed = 0; ///< seconds, without the stretch
    std::string out;
    std::string err;
    std::vector<Member> left; ///< of its process group, soon after its end
};

/// Runs this program again, for its case `part`: what needs a whole life of a program (its end, its signals, its
/// stderr). The run has its own session and plain signals, its output goes to files, so that orphans cannot hold us
/// up, and what is left of it in the end is killed.
Ran rerun(const std::string& part, const RerunOptions& options = {});

} // namespace daemonscope::conformance
