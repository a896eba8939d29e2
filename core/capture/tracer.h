// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/letgo.h"
#include "capture/pidnamespaces.h"
#include "capture/processregistry.h"
#include "capture/reapwatch.h"
#include "capture/tracercalls.h"
#include "os/ptrace.h"
#include "os/waitstatus.h"
#include "recording/writer.h"

#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace daemonscope {

/// The kernel witness: follows a program and all its descendants with ptrace and records births, execs, signals, stops
/// and ends. It never holds a process back longer than it takes to note what happened, and never changes what a
/// process does, but for one thing: opening /dev/stdout and its like (see SyscallFilter) is answered by a duplicate.
///
/// The order of reports is not that of causes: a child's first stop, or even its end, may come before its parent's fork
/// event, and the event never comes when the parent is killed first. See tracerbirths.cpp.
///
/// Belongs to the thread that calls its functions, which must be the one that seized the program.
class Tracer {
public:
    struct Callbacks {
        std::function<void(std::int32_t pid)> beforeEnd;       ///< the process is dead: take what it left in sockets
        std::function<bool(std::uint64_t inode)> isProgramEnd; ///< whether a socket is one of the program's streams
        std::function<void(Signal)> programStopped;            ///< the program itself has been stopped
    };
    /// `letGo`: where processes go that others of the program want to trace; none: nobody else can.
    Tracer(
        RecordingWriter& recording, ProcessRegistry& processes, ReapWatch& reaping, LetGo* letGo, Callbacks callbacks);

    /// Records the birth of `pid`, which must have been seized and not yet have executed the program.
    void adopt(std::int32_t pid);
    /// Follows until no process is left, also none that was let go. `rootEvent` is called when the program itself has
    /// executed (no status) and when it has ended (its status).
    void run(const std::function<void(std::optional<ExitStatus>)>& rootEvent);

private:
    struct Task {
        std::int32_t process = 0; ///< its thread group
    };
    /// A task that was seen, but that no fork event has announced yet.
    struct Unannounced {
        std::int32_t parentPid = 0;         ///< by /proc, when it was first seen; 0: it was gone already
        bool process = true;                ///< and not a thread
        bool stopped = false;               ///< in its first stop, to be resumed
        std::optional<tracing::Report> end; ///< if it has ended already
        EventTime since{};
    };
    struct TracedProcess {
        ProcessId id;
        std::int32_t parentPid = 0; ///< by the kernel, now
        std::vector<std::int32_t> children;
        std::chrono::nanoseconds childrenCpu{}; ///< of children that have ended, theirs included
        bool stopped = false;
        bool stopIsOurs = false;       ///< the SIGSTOP that is about to stop it is the recorder's (Freezer)
        std::int32_t parentThread = 0; ///< that made it; 0: not known, or it has ended
        int childNews = 0;             ///< ends and stops of its children since its latest SIGCHLD
        bool killExplained = false;    ///< somebody was seen to send it SIGKILL
        bool placeTold = false;        ///< its pid namespace has been recorded
    };
    enum class AfterSeccomp { Resume, ResumeToCallEnd, Stay };

    void onReport(const tracing::Report& report);
    void onPtraceEvent(const tracing::Report& report);
    [[nodiscard]] std::optional<tracing::Report> nextReport();
    [[nodiscard]] bool onlyStrangersAreLeft() const;
    void onNewTask(std::int32_t parentTid, int event);
    void onFirstStop(std::int32_t tid);
    void onExec(std::int32_t pid);
    [[nodiscard]] AfterSeccomp onSeccomp(std::int32_t tid);
    void onCallEnd(std::int32_t tid);
    [[nodiscard]] bool onKillRequest(std::int32_t tid, const tracing::SyscallEntry& entry);
    void onKillReturned(std::int32_t tid, CallUnderWay& call, std::int64_t result);
    void explainKills(const payload::KillRequested& request, bool explained);
    void onParentDeathSignal(std::int32_t tid, const tracing::SyscallEntry& entry);
    void onThreadEnd(std::int32_t tid, std::int32_t process);
    void onChildSignal(std::int32_t tid);
    void onUnseenChild(std::int32_t parent, std::int32_t child, const char* why);
    void onTracerRefused(std::int32_t pid, const CallUnderWay& call);
    void onSignal(const tracing::Report& report);
    void onGroupStop(const tracing::Report& report);
    void onEnd(const tracing::Report& report);
    void onProcessEnd(std::int32_t pid, const tracing::Report& report);

