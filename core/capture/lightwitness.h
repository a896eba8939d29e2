// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "event/payloads.h"
#include "os/poller.h"
#include "os/taskevents.h"
#include "os/uniquefd.h"
#include "recording/writer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace daemonscope {

/// The kernel witness where ptrace is not used, or not any more (LetGo): listens to what the kernel tells of processes
/// (cn_proc, else perf's task records) and records births, execs and ends of the processes that it follows and of all
/// that come from them. It stops nobody, so nothing of a program is changed by it; but it hears of things after they
/// happened, of no signals and no stops, and what it has to look up in /proc may be gone by then.
///
/// Two stages. take() knows whom each event is about and records births; any thread may do it, so that nobody speaks of
/// a process before its birth is recorded. tell() records the rest, in the witness's own thread.
class LightWitness {
public:
    struct Callbacks {
        std::function<void(ProcessId process)> beforeEnd; ///< it is dead: take what it left in sockets
        /// The same process, later: if this process is its parent, or hears from it, says how it ended and collects it.
        std::function<std::optional<payload::Exited>(ProcessId process)> collect{};
        /// The same, at last: its end is recorded, and this was its parent.
        std::function<void(ProcessId process, std::int32_t parentPid, std::optional<ProcessId> parent)> ended{};
    };
    /// `source`: from openTaskEvents(). It is what the kernel grants; without one there is no light witness.
    static Result<std::unique_ptr<LightWitness>> create(RecordingWriter& recording, ProcessRegistry& processes,
        Callbacks callbacks, std::unique_ptr<TaskEventSource> source);
    ~LightWitness(); // NOLINT(bugprone-exception-escape): see there
    LightWitness(const LightWitness&) = delete;
    LightWitness& operator=(const LightWitness&) = delete;

    /// "cn_proc", "perf" or "pidfd"; only the first tells how processes ended.
    [[nodiscard]] std::string means() const { return source_->name(); }
    /// Follows the program, whose birth is recorded and which waits at the door of its exec, and all that comes of it.
    Outcome follow(ProcessId program);
    /// Follows a process of the program that ptrace has followed up to now, and all that comes of it from now on. It is
    /// held; `stopped`: its group was stopped by a signal before. Any thread.
    Outcome takeOver(ProcessId process, bool stopped);
    /// The process, if it is followed, has lost this parent, which is not. Any thread.
    void parentEnded(std::int32_t pid, std::int32_t parentPid);
    /// Begins to record.
    void start();
    /// Records the births that the kernel has told up to now. Any thread.
    void catchUp();
    /// Waits until everything is recorded of those that are followed, and all have ended.
    void waitUntilAllEnded();
    /// Records what the kernel has told up to now and ends the thread.
    void finish();

private:
    struct Followed {
        ProcessId id;
        std::int32_t parentPid = 0;               ///< by the kernel, now
        std::chrono::nanoseconds seen{};          ///< when that was known, on the clock sinceBoot()
        bool launched = false;                    ///< the program, whose first command line is known
        bool stopped = false;                     ///< by a signal, before it was taken over; it was not seen to go on
        std::unordered_set<std::int32_t> threads; ///< alive; the process has ended when it is empty
        std::unordered_set<std::int32_t> children;
        UniqueFd handle; ///< where the means does not tell how processes end; else invalid
    };
    /// What take() leaves for tell(), with the identity that the pid had at that time.
    struct Told {
        enum class Kind { Executed, Ended, LostParent };
        Kind kind = Kind::Ended;
        ProcessId process;
        std::chrono::nanoseconds seen{}; ///< a process of this pid that began later is another one
        EventTime time{};
        std::int32_t formerParent = 0;       ///< as far as it has been told
        std::int32_t parent = 0;             ///< at an end; 0 where it is not told
        std::optional<ProcessId> parentId{}; ///< if that is followed
        std::optional<ExitStatus> status;
        std::string name;
        bool keepsCommand = false; ///< its command line is known, also if it cannot be read
        UniqueFd handle;
    };

    LightWitness(RecordingWriter& recording, ProcessRegistry& processes, Callbacks callbacks,
        std::unique_ptr<TaskEventSource> source, Poller poller);
    void loop();

    // ---- lightbirths.cpp: under mutex_ ----
    Outcome add(ProcessId process, bool launched);
    void take();
    void onFork(const TaskEvent& event);
    /// Records the execs of a process that are not told yet: a child is about to be born, which goes on as what it
    /// executed.
    void catchUpWithExecs(ProcessId process);
    void onExit(const TaskEvent& event);
    void addProcess(std::int32_t pid, std::int32_t parentPid, EventTime time);
    void endProcess(std::int32_t pid, EventTime time, std::optional<ExitStatus> status, std::int32_t parent = 0);
    struct Gone {
        ProcessId process;
        std::optional<ExitStatus> status;
    };
    [[nodiscard]] std::vector<Gone> thoseGone() const;
    void endThose(const std::vector<Gone>& gone);
    void findThoseMissed();
    void goesOn(Followed& process, EventTime time);
    void findThoseGoingOn();

    // ---- lightwitness.cpp: in its thread ----
    void tellAll();
    void tell(Told told);
    void tellExecuted(const Told& told); ///< under mutex_, as catchUpWithExecs() does it, too
    void tellEnded(const Told& told);
    bool tellNewParent(const Told& told);
    void lookAround();
    /// A living process of the recording, also one that is not followed here.
    [[nodiscard]] std::optional<ProcessId> relative(std::int32_t pid) const;

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    Callbacks callbacks_;
    std::unique_ptr<TaskEventSource> source_;
    Poller poller_;

    std::mutex mutex_;
    std::condition_variable told_;
    std::unordered_map<std::int32_t, Followed> live_;
    std::deque<Told> queue_;
    bool telling_ = false;
    bool tellsStatus_ = true;   ///< the means tells how processes end
    std::int32_t launcher_ = 0; ///< the program's parent, which gets more children from it only (CLONE_PARENT)

    std::vector<Told> undecided_; ///< whose new parent the kernel has not decided yet; the thread's own
    EventTime nextLook_{};        ///< likewise
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace daemonscope
