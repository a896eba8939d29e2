// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What can happen, as plain structs, each immutable once made. What a struct's process is said to do, it does itself:
/// it is the Event's `process`. Strings are as the program gave them: hostile, not escaped, but bounded.
namespace daemonscope::payload {

// ---- the recorder ------------------------------------------------------------------------------------------------

/// The recorder is about to start the program; the first event of a recording. Its time is the program's start, the
/// zero of all shown times.
struct RecordingStarted {
    std::vector<std::string> argv; ///< of the program, as it will be executed
    std::string workingDirectory;
    std::int64_t wallClockNs = 0;  ///< CLOCK_REALTIME at the event's time
    bool kernelWitness = false;
    bool runtimeWitness = false;
    std::string outputMode;        ///< "lines", "pipe", "pty" or "inherit"
    bool outputAttributed = false; ///< whether each chunk of output names the process that wrote it
    std::string recorderVersion;
};
/// The last event of a recording that ended in order: nothing of the program is left, or the recorder let go of it.
struct RecordingEnded {
    std::string reason;
};
/// Something that capture could not see.
struct Lost {
    std::string what;
    std::string why;
};

// ---- the kernel witness (ptrace) -----------------------------------------------------------------------------------

/// The process came into being.
struct Born {
    enum class How { Launch, Fork, Vfork, Clone, Unknown };
    std::optional<ProcessId> parent; ///< none for the program itself, and where the kernel lost the edge
    How how = How::Unknown;
    std::int32_t parentThread = 0;   ///< the thread that forked; 0 when not known
};
/// The process executes another program; also reported with the first one.
struct Executed {
    std::vector<std::string> argv;
    std::string executable; ///< absolute path; empty when not readable
    std::string workingDirectory;
    std::string unreadable; ///< why a field is empty, as a sentence; empty when all could be read
};
/// A signal is delivered to the process, with what siginfo says of its sender.
struct SignalDelivered {
    std::int32_t signal = 0;
    std::int32_t code = 0;           ///< si_code
    std::int32_t senderPid = 0;      ///< si_pid; 0 for the kernel and the terminal
    std::int32_t senderUid = 0;
    std::optional<ProcessId> sender; ///< if senderPid is a process of this recording
};
/// A call of the kill family with SIGKILL was made by the process (seccomp stop, before the signal is sent).
struct KillRequested {
    std::int32_t signal = 0;
    std::int64_t targetPid = 0; ///< as passed; 0 and negative numbers name groups
    std::optional<ProcessId> target;
    std::string call;           ///< "kill", "tgkill", "pidfd_send_signal" …
};
struct Stopped {
    std::int32_t signal = 0;
};
struct Continued {};
struct Exited {
    bool bySignal = false;
    std::int32_t code = 0; ///< exit code, or the signal's number
    bool coreDumped = false;
    std::int64_t cpuNs = 0;       ///< user and system time of the process, without its children
    std::int64_t maxRssBytes = 0; ///< of the process or, where greater, of a child that it waited for (getrusage(2))
};
/// The process lost its parent and was given another one.
struct Reparented {
    std::optional<ProcessId> adopter; ///< none: outside the program (init or a subreaper)
    std::int32_t adopterPid = 0;
};
/// The process was collected by its parent and its pid became free.
struct Reaped {
    std::optional<ProcessId> by; ///< none: by a process outside of the program
};

// ---- the runtime witness (Python hook or engine) -------------------------------------------------------------------

/// A place in the user's own source: "file:line", and the innermost library function between it and the event.
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
};
struct Forked {}; ///< a raw os.fork() that is not a Process's start
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
struct MainCodeEnded {}; ///< the main thread's own code has ended
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
struct ExitSequenceEnded {};
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
/// The hook could not send this many packets.
struct HookGap {
    std::int64_t lost = 0;
};
struct HookError {
    std::string where;
    std::string message;
};

// ---- the output witness --------------------------------------------------------------------------------------------

enum class Stream : std::uint8_t { Stdout, Stderr };
/// Bytes that the process wrote. They stay in the recording, where RecordingReader::readOutput finds them.
struct OutputWritten {
    Stream stream = Stream::Stdout;
    std::uint64_t sizeBytes = 0;
    std::uint64_t fileOffset = 0; ///< of the first byte in the recording; filled in by the reader
};

} // namespace daemonscope::payload