    // ---- tracerleaving.cpp ----
    [[nodiscard]] AfterSeccomp onTraceRequest(std::int32_t tid, const tracing::SyscallEntry& entry);
    [[nodiscard]] std::string whyNotLetGo(
        std::int32_t asker, const tracing::SyscallEntry& entry, std::int32_t target) const;
    [[nodiscard]] bool holdIfLeaving(std::int32_t tid);
    void letGoIfAllStopped(std::int32_t pid);
    void keepAfterAll(std::int32_t pid, const Leaving& leaving, const std::string& why);
    void leaveOverdue();
    /// The program itself, which stays a child of this process.
    [[nodiscard]] bool isLetGoProgram(std::int32_t pid) const;
    void onLetGoProgram(const tracing::Report& report);

    /// Whose child a new process of `parentTid` is, and by which thread of that one (CLONE_PARENT).
    [[nodiscard]] std::pair<std::int32_t, std::int32_t> parentOfNew(std::int32_t parentTid) const;
    void addProcess(std::int32_t pid, std::optional<std::int32_t> parent, payload::Born::How how, std::int32_t thread);
    Unannounced& lookAt(std::int32_t tid);
    void lookAtDead(std::int32_t tid, int signal);
    void onUnannounced(std::int32_t tid, bool stopped, const std::optional<tracing::Report>& end);
    void acceptUnannounced(std::int32_t tid, bool parentHasEnded);
    void acceptUnannouncedIf(bool parentHasEnded, const std::function<bool(const Unannounced&)>& condition);
    [[nodiscard]] bool isLateAnnouncement(std::int32_t tid);
    void noteChildNews(const TracedProcess& child);
    void tellReaping(std::int32_t dead, std::optional<std::uint64_t> collectedFaults);
    void noteNewParents(const TracedProcess& dead);
    const PidNamespaces::Place* placeOf(std::int32_t pid);
    [[nodiscard]] std::int32_t translate(std::int32_t viewer, std::int32_t number);
    [[nodiscard]] std::vector<ProcessId> membersOf(std::int32_t sender, std::int32_t group);
    [[nodiscard]] std::optional<ProcessId> identify(std::int32_t pid) const;
    [[nodiscard]] std::int32_t processOf(std::int32_t tid) const;
    void record(std::int32_t pid, Payload payload);

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    ReapWatch& reaping_;
    LetGo* letGo_;
    Callbacks callbacks_;
    PidNamespaces spaces_;
    std::int32_t root_ = 0;
    std::unordered_set<std::int32_t> strangers_;   ///< children of this process that are none of the program's
    std::unordered_map<std::int32_t, Task> tasks_; ///< by tid
    std::unordered_map<std::int32_t, TracedProcess> live_;
    std::unordered_map<std::int32_t, Unannounced> unannounced_; ///< by tid
    std::unordered_map<std::int32_t, EventTime> accepted_;      ///< when tasks were accepted without a fork event
    std::unordered_set<std::int32_t> announced_;                ///< announced by a fork event, first stop still to come
    std::unordered_map<std::int32_t, CallUnderWay> calls_;      ///< by tid
    std::unordered_set<std::int32_t> awaitParentDeath_;         ///< asked for a signal at their parent's end
    std::unordered_set<std::int32_t> refusedTracers_;           ///< told of: they could not trace
    std::unordered_map<std::int32_t, Leaving> leaving_;         ///< by process
    std::unordered_set<std::int32_t> kept_;                     ///< could not be let go
    std::unordered_set<std::int32_t> unseen_;                   ///< children that could not be followed
    std::function<void(std::optional<ExitStatus>)> rootEvent_;
};

} // namespace daemonscope
