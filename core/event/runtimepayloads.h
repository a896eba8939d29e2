// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/objectpayloads.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the runtime witness tells of the exit sequence, of threads, and of itself. See event/payloads.h.
namespace daemonscope::payload {

/// A child that the exit sequence has to deal with.
struct ExitCandidate {
    ObjectId object;
    std::string name;
    bool operator==(const ExitCandidate&) const = default;
};
/// multiprocessing.util._exit_function begins: daemons will be terminated, then all children joined.
struct ExitSequenceBegun {
    std::vector<ExitCandidate> daemons;
    std::vector<ExitCandidate> others;
};
struct ExitSequenceStep {
    enum class Kind { Phase, Terminate, Join };
    Kind kind = Kind::Phase;
    std::string name; ///< the phase, or the child's name
    std::optional<ProcessId> child;
};
struct ExitSequenceEnded { };
struct InterpreterExiting {
    std::string exceptionType; ///< of an uncaught exception of main
    std::string message;
};
struct ThreadStarted {
    std::string name;
    bool daemon = false;
    std::int64_t ident = 0;
};
struct ThreadEnded {
    std::string name;
    std::int64_t ident = 0;
};
/// Python is about to ask the operating system for something: os.fork, subprocess.Popen, os.exec, os.kill …
struct RuntimeCall {
    std::string call;
    std::string detail;
    std::int32_t targetPid = 0;
    std::int32_t signal = 0;
    std::optional<ProcessId> target;
    Source source;
};
/// A program that is interpreted step by step is about to take the one at that place.
struct StepReached {
    Source source;
    std::string thread; ///< name of the thread that takes it
};
/// The hook could not send this many packets.
struct HookGap {
    std::int64_t lost = 0;
};
struct HookError {
    std::string where;
    std::string message;
};

} // namespace daemonscope::payload
