// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tidytree.h"

#include <algorithm>

namespace daemonscope {

namespace {

using Node = std::int32_t;
constexpr Node kNone = -1;

/// The layout at work. Node 0 is an invisible root above all roots; node i of the caller is i + 1 here. Breadths are
/// relative: a node's place is `prelim` plus the `mod` of all nodes above it. The names are those of the paper.
class Walker {
public:
    explicit Walker(std::span<const Node> parents)
        : size_(parents.size() + 1)
        , parent_(size_, kNone)
        , first_(size_, kNone)
        , last_(size_, kNone)
        , thread_(size_, kNone)
        , ancestor_(size_)
        , prelim_(size_, 0)
        , mod_(size_, 0)
        , shift_(size_, 0)
        , change_(size_, 0)
    {
        for (std::size_t i = 1; i < size_; ++i) {
            const auto node = static_cast<Node>(i);
            const Node parent = parents[i - 1] + 1;
            parent_[i] = parent;
            // Siblings are numbered one after the other.
            if (first_[at(parent)] == kNone)
                first_[at(parent)] = node;
            last_[at(parent)] = node;
            ancestor_[i] = node;
        }
    }

    void layOut()
    {
        // Children have greater numbers than their parents: from the last number on, every subtree is complete before
        // it is set beside its siblings, and from the first on every parent has its place before its children.
        for (std::size_t i = size_; i-- > 0;)
            placeChildren(static_cast<Node>(i));
        std::vector<double>& sum = change_; // of `mod` down to a node; what stood there is used up
        sum[0] = 0;
        for (std::size_t i = 1; i < size_; ++i) {
            const std::size_t parent = at(parent_[i]);
            prelim_[i] += sum[parent];
            sum[i] = sum[parent] + mod_[i];
        }
    }

    [[nodiscard]] double place(std::size_t node) const { return prelim_[node + 1]; }

private:
    static std::size_t at(Node node) { return static_cast<std::size_t>(node); }

    /// Sets the children of `parent`, whose subtrees are laid out, side by side.
    void placeChildren(Node parent)
    {
        const Node first = first_[at(parent)];
        if (first == kNone)
            return;
        const Node last = last_[at(parent)];
        Node defaultAncestor = first;
        for (Node child = first; child <= last; ++child) {
            const double middle = middleOfChildren(child);
            prelim_[at(child)] = child == first ? middle : prelim_[at(child - 1)] + 1;
            mod_[at(child)] = prelim_[at(child)] - middle;
            if (child != first)
                apportion(child, first, defaultAncestor);
        }
        executeShifts(first, last);
    }

    [[nodiscard]] double middleOfChildren(Node node) const
    {
        const Node first = first_[at(node)];
        return first == kNone ? 0 : (prelim_[at(first)] + prelim_[at(last_[at(node)])]) / 2;
    }

    [[nodiscard]] Node nextLeft(Node node) const
    {
        return first_[at(node)] != kNone ? first_[at(node)] : thread_[at(node)];
    }
    [[nodiscard]] Node nextRight(Node node) const
    {
        return last_[at(node)] != kNone ? last_[at(node)] : thread_[at(node)];
    }

    /// Moves the subtree of `node` to the right until it clears those of its left siblings, and spreads what lies
    /// between.
    void apportion(Node node, Node firstSibling, Node& defaultAncestor)
    {
        Node insideRight = node;
        Node outsideRight = node;
        Node insideLeft = node - 1;
        Node outsideLeft = firstSibling;
        double sumInsideRight = mod_[at(insideRight)];
        double sumOutsideRight = mod_[at(outsideRight)];
        double sumInsideLeft = mod_[at(insideLeft)];
        double sumOutsideLeft = mod_[at(outsideLeft)];
        while (nextRight(insideLeft) != kNone && nextLeft(insideRight) != kNone) {
            insideLeft = nextRight(insideLeft);
            insideRight = nextLeft(insideRight);
            outsideLeft = nextLeft(outsideLeft);
            outsideRight = nextRight(outsideRight);
            ancestor_[at(outsideRight)] = node;
            const double shift =
                (prelim_[at(insideLeft)] + sumInsideLeft) - (prelim_[at(insideRight)] + sumInsideRight) + 1;
            if (shift > 0) {
                const Node from = ancestor_[at(insideLeft)];
                moveSubtree(parent_[at(from)] == parent_[at(node)] ? from : defaultAncestor, node, shift);
                sumInsideRight += shift;
                sumOutsideRight += shift;
            }
            sumInsideLeft += mod_[at(insideLeft)];
            sumInsideRight += mod_[at(insideRight)];
            sumOutsideLeft += mod_[at(outsideLeft)];
            sumOutsideRight += mod_[at(outsideRight)];
        }
        if (nextRight(insideLeft) != kNone && nextRight(outsideRight) == kNone) {
            thread_[at(outsideRight)] = nextRight(insideLeft);
            mod_[at(outsideRight)] += sumInsideLeft - sumOutsideRight;
        }
        if (nextLeft(insideRight) != kNone && nextLeft(outsideLeft) == kNone) {
            thread_[at(outsideLeft)] = nextLeft(insideRight);
            mod_[at(outsideLeft)] += sumInsideRight - sumOutsideLeft;
            defaultAncestor = node;
        }
    }

    void moveSubtree(Node from, Node to, double shift)
    {
        const double part = shift / (to - from);
        change_[at(to)] -= part;
        shift_[at(to)] += shift;
        change_[at(from)] += part;
        prelim_[at(to)] += shift;
        mod_[at(to)] += shift;
    }

    void executeShifts(Node first, Node last)
    {
        double shift = 0;
        double change = 0;
        for (Node child = last; child >= first; --child) {
            prelim_[at(child)] += shift;
            mod_[at(child)] += shift;
            change += change_[at(child)];
            shift += shift_[at(child)] + change;
        }
    }

    std::size_t size_;
    std::vector<Node> parent_, first_, last_, thread_, ancestor_;
    std::vector<double> prelim_, mod_, shift_, change_;
};

} // namespace

TidyTree tidyTree(std::span<const std::int32_t> parents)
{
    TidyTree tree;
    const std::size_t size = parents.size();
    tree.breadth.resize(size);
    tree.level.resize(size);
    Walker walker(parents);
    walker.layOut();
    double least = 0;
    for (std::size_t i = 0; i < size; ++i) {
        tree.breadth[i] = walker.place(i);
        least = i == 0 ? tree.breadth[i] : std::min(least, tree.breadth[i]);
        tree.level[i] = parents[i] < 0 ? 0 : tree.level[static_cast<std::size_t>(parents[i])] + 1;
        if (static_cast<std::size_t>(tree.level[i]) == tree.levelAt.size())
            tree.levelAt.push_back(static_cast<std::int32_t>(i));
    }
    tree.levelAt.push_back(static_cast<std::int32_t>(size));
    for (double& breadth : tree.breadth) {
        breadth -= least;
        tree.width = std::max(tree.width, breadth);
    }
    return tree;
}

std::pair<int, int> TidyTree::between(int onLevel, double from, double to) const
{
    const auto begin = breadth.begin() + levelAt[static_cast<std::size_t>(onLevel)];
    const auto end = breadth.begin() + levelAt[static_cast<std::size_t>(onLevel) + 1];
    const auto first = std::lower_bound(begin, end, from);
    const auto last = std::upper_bound(first, end, to);
    return {static_cast<int>(first - breadth.begin()), static_cast<int>(last - breadth.begin())};
}

} // namespace daemonscope
