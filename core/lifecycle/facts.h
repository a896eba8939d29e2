// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "event/ids.h"
#include "os/signal.h"

#include <cstdint>
#include <optional>
#include <string>

/// What is known of a process in the course of its life, fact by fact, each with its time.
namespace daemonscope {

/// A process in a ProcessTree: its position in ProcessTree::processes(), 0, 1, 2 … in order of birth. Equals the
/// serial of its ProcessId, and the "id" of a report.
using ProcessIndex = int;

/// A value that holds from a time on.
template <class T> struct Since {
    EventTime time{};
    T value{};
};

/// A stretch of time in which a process waited for a child (join).
struct JoinWait {
    EventTime begin{};
    std::optional<EventTime> end;
    std::optional<ProcessIndex> child;
    bool atExit = false;   ///< part of Python's exit sequence
    std::string place;     ///< "file:line" of the user's join(); empty at exit
    bool timedOut = false; ///< join(timeout) gave up
};

/// A signal that reached a process, or that one asked for.
struct SignalFact {
    EventTime time{};
    Signal signal;
    int code = 0; ///< si_code; 0 if the kernel did not see it
    int senderPid = 0;
    std::optional<ProcessIndex> sender;
    Witness witness = Witness::Kernel;
    bool atExit = false;  ///< sent by multiprocessing's exit sequence
    bool viaKill = false; ///< Process.kill() rather than terminate()
    std::string call;     ///< "terminate", "kill", "os.kill", "kill(2)" … empty if not known
    std::string place;    ///< "file:line" of that call
    std::string via;      ///< the library function in between

    EventTime asked{};       ///< of the earliest report of it: the call, where that was seen
    bool delivered = false;  ///< the kernel delivered it
    bool requested = false;  ///< the kernel witness saw the system call
    bool sent = false;       ///< the runtime reported the sending
    bool called = false;     ///< the runtime reported the call that asks for it
    bool inferred = false;   ///< joined to this process by reasoning: a kill() of a whole group
    bool toGroup = false;    ///< the call named a process group, not this process
    bool byRecorder = false; ///< the recorder sent it and says so itself

    int error = 0;                ///< errno of the system call, if it failed: nothing reached the process
    bool ownSiginfo = false;      ///< its sender wrote the siginfo itself; what that says is not taken for true
    bool claimed = false;         ///< nothing but such a siginfo tells of the sender
    std::int32_t claimedCode = 0; ///< what that siginfo says, of ownSiginfo
    std::int32_t claimedPid = 0;
    bool nameless = false; ///< its siginfo names nobody; the call tells of the sender
};

/// A start() that Python refused; no process came of it.
struct RefusedStart {
    EventTime time{};
    std::string name;  ///< of the Process object
    std::string error; ///< "AssertionError: …"
    std::string place; ///< "file:line" of the start()
};

/// How the one who ended a process did it; the words of the report's "how".
enum class EndedHow { ExitSequence, Terminate, Kill, OtherCall, ParentDeathSignal, Terminal, Kernel, Outside, Unknown };
/// How a sender is known: by one or more witnesses, or less well.
struct KnownBy {
    bool siginfo = false;    ///< the kernel's words at the delivery
    bool systemCall = false; ///< the call was seen
    bool runtime = false;    ///< the sender's own runtime reported it
    bool recorder = false;   ///< daemonscope itself sent it
    bool exclusion = false;  ///< it follows from what was not seen, or from what happened at that time
    bool claim = false;      ///< only the signal's own word, which its sender may choose
};
struct EndedBy {
    std::optional<ProcessIndex> process; ///< none: not a process of this recording, or not known
    Signal signal;
    EndedHow how = EndedHow::Unknown;
    KnownBy knownBy{};
};

struct ThreadLife {
    std::string name;
    bool daemon = false;
    std::int64_t ident = 0;
    EventTime started{};
    std::optional<EventTime> ended;
};

struct Adoption {
    EventTime time{};
    std::optional<ProcessIndex> adopter; ///< none: outside of the program
    int adopterPid = 0;
};

} // namespace daemonscope
