// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/foldstate.h"
#include "lifecycle/process.h"
#include "lifecycle/resources.h"

#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace daemonscope {

/// The fold of a recording's events: all processes with all that is known of them. Apply every event in the order of
/// the recording; live is not a special case. Facts that both witnesses saw are joined, never doubled. Not thread safe.
class ProcessTree {
public:
    /// What an apply() changed, collected until takeChanges(): for models that follow the tree in batches.
    struct Changes {
        std::vector<ProcessIndex> born;    ///< in order of birth; a parent stands before its children
        std::vector<ProcessIndex> moved;   ///< `parent` became another one
        std::vector<ProcessIndex> folded;  ///< became part of a launcher's prelude
        std::vector<ProcessIndex> changed; ///< anything else, each process once
        bool program = false;              ///< start, end or capture information changed
    };

    void apply(const Event& event);
    [[nodiscard]] Changes takeChanges();

    /// All processes in order of birth, the folded ones too. References stay valid while the tree lives.
    [[nodiscard]] const std::deque<Process>& processes() const { return processes_; }
    [[nodiscard]] const Process& at(ProcessIndex index) const { return processes_.at(static_cast<std::size_t>(index)); }
    [[nodiscard]] std::size_t size() const { return processes_.size(); }
    [[nodiscard]] std::optional<ProcessIndex> find(ProcessId id) const;

    /// Children by the runtime's parent (who called start()), in order of birth; folded processes left out.
    [[nodiscard]] std::span<const ProcessIndex> children(ProcessIndex parent) const;
    /// Processes without a parent in this recording, in order of birth.
    [[nodiscard]] std::span<const ProcessIndex> roots() const { return roots_; }
    /// How many processes are folded into this one (a launcher's prelude).
    [[nodiscard]] int foldedCount(ProcessIndex index) const;

    /// The zero of shown times.
    [[nodiscard]] EventTime start() const { return start_; }
    /// The time of the latest event so far.
    [[nodiscard]] EventTime latest() const { return latest_; }
    /// What the recorder said at the start; none for an empty recording.
    [[nodiscard]] const std::optional<payload::RecordingStarted>& program() const { return program_; }
    /// Whether the recording ended in order.
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] const std::vector<payload::Lost>& lost() const { return lost_; }
    /// CPU and memory over time, by process.
    [[nodiscard]] const Resources& resources() const { return resources_; }
    /// What the recorder was asked to do with the program, by time; the latest of very many.
    [[nodiscard]] const std::deque<Since<payload::ControlRequested>>& requests() const { return requests_; }
    /// Whether the program was frozen by the recorder at time `t`, as far as requests tell.
    [[nodiscard]] bool frozenAt(EventTime t) const;
    /// What the recorder said it can see and what not; empty in recordings made before it said so.
    [[nodiscard]] const std::vector<payload::Ability>& abilities() const { return abilities_; }
    /// Who ended this process and how, as far as the facts tell; none if it exited by itself or still runs.
    [[nodiscard]] std::optional<EndedBy> endedBy(ProcessIndex index) const;

private:
    friend class EventFold;
    [[nodiscard]] std::optional<ProcessIndex> findSerial(std::uint32_t serial) const;

    std::deque<Process> processes_;
    std::vector<std::vector<ProcessIndex>> children_;
    std::vector<ProcessIndex> roots_;
    std::vector<int> foldedCount_;
    FoldState fold_;
    EventTime start_{};
    EventTime latest_{};
    std::optional<payload::RecordingStarted> program_;
    std::vector<payload::Lost> lost_;
    Resources resources_;
    std::deque<Since<payload::ControlRequested>> requests_;
    std::vector<payload::Ability> abilities_;
    bool complete_ = false;
};

} // namespace daemonscope
