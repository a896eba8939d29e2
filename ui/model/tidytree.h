// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace daemonscope {

/// Where the nodes of a forest stand: on levels, as deep as they are, and beside each other. Two neighbours of a level
/// are 1.0 apart or more, a parent stands in the middle above its children, and equal subtrees look alike, wherever
/// they are.
struct TidyTree {
    std::vector<double> breadth;       ///< by node, from 0 on
    std::vector<std::int32_t> level;   ///< by node, from 0 on
    std::vector<std::int32_t> levelAt; ///< the first node of each level, and the number of nodes at the end
    double width = 0;                  ///< the greatest breadth

    [[nodiscard]] int size() const { return static_cast<int>(breadth.size()); }
    [[nodiscard]] int levels() const { return static_cast<int>(levelAt.size()) - 1; }
    /// The nodes of a level whose breadth is in [from, to], as [first, second).
    [[nodiscard]] std::pair<int, int> between(int onLevel, double from, double to) const;
};

/// The layout of Buchheim, Jünger and Leipert (2002), without recursion, in linear time. `parents[i]` is the parent of
/// node i, -1 for a root. Nodes come level by level, those of a level in the order of their parents (breadth first), so
/// that `parents` never decreases; children keep their order. Pure; any thread.
TidyTree tidyTree(std::span<const std::int32_t> parents);

} // namespace daemonscope
