// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "lifecycle/facts.h"
#include "lifecycle/sparse.h"
#include "os/waitstatus.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope {

/// What a process is to multiprocessing. Program: not a process that uses it, or not known to be one.
/// Helper: resource tracker or fork server.
enum class Role : std::uint8_t { Program, Main, Child, Helper };
enum class DaemonOrigin : std::uint8_t { Default, Constructor, Property, Inherited };
enum class StartMethod : std::uint8_t { Fork, Spawn, Forkserver };
/// Whose multiprocessing a process runs: that of a Python interpreter, or of a program made with daemonscope's engine.
enum class Runtime : std::uint8_t { Python, Engine };

/// What a process executes, in common with those that it forked.
struct Image {
    std::vector<std::string> command; ///< argv
    std::string executable;
    std::string workingDirectory;
    bool operator==(const Image&) const = default;
};

/// What its runtime and its parent's told of a process that uses multiprocessing.
struct RuntimeFacts {
    std::vector<Since<bool>> daemonChanges; ///< sets after the start: `value` holds from `time` on
    std::string target;                     ///< name of the function that a child runs
    std::string startedAt;                  ///< "file:line" of the start() call
    std::string daemonSetAt;                ///< "file:line" of the constructor or property that decided the flag
    std::optional<ObjectId> object;
    std::string version; ///< of the interpreter or engine; empty if it said nothing

    std::optional<EventTime> interpreterStarted;
    std::optional<EventTime> mainCodeEnded;
    std::optional<EventTime> targetEnded; ///< the child's _bootstrap returned
    std::optional<int> targetCode;
    std::optional<EventTime> exitSequenceBegun;
    std::optional<EventTime> exitSequenceEnded;
    int exitDaemons = 0;                               ///< daemons that its exit sequence found
    int exitOthers = 0;                                ///< other children that its exit sequence found
    std::optional<payload::ExceptionRaised> exception; ///< uncaught; time in exceptionTime
    std::optional<EventTime> exceptionTime;

    std::vector<ThreadLife> threads;
    std::vector<std::string> refusals;       ///< start() calls that were refused: "AssertionError: …"
    std::vector<RefusedStart> refusedStarts; ///< the same, with time and place
    /// What is known of the flag over time: none where the word has no meaning (any more). Status::daemon is read here.
    std::vector<Since<std::optional<bool>>> flags;
    std::string place;                   ///< "file:line" of the latest step that it told of; empty for most programs
    std::int64_t hookLost = 0;           ///< events that the hook in it could not send
    std::vector<std::string> hookErrors; ///< what the hook could not do in it
};

/// What the other witnesses tell of few processes.
struct RareFacts {
    std::optional<Adoption> adoption;
    std::vector<Since<int>> parentDeathSignals; ///< asked for (PR_SET_PDEATHSIG); 0: none from then on
    std::optional<EventTime> parentThreadEnded; ///< the thread that made it ended
    std::uint64_t pidSpace = 0;                 ///< its pid namespace, where that is not the recorder's and matters
    std::optional<ProcessIndex> pidSpaceLeader; ///< that namespace's process 1
    std::uint64_t droppedBytes = 0; ///< of its output, by `record --limit`: the recording has counted them only
    EventTime droppedSince{};
};

/// Everything that is known of one process. Facts carry their times, so that its state at any time is a function of
/// this value (statusAt). Plain data, filled by ProcessTree only. Small, as a recording may have a million of them.
struct Process {
    ProcessIndex index = 0;
    ProcessId id;
    std::string name;    ///< multiprocessing's name, else the command's short name
    Shared<Image> image; ///< of the last exec, or of the parent's
    Role role = Role::Program;
    Runtime runtime = Runtime::Python; ///< of a Program: no meaning
    std::optional<bool> daemon;        ///< none: the word has no meaning for this process
    std::optional<DaemonOrigin> daemonOrigin;
    std::optional<StartMethod> startMethod;

    bool usageAtEnd = false;      ///< cpuNs and maxRssBytes are what the kernel told at its end
    bool endByRuntime = false;    ///< end and exit were told by its parent's runtime, not by the kernel
    bool exitByRuntime = false;   ///< exit was, and the end by the kernel
    bool reapedByRuntime = false; ///< its collection was told by its parent's runtime
    bool reapedByKernel = false;  ///< and by the kernel witness
    bool reapDiscarded = false;   ///< nobody collected it: its parent ignores SIGCHLD
    bool reaperUnknown = false;   ///< its parent or who adopted it; it was collected when the parent ended

    std::optional<ProcessIndex> kernelParent; ///< who forked it
    std::string forkerName; ///< what that one was called then; an exec or a runtime may have renamed it since
    std::optional<ProcessIndex> parent;     ///< who called start(); the kernel's parent where that is not known
    std::optional<ProcessIndex> foldedInto; ///< part of a launcher's prelude, shown as part of that process
    std::optional<ProcessIndex> reapedBy;

    EventTime born{};
    std::vector<EventTime> execs;
    std::optional<EventTime> ended;
    std::optional<ExitStatus> exit;
    std::optional<EventTime> reaped;
    std::optional<EventTime> orphanedAt; ///< when its parent ended while it lived on
    std::int64_t cpuNs = 0;              ///< at its end; of a process that was not seen to end, at the last look at it
    std::int64_t maxRssBytes = 0;        ///< the most that it had; likewise
    std::uint64_t stdoutBytes = 0;
    std::uint64_t stderrBytes = 0;

    std::vector<JoinWait> waits;             ///< by begin
    std::vector<SignalFact> signalsReceived; ///< by time
    std::vector<Since<bool>> stops;          ///< true: stopped, false: continued
    Sparse<RuntimeFacts> told;
    Sparse<RareFacts> rare;
};

/// What a process does at a time.
enum class Activity : std::uint8_t { NotBorn, Running, Waiting, Stopped, Ended };
struct Status {
    Activity activity = Activity::NotBorn;
    bool orphaned = false;                ///< its parent ended before it
    bool exiting = false;                 ///< its exit sequence has begun
    std::optional<ProcessIndex> waitsFor; ///< while Waiting
    std::optional<bool> daemon;           ///< the flag at that time
};

/// The state of a process at time `t`: a pure function of the facts up to `t`.
Status statusAt(const Process& process, EventTime t);

/// The daemon flag by which the process is called one: the flag that it was started with; for a main process the one
/// that it gave itself last. None where the word has no meaning.
std::optional<bool> daemonFlag(const Process& process);

/// The words of the report for these values ("main", "exit sequence", "constructor" …).
const char* word(Role role);
const char* word(DaemonOrigin origin);
const char* word(StartMethod method);
const char* word(EndedHow how);
/// "siginfo", "system call and runtime", "exclusion" … "nothing".
std::string word(const KnownBy& knownBy);

} // namespace daemonscope
