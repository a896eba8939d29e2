// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/diagramnodes.h"

#include "ui/model/shownstate.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace daemonscope {

namespace {

/// Whether no parent has so many children that some would be folded.
bool fewChildren(const ProcessTree& tree)
{
    const auto few = [](std::size_t count) { return count <= static_cast<std::size_t>(DiagramNodes::kMostChildren); };
    return few(tree.roots().size())
        && std::all_of(tree.processes().begin(), tree.processes().end(),
            [&](const Process& process) { return few(tree.children(process.index).size()); });
}

StackKey stackKey(const RecordingFeed& feed, const Process& process, EventTime t)
{
    const ProcessTree& tree = feed.tree();
    StackKey key;
    key.parent = process.parent.value_or(-1);
    key.kind = kindAt(process, t);
    key.mark = shownMark(feed, process, t);
    const Status status = statusAt(process, t);
    if (status.activity != Activity::Ended) {
        key.flags = (status.orphaned ? 1 : 0) + (status.exiting ? 2 : 0);
    } else if (process.exit) {
        key.status = process.exit->bySignal() ? -process.exit->signal().number() : process.exit->exitCode();
        if (const auto by = process.exit->bySignal() ? tree.endedBy(process.index) : std::nullopt) {
            key.killer = by->process.value_or(-1);
            key.how = static_cast<int>(by->how);
        }
    }
    return key;
}

} // namespace

DiagramNodes::DiagramNodes(const RecordingFeed& feed, EventTime t, const UnfoldedStacks& unfolded)
    : time_(t)
{
    const ProcessTree& tree = feed.tree();
    nodeOf_.assign(tree.size(), -1);
    const auto known = std::count_if(
        tree.processes().begin(), tree.processes().end(), [](const Process& process) { return !process.foldedInto; });
    steady_ = known <= kSteady && fewChildren(tree);
    bornCount_ = static_cast<int>(std::count_if(tree.processes().begin(), tree.processes().end(),
        [&](const Process& process) { return !process.foldedInto && process.born <= t; }));
    addChildren(feed, -1, shown(tree, tree.roots()), unfolded);
    for (int node = 0; node < size(); ++node) {
        const DiagramNode& its = at(node);
        if (!its.stack())
            addChildren(feed, node, shown(tree, tree.children(its.process)), unfolded);
    }
}

std::vector<ProcessIndex> DiagramNodes::shown(const ProcessTree& tree, std::span<const ProcessIndex> family) const
{
    std::vector<ProcessIndex> born;
    std::copy_if(family.begin(), family.end(), std::back_inserter(born), [&](ProcessIndex process) {
        const Process& its = tree.at(process);
        return !its.foldedInto && (its.born <= time_ || steady_);
    });
    return born;
}

void DiagramNodes::addChildren(
    const RecordingFeed& feed, int node, const std::vector<ProcessIndex>& family, const UnfoldedStacks& unfolded)
{
    const ProcessTree& tree = feed.tree();
    const int first = size();
    if (static_cast<int>(family.size()) <= kMostChildren) {
        for (const ProcessIndex& process : family)
            add(feed, node, {&process, 1}, stackKey(feed, tree.at(process), time_));
    } else {
        std::map<StackKey, std::vector<ProcessIndex>> alike;
        std::vector<StackKey> keys;
        keys.reserve(family.size());
        for (const ProcessIndex process : family) {
            keys.push_back(stackKey(feed, tree.at(process), time_));
            alike[keys.back()].push_back(process);
        }
        for (std::size_t i = 0; i < family.size(); ++i) {
            const std::vector<ProcessIndex>& members = alike[keys[i]];
            const bool enough = static_cast<int>(members.size()) >= kLeastStack;
            const bool open = enough && unfolded.contains(keys[i]);
            if (node >= 0 && open)
                nodes_[static_cast<std::size_t>(node)].unfolded = true;
            if (!enough || open)
                add(feed, node, {&family[i], 1}, keys[i]);
            else if (members.front() == family[i])
                add(feed, node, members, keys[i]); // where the first of them stands
        }
    }
    if (node >= 0 && size() > first) {
        nodes_[static_cast<std::size_t>(node)].firstChild = first;
        nodes_[static_cast<std::size_t>(node)].childCount = size() - first;
    }
}

void DiagramNodes::add(
    const RecordingFeed& feed, int parent, std::span<const ProcessIndex> members, const StackKey& key)
{
    const int number = size();
    DiagramNode node;
    node.process = members.front();
    node.last = members.back();
    node.parent = parent;
    node.members = static_cast<std::int32_t>(members.size());
    node.kind = key.kind;
    node.mark = key.mark;
    node.waitsForSome = node.stack() && key.mark == Mark::Waiting;
    for (const ProcessIndex member : members) {
        nodeOf_[static_cast<std::size_t>(member)] = number;
        if (node.stack())
            node.below += hideBelow(feed.tree(), member, number);
    }
    nodes_.push_back(node);
    keys_.push_back(key);
}

int DiagramNodes::hideBelow(const ProcessTree& tree, ProcessIndex member, int node)
{
    int hidden = 0;
    std::vector<ProcessIndex> pending = shown(tree, tree.children(member));
    while (!pending.empty()) {
        const ProcessIndex process = pending.back();
        pending.pop_back();
        nodeOf_[static_cast<std::size_t>(process)] = node;
        ++hidden;
        const std::vector<ProcessIndex> family = shown(tree, tree.children(process));
        pending.insert(pending.end(), family.begin(), family.end());
    }
    return hidden;
}

int DiagramNodes::nodeOf(ProcessIndex process) const
{
    const auto at = static_cast<std::size_t>(process);
    return process >= 0 && at < nodeOf_.size() ? nodeOf_[at] : -1;
}

std::vector<std::int32_t> DiagramNodes::parents() const
{
    std::vector<std::int32_t> parents(nodes_.size());
    std::transform(nodes_.begin(), nodes_.end(), parents.begin(), [](const DiagramNode& node) { return node.parent; });
    return parents;
}

} // namespace daemonscope
