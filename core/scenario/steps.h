// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/signal.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The steps that a scenario's functions consist of. docs/scenario-format.md says how each is written and what it does.
namespace daemonscope::scenario {

/// Counted from 1.
struct Position {
    unsigned line = 0;
    unsigned column = 0;
};

/// A piece of a text: literal, or the value of something.
struct TextPart {
    enum class Kind {
        Literal,  ///< `text`
        Variable, ///< of the function: `text` is its name
        Own,      ///< of the current process: `text` is name, pid, ppid, daemon, parent, thread, active_children
        Member,   ///< `member` (name, pid, daemon, exitcode, is_alive) of the process or thread in variable `text`
        Error,    ///< within catch: "ValueError: boom"
    };
    Kind kind = Kind::Literal;
    std::string text;
    std::string member;
};
using Text = std::vector<TextPart>;

/// "$name"
struct VariableRef {
    std::string name;
};
using Operand = std::variant<std::monostate, bool, std::int64_t, double, Text, VariableRef>;
/// A literal duration, or a variable that holds seconds.
using Duration = std::variant<std::chrono::nanoseconds, VariableRef>;
enum class Method { Fork, Spawn, ForkServer };

struct Step;
using Steps = std::vector<Step>;

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
struct CreateProcess {
    std::string variable;
    std::string function;
    std::vector<Operand> args;
    std::optional<Text> name;
    std::optional<bool> daemon; ///< none: inherited
    std::optional<Method> context;
};
struct CreateThread {
    std::string variable;
    std::string function;
    std::vector<Operand> args;
    std::optional<Text> name;
    std::optional<bool> daemon;
};
struct Start {
    std::string variable; ///< process or thread
};
struct Join {
    std::string variable;
    std::optional<Duration> timeout;
};
struct Terminate {
    std::string variable;
};
struct Kill {
    std::string variable;
};
struct Close {
    std::string variable; ///< process, file or queue
};
struct SetDaemon {
    std::string variable; ///< empty: the current process
    bool daemon = false;
};
struct SetStartMethod {
    Method method = Method::Fork;
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
struct OnSignal {
    enum class Action { Default, Ignore, Call };
    Signal signal;
    Action action = Action::Default;
    std::string function;
};
struct SendSignal {
    enum class To { Process, Current, Parent };
    To to = To::Process;
    std::string variable;
    Signal signal;
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
struct MakeShared {
    enum class Kind { Lock, Event, Queue };
    Kind kind = Kind::Lock;
    std::string variable;
    std::optional<Method> context;
};
struct Acquire {
    std::string lock;
    std::optional<Duration> timeout;
    std::string result; ///< may be empty; becomes True or False
};
struct Release {
    std::string lock;
};
struct WithLock {
    std::string lock;
    Steps steps;
};
struct SetEvent {
    std::string event;
};
struct WaitEvent {
    std::string event;
    std::optional<Duration> timeout;
    std::string result;
};
struct Put {
    std::string queue;
    Operand value;
};
struct Get {
    std::string queue;
    std::string result;
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

using Action = std::variant<Print, Sleep, Repeat, Forever, RepeatUntilSet, CreateProcess, CreateThread, Start, Join, Terminate,
    Kill, Close, SetDaemon, SetStartMethod, Exit, OsExit, Raise, Try, OnSignal, SendSignal, OpenFile, WriteFile, CountLines,
    MakeShared, Acquire, Release, WithLock, SetEvent, WaitEvent, Put, Get, Call, RawFork, Daemonize, RunCommand, Comment>;

struct Step {
    unsigned id = 0;
    Position position;
    Action action;
};

} // namespace daemonscope::scenario
