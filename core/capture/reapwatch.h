// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"
#include "os/keptprocfile.h"
#include "os/poller.h"
#include "os/uniquefd.h"
#include "recording/writer.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace daemonscope {

/// Records who collected the processes that have ended, and when. From its end until it is collected a process is a
/// zombie. Most are collected at once: the tracer looks when their parent gets the signal that tells it of the end, by
/// which time a parent that waited has collected. Those that stay get a descriptor, of which the kernel reports a
/// hang-up; where it does not, and for more of them than a few, a look four times a second has to do.
///
/// A process whose parent ended before anybody looked again may have been collected by it or by its new parent. The
/// page faults of its collected children, which the kernel adds up for every process, tell which; where they do not,
/// that is what is recorded.
///
/// ended(), look(), parentEnded() and reused() belong to the tracer's thread; the waiting is done in an own one.
class ReapWatch {
public:
    static Result<std::unique_ptr<ReapWatch>> create(RecordingWriter& recording);
    ~ReapWatch();
    ReapWatch(const ReapWatch&) = delete;
    ReapWatch& operator=(const ReapWatch&) = delete;

    /// Whose child a process is.
    struct Parent {
        std::int32_t pid = 0;
        std::optional<ProcessId> id; ///< none: outside of the program
        bool hasEnded = false;
    };
    using FindParent = std::function<Parent(std::int32_t pid)>;

    /// The process has ended, with so many minor page faults (none: not known), and the tracer has let go of it.
    void ended(ProcessId process, const Parent& parent, std::optional<std::int64_t> faults);
    /// Whether a process that ends has zombies, so that parentEnded() wants to know about its collected children.
    [[nodiscard]] bool hasZombies(std::int32_t parent);
    /// Process `parent` was just heard of: looks whether it has collected its latest zombies.
    void look(std::int32_t parent);
    /// Process `parent` has ended; `find` tells who is the parent of a zombie now, `collectedFaults` how many minor
    /// page faults the children that it collected had, if known.
    void parentEnded(std::int32_t parent, std::optional<std::uint64_t> collectedFaults, const FindParent& find);
    /// Another process has got this pid.
    void reused(std::int32_t pid);
    /// Waits a moment for those whose parents are outside of the program, and ends the thread.
    void finish();

private:
    ReapWatch(RecordingWriter& recording, Poller poller);
    struct Zombie {
        ProcessId id;
        Parent parent;
        EventTime since{};
        std::optional<std::int64_t> faults;
        UniqueFd pidfd;
    };
    /// The ended children of a process that lives.
    struct Family {
        std::deque<std::int32_t> pids; ///< not all of them need be zombies still
        std::int64_t faults = 0;       ///< of those that it has collected
        bool faultsKnown = true;       ///< of all of those
        void addFaults(const Zombie& zombie);
    };
    using Zombies = std::unordered_map<std::int32_t, Zombie>;

    void loop();
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause() const;
    void lookAtAll();
    void watch(Zombie& zombie);
    void gone(Zombies::iterator zombie);
    void forget(Zombies::iterator zombie);
    void record(const Zombie& zombie, bool discarded, bool byUnknown);
    [[nodiscard]] static bool isGone(const Zombie& zombie);

    RecordingWriter& recording_;
    Poller poller_;
    std::mutex mutex_;                                  ///< of all below
    Zombies zombies_;                                   ///< by pid
    std::unordered_map<std::int32_t, Family> families_; ///< by the parent's pid
    std::unordered_map<int, std::int32_t> byPidfd_;
    KeptProcFile parentStatus_{"status"};
    std::size_t young_ = 0; ///< ended since the thread's latest look
    int quietLooks_ = 0;    ///< how often it found nobody in a row
    bool idle_ = true;      ///< it waits for longer than a new zombie should
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace daemonscope
