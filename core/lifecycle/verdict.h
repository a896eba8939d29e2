// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>
#include <vector>

namespace daemonscope {

/// How a clause is known. Inferred: follows from other facts. Unknown: the clause says what is not known.
enum class Evidence { Kernel, Runtime, Both, Inferred, Unknown };
const char* word(Evidence evidence);

/// One fact of a chain, as a sentence in words.
struct Clause {
    EventTime time{};
    std::string text;
    Evidence evidence = Evidence::Kernel;
    EventTime known{}; ///< when the last thing that it tells of had happened: a wait is told when it is over
};

/// Why a process ended: one sentence, and the chain of facts that it stands on. For a process that still runs it says
/// what it does.
struct Verdict {
    std::string text;
    std::vector<Clause> chain;
};
Verdict verdict(const ProcessTree& tree, ProcessIndex process);

/// A few words for a state column at time `t`: "running", "waits for Process-2", "killed by SIGTERM",
/// "finished, exit 0", "orphaned, running". Terms come from one table (lifecycle/terms.h).
std::string stateText(const ProcessTree& tree, ProcessIndex process, EventTime t);
/// "daemon", "non-daemon", "main (non-daemon)", "helper", "program", at time `t`.
std::string kindText(const Process& process, EventTime t);

/// A problem that is known and recognised in the recording.
struct Finding {
    enum class Severity { Info, Warning, Error };
    std::string rule; ///< slug
    Severity severity = Severity::Info;
    ProcessIndex process = 0;
    EventTime time{};
    std::string text;
    std::string advice;
    EventTime known{}; ///< when the last thing that the text tells of had happened
};
/// All findings, by time.
std::vector<Finding> findings(const ProcessTree& tree);
/// Those about one process. Does not go through all the others, unless Ctrl+C at a terminal reached it.
std::vector<Finding> findingsAbout(const ProcessTree& tree, ProcessIndex process);
/// "info", "warning" or "error".
const char* word(Finding::Severity severity);

} // namespace daemonscope
