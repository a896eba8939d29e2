// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace daemonscope {

/// One thing that was tried on this machine.
struct Check {
    enum class State { Ok, Limited, Missing };
    std::string what; ///< a slug: "ptrace", "cn_proc", "python3.11" …
    State state = State::Ok;
    std::string words;   ///< what works, or what will be missing and why, in a sentence
    std::string advice;  ///< what one can do about it; may be empty
    bool needed = false; ///< without it a recording lacks what daemonscope is made for
};

/// Tries everything. Takes a second or so, as it starts the Pythons that are on PATH with the hook.
std::vector<Check> examine(const std::string& hookDirectory);
/// Whether all that is needed works.
bool isHealthy(const std::vector<Check>& checks);

/// One line a check. `color`: with terminal escapes.
std::string doctorText(const std::vector<Check>& checks, bool color);
/// {"format": "daemonscope-doctor", "version": 1, "ok": …, "checks": [{"what", "state", "words", "advice", "needed"}]}
std::string doctorJson(const std::vector<Check>& checks);

} // namespace daemonscope
