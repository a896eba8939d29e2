// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/kind.h"
#include "ui/model/recordingfeed.h"

#include <compare>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace daemonscope {

/// A card of the diagram: a process, or a stack of siblings that are alike.
struct DiagramNode {
    ProcessIndex process = 0;     ///< the first of a stack
    ProcessIndex last = 0;        ///< the last of a stack; else `process`
    std::int32_t parent = -1;     ///< number of a node; -1: a root
    std::int32_t firstChild = -1; ///< the children are numbered one after the other
    std::int32_t childCount = 0;
    std::int32_t members = 1; ///< processes of a stack
    std::int32_t below = 0;   ///< processes that a stack's members started and that it hides
    Kind kind = Kind::Program;
    Mark mark = Mark::NotBorn; ///< NotBorn: only its place is kept
    bool unfolded = false;     ///< a stack of its children was unfolded by the person
    bool waitsForSome = false; ///< of a stack: each member waits for a child of its own

    [[nodiscard]] bool born() const { return mark != Mark::NotBorn; }
    [[nodiscard]] bool stack() const { return members > 1; }
    [[nodiscard]] bool ended() const
    {
        return mark == Mark::Finished || mark == Mark::Failed || mark == Mark::Killed || mark == Mark::Gone;
    }
};

/// What siblings have in common that stand in one stack: parent and kind, what they do, and how and by whom they ended.
struct StackKey {
    ProcessIndex parent = -1; ///< -1: none
    Kind kind = Kind::Program;
    Mark mark = Mark::Running;
    int status = 0;           ///< exit code, or the negative number of the signal
    ProcessIndex killer = -1; ///< -1: none of the program, or not known
    int how = 0;              ///< EndedHow
    int flags = 0;            ///< orphaned, in its exit sequence

    auto operator<=>(const StackKey&) const = default;
};

/// Which stacks the person has unfolded.
using UnfoldedStacks = std::set<StackKey>;

/// The cards of the diagram at a time, a pure function of the recording until then. Nodes are numbered level by level,
/// children in order of birth. Siblings that are alike stand in one stack when their parent has more than
/// kMostChildren. Folded processes (a launcher's prelude) have no card of their own. GUI thread, as the feed.
class DiagramNodes {
public:
    static constexpr int kMostChildren = 12;
    /// From so many on, siblings that are alike make a stack.
    static constexpr int kLeastStack = 3;
    /// Where no more processes than this are known, the places of those that will be born are kept, so that nothing
    /// moves when the time does.
    static constexpr int kSteady = 30;

    DiagramNodes() = default;
    DiagramNodes(const RecordingFeed& feed, EventTime t, const UnfoldedStacks& unfolded);

    [[nodiscard]] int size() const { return static_cast<int>(nodes_.size()); }
    [[nodiscard]] const DiagramNode& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] std::span<const DiagramNode> all() const { return nodes_; }
    /// The node that shows a process, or the stack that hides it; -1 if none does.
    [[nodiscard]] int nodeOf(ProcessIndex process) const;
    /// The key of a stack, or that of its only member.
    [[nodiscard]] StackKey keyOf(int node) const { return keys_[static_cast<std::size_t>(node)]; }
    /// The parent of every node, as a layout wants it.
    [[nodiscard]] std::vector<std::int32_t> parents() const;
    [[nodiscard]] EventTime time() const { return time_; }
    /// How many processes were born until then.
    [[nodiscard]] int bornCount() const { return bornCount_; }
    /// Whether the places of processes that are not born yet are kept.
    [[nodiscard]] bool steady() const { return steady_; }

private:
    void addChildren(
        const RecordingFeed& feed, int node, const std::vector<ProcessIndex>& family, const UnfoldedStacks& unfolded);
    void add(const RecordingFeed& feed, int parent, std::span<const ProcessIndex> members, const StackKey& key);
    int hideBelow(const ProcessTree& tree, ProcessIndex member, int node);
    [[nodiscard]] std::vector<ProcessIndex> shown(const ProcessTree& tree, std::span<const ProcessIndex> family) const;

    EventTime time_{};
    std::vector<DiagramNode> nodes_;
    std::vector<StackKey> keys_;
    std::vector<std::int32_t> nodeOf_; ///< by process
    int bornCount_ = 0;
    bool steady_ = false;
};

} // namespace daemonscope
