// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the runtime witness (Python hook or engine) tells of process objects and their processes. See event/payloads.h.
namespace daemonscope::payload {

/// A place in the user's own source, and the innermost library function between it and the event. "file:line" as the
/// runtime says it: what the engine calls the file may be relative to a folder that nobody knows
/// (docs/hook-protocol.md).
struct Source {
    std::string place;
    std::string via;
    bool operator==(const Source&) const = default;
};
struct InterpreterStarted {
    std::string role; ///< "main", "spawned", "forkserver", "tracker"
    std::string version;
    std::string executable;
    std::vector<std::string> argv;
    std::int32_t optimize = 0;
    std::string runtime; ///< "python", "daemonscope-engine"; empty in recordings made before there was a choice: Python
};
struct Forked { }; ///< a raw os.fork() that is not a Process's start
struct ObjectMade {
    ObjectId object;
    std::string name;
    std::string className;
    bool daemon = false;
    bool daemonExplicit = false; ///< given to the constructor; else inherited from the creator
    std::string target;
    Source source;
};
struct DaemonSet {
    ObjectId object;
    std::string name;
    bool oldValue = false;
    bool newValue = false;
    bool accepted = true;
    std::string state; ///< "new", "started", or "self" for the current process
    std::string error;
    Source source;
};
struct NameSet {
    ObjectId object;
    std::string name;
};
struct StartCalled {
    ObjectId object;
    std::string name;
    bool daemon = false;
    Source source;
};
struct StartReturned {
    ObjectId object;
    std::optional<ProcessId> child;
    std::int32_t childPid = 0;
    std::string method; ///< "fork", "spawn", "forkserver"
};
struct StartRefused {
    ObjectId object;
    std::string name;
    std::string exceptionType;
    std::string message;
    Source source;
};
/// The process is a multiprocessing child and is about to run its target.
struct Bootstrapped {
    ObjectId object;
    std::string name;
    bool daemon = false;
    std::optional<ProcessId> logicalParent; ///< the process that called start()
    std::int32_t logicalParentPid = 0;
    std::string className;
    std::string target;
    std::string method;
};
struct ExceptionRaised {
    std::string type;
    std::string message;
    std::string traceback;
};
/// The child's _bootstrap returned with this exit code; what follows is the interpreter's own end.
struct TargetEnded {
    std::int32_t code = 0;
};
struct MainCodeEnded { }; ///< the main thread's own code has ended
struct JoinBegun {
    ObjectId object;
    std::optional<std::int64_t> timeoutNs;
    bool atExit = false; ///< called by the exit sequence
    Source source;
};
struct JoinEnded {
    ObjectId object;
    std::optional<std::int32_t> code; ///< none: timed out
    std::string error;
};
/// Process.terminate() or kill() was called by the user's or a library's code.
struct TerminateCalled {
    ObjectId object;
    std::optional<ProcessId> child;
    bool kill = false;
    Source source;
};
/// multiprocessing sent a signal to a child.
struct SignalSent {
    std::optional<ProcessId> child;
    std::int32_t childPid = 0;
    std::int32_t signal = 0;
    bool atExit = false; ///< by the exit sequence
};
/// multiprocessing saw the end of a child.
struct ChildReaped {
    std::optional<ProcessId> child;
    std::int32_t childPid = 0;
    std::int32_t code = 0; ///< as Process.exitcode has it
};
struct ObjectClosed {
    ObjectId object;
    bool accepted = true;
};

} // namespace daemonscope::payload
