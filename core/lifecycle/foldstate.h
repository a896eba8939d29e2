// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "lifecycle/process.h"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace daemonscope {

/// What the fold of events must remember between two events and nobody else has to know. Plain data, used by
/// EventFold and ProcessTree only; every look-up is O(log n) or better.
struct FoldState {
    /// What is known of a Process object, also before it has a process of its own.
    struct ObjectFacts {
        std::string name;
        std::string target;
        std::string startedAt;
        std::string daemonSetAt;
        std::optional<bool> daemon;
        std::optional<DaemonOrigin> origin;
        std::optional<StartMethod> method;
        std::optional<ProcessIndex> child;
    };
    std::map<ObjectId, ObjectFacts> objects;

    /// Where a process is that does not stand at the place of its serial, as in recordings that lack some.
    std::unordered_map<std::uint32_t, ProcessIndex> bySerial;
    std::array<Shared<Image>, 64> recentImages;

    /// Waits without an end: who waits, for which object; the value is a position in Process::waits.
    std::map<std::pair<ProcessIndex, ObjectId>, std::size_t> openWaits;
    /// Threads without an end: process and ident; the value is a position in Process::threads.
    std::map<std::pair<ProcessIndex, std::int64_t>, std::size_t> openThreads;

    /// Where a process is in its exit sequence.
    struct ExitSequence {
        std::unordered_map<std::string, ObjectId> byName; ///< the children that it has to deal with
        std::optional<std::size_t> wait;                  ///< open wait, a position in Process::waits
    };
    std::unordered_map<ProcessIndex, ExitSequence> exitSequences;

    /// A signal that a process sent to a whole group: a system call that the kernel witness saw, or what a runtime
    /// told.
    struct GroupCall {
        EventTime time{};
        ProcessIndex sender = 0;
        int signal = 0;
        std::string call;
        std::string place;
        std::string via;
        bool kernel = false;
        std::vector<std::uint32_t> members{}; ///< serials, sorted, of those that the kernel witness found in the group
    };
    /// The latest of them, and who got signals from whom lately: the two are told by different witnesses, in any order.
    std::deque<GroupCall> groupCalls;
    struct Received {
        EventTime time{};
        ProcessIndex process = 0;
        ProcessIndex sender = 0;
        int signal = 0;
    };
    std::deque<Received> received;

    /// What a parent said of a child that it had collected, before the kernel witness told of the end: one that only
    /// listens may be late.
    struct Collected {
        ProcessIndex by = 0;
        EventTime time{};
        std::int32_t code = 0;
    };
    std::unordered_map<ProcessIndex, Collected> collectedEarly;

    // ---- what takeChanges() hands out ----
    std::size_t announced = 0; ///< processes that earlier changes named as born
    std::vector<ProcessIndex> moved;
    std::vector<ProcessIndex> folded;
    std::vector<ProcessIndex> changed;
    /// What of a process is in the lists above; by index.
    struct Noted {
        bool moved = false;
        bool changed = false;
    };
    std::vector<Noted> noted;
    bool programChanged = false;

    /// Processes that were made at first sight, without a Born event.
    std::vector<bool> unborn;
};

} // namespace daemonscope
