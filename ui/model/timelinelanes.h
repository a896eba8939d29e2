// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "ui/model/kind.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace daemonscope {

/// How a process ended. Unknown: it is gone, but nobody saw with which status.
enum class LaneEnd : std::uint8_t { None, Finished, Failed, Killed, Unknown };

/// An end that has not come (yet). All times here are nanoseconds since the program's start.
inline constexpr std::int64_t kNotYet = std::numeric_limits<std::int64_t>::max();

/// Part of a life in which a process did not run.
struct LaneStretch {
    enum class Kind : std::uint8_t { Waiting, Stopped };
    std::int64_t beginNs = 0;
    std::int64_t endNs = kNotYet;
    ProcessIndex child = -1; ///< waited for; -1: not known, or stopped
    Kind kind = Kind::Waiting;

    bool operator==(const LaneStretch&) const = default;
};

/// One process's life as a lane needs it.
struct TimelineLane {
    ProcessIndex process = 0;
    ProcessIndex parent = -1; ///< who started it, where it stands in the tree; -1: a root
    std::int32_t depth = 0;
    Kind kind = Kind::Program; ///< by the latest that is known
    LaneEnd end = LaneEnd::None;
    std::int64_t bornNs = 0;
    std::int64_t endedNs = kNotYet;
    std::int64_t orphanedNs = kNotYet;  ///< its parent was gone from then on; kNotYet: never, or not before its own end
    std::vector<LaneStretch> stretches; ///< by begin; they may overlap
};

/// A process ended by a signal: when and by whom.
struct LaneKill {
    ProcessIndex target = 0;
    ProcessIndex killer = -1; ///< -1: not a process of this recording, or not known
    std::int64_t sentNs = 0;  ///< of the signal; of the end where no signal was seen
    std::int64_t endedNs = 0;
    Signal signal;
    EndedHow how = EndedHow::Unknown;
    std::string call;                  ///< "os.kill", "kill(2)" … as far as known
    std::string place;                 ///< "file:line" of the call, as far as known; hostile
    Runtime runtime = Runtime::Python; ///< whose exit sequence it was, if it was one
};

/// How a process that a signal has ended was killed, as far as it is known.
LaneKill laneKill(const ProcessTree& tree, const Process& process);

/// Which marks occur in the lanes, for a legend that explains what is drawn and nothing else.
struct LaneMarks {
    bool main = false, nonDaemon = false, daemon = false, helper = false, program = false;
    bool waiting = false, stopped = false, orphaned = false, waitedFor = false;
    bool finished = false, failed = false, killed = false, unknown = false, killArrow = false;

    bool operator==(const LaneMarks&) const = default;
};

/// All lanes in tree order (depth first, children in order of birth), kept up to date with a ProcessTree batch by
/// batch. Folded processes have no lane. Not thread safe.
class TimelineLanes {
public:
    /// Everything anew.
    void rebuild(const ProcessTree& tree);
    /// After a batch: the changed lanes only; a walk over the tree only where its shape changed.
    void update(const ProcessTree& tree, const ProcessTree::Changes& changes);
    /// Lanes without a tree, in the given order; for tests and measurements. `lanes[i].process` must be below the
    /// number of lanes and unique.
    void assign(std::vector<TimelineLane> lanes, std::vector<LaneKill> kills = {});

    [[nodiscard]] int size() const { return static_cast<int>(order_.size()); }
    /// The lane at a position from the top.
    [[nodiscard]] const TimelineLane& at(int lane) const
    {
        return byProcess_[static_cast<std::size_t>(order_[static_cast<std::size_t>(lane)])];
    }
    /// A process's lane, by process.
    [[nodiscard]] const TimelineLane& of(ProcessIndex process) const
    {
        return byProcess_[static_cast<std::size_t>(process)];
    }
    /// The position of a process's lane, -1 if it has none.
    [[nodiscard]] int laneOf(ProcessIndex process) const;
    [[nodiscard]] std::span<const LaneKill> kills() const { return kills_; }
    /// How this process was killed; nullptr if it was not.
    [[nodiscard]] const LaneKill* killOf(ProcessIndex process) const;
    /// What occurs (or occurred: a mark stays until the lanes are rebuilt).
    [[nodiscard]] const LaneMarks& marks() const { return marks_; }
    /// Counts the changes; a picture of the lanes is as old as its revision.
    [[nodiscard]] std::uint64_t revision() const { return revision_; }

private:
    void reorder(const ProcessTree& tree);
    void refresh(const ProcessTree& tree, ProcessIndex process);
    void note(const TimelineLane& lane);
    void noteAll();

    std::vector<TimelineLane> byProcess_;
    std::vector<ProcessIndex> order_; ///< lane to process
    std::vector<int> laneOf_;         ///< process to lane, -1: none
    std::vector<LaneKill> kills_;
    std::vector<int> killOf_; ///< process to position in kills_, -1: none
    LaneMarks marks_;
    std::uint64_t revision_ = 0;
    bool kindChanged_ = false; ///< since the marks were last gathered anew
};

/// How many processes live at a time, as the corners of a step line.
struct LiveCount {
    double seconds = 0;
    int count = 0;

    bool operator==(const LiveCount&) const = default;
};
/// The steps up to `untilNs`, at most about `most`: where there are more, a pixel's worth of time keeps its greatest
/// and its last count.
std::vector<LiveCount> liveCounts(const TimelineLanes& lanes, std::int64_t untilNs, int most = 400);

} // namespace daemonscope
