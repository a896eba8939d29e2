// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/processsteps.h"
#include "scenario/sharedsteps.h"
#include "scenario/values.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The steps that a scenario's functions consist of. docs/scenario-format.md says how each is written and what it does.
namespace daemonscope::scenario {

struct Print {
    Text text;
    bool flush = true;
    bool toStandardError = false;
};
struct Sleep {
    Duration duration;
};
/// Counts `variable` from `from` to `to`, both included.
struct Repeat {
    std::string variable; ///< may be empty
    Operand from;
    Operand to;
    Steps steps;
};
struct Forever {
    Steps steps;
};
/// Until the event is set; waits for it `every` time before the steps.
struct RepeatUntilSet {
    std::string event;
    Duration every;
    Steps steps;
};
struct Exit {
    Operand status; ///< none: sys.exit()
};
struct OsExit {
    std::int64_t status = 0;
};
struct Raise {
    std::string type; ///< one of the exceptions that exist in Python and in the engine
    Text message;
};
struct Try {
    Steps steps;
    Steps caught;
};
struct OpenFile {
    std::string variable;
    Text path; ///< relative: in the working directory
    bool append = false;
};
struct WriteFile {
    std::string variable;
    Text text; ///< a newline is added
    bool flush = false;
};
struct CountLines {
    Text path;
    std::string variable; ///< becomes the number of lines; 0 if there is no such file
};
struct Call {
    std::string function;
    std::vector<Operand> args;
};
/// os.fork(): the copy calls the function and ends with os._exit(0).
struct RawFork {
    std::string function;
    std::vector<Operand> args;
};
/// What makes a background service: fork, setsid, fork again; the grandchild calls the function and os._exit(0).
struct Daemonize {
    std::string function;
    std::vector<Operand> args;
};
/// subprocess.Popen, not waited for.
struct RunCommand {
    std::vector<Text> argv;
};
struct Comment {
    std::string text;
};

using Action = std::variant<Print, Sleep, Repeat, Forever, RepeatUntilSet, CreateProcess, CreateThread, Start, Join,
    Terminate, Kill, Close, SetDaemon, SetStartMethod, Exit, OsExit, Raise, Try, OnSignal, SendSignal, OpenFile,
    WriteFile, CountLines, MakeShared, Acquire, Release, WithLock, SetEvent, WaitEvent, Put, Get, Call, RawFork,
    Daemonize, RunCommand, Comment>;

struct Step {
    unsigned id = 0;
    Position position;
    Action action;
};

} // namespace daemonscope::scenario
