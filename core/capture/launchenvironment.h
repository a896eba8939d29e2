// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace daemonscope {

/// What the program's environment gets so that the runtime and output witnesses can do their work.
struct InstrumentationSpec {
    std::string hookSocket;    ///< empty: no runtime witness
    std::string hookDirectory; ///< the folder that holds the Python hook's `site`
    bool lineBuffered = false; ///< tell runtimes to write their stdout line by line
};

/// Adds it to `environment` (docs/hook-protocol.md; stdbuf(1) for C programs).
void instrument(std::vector<std::string>& environment, const InstrumentationSpec& spec);

/// coreutils' library that sets C stdio's buffering (stdbuf(1)); empty where it isn't installed.
std::string stdbufLibrary();

/// The argv to execute for what the person asked: a PROGRAM that ends in ".py", or "-m MODULE", runs under `python`
/// ("python3" if that is empty); anything else is run as it is.
std::vector<std::string> commandFor(const std::vector<std::string>& program, const std::string& python);

} // namespace daemonscope
