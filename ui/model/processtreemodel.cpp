// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/processtreemodel.h"

#include "ui/model/captions.h"
#include "ui/model/kind.h"
#include "ui/model/shownstate.h"

#include <algorithm>

namespace daemonscope {

ProcessTreeModel::ProcessTreeModel(const RecordingFeed& feed, const ViewState& state, QObject* parent)
    : QAbstractItemModel(parent)
    , feed_(feed)
    , state_(state)
    , time_(state.time())
    , nodes_(1)
{
    nodes_[kRoot].parent = kRoot;
    connect(&feed, &RecordingFeed::aboutToReset, this, [this] {
        beginResetModel();
        nodes_.assign(1, Node{kRoot, 0, {}});
        matches_.clear();
        visibleCount_ = 0;
    });
    connect(&feed, &RecordingFeed::wasReset, this, [this] { endResetModel(); });
    connect(&feed, &RecordingFeed::changed, this, &ProcessTreeModel::applyChanges);
    const auto announceLiving = [this] {
        std::vector<ProcessIndex> living;
        for (const Process& process : feed_.tree().processes()) {
            if (!process.ended)
                living.push_back(process.index);
        }
        announce(std::move(living));
    };
    connect(&feed, &RecordingFeed::abandoned, this, announceLiving);
    connect(&feed, &RecordingFeed::damaged, this, announceLiving);
    connect(&state, &ViewState::timeChanged, this, &ProcessTreeModel::seek);
    connect(&state, &ViewState::filterChanged, this, [this] {
        filter_ = state_.filter();
        rebuildFilter();
        for (int node = 0; node < static_cast<int>(nodes_.size()); ++node)
            reconcile(node);
    });
    resetAll();
}

void ProcessTreeModel::resetAll()
{
    grow();
    reconcile(kRoot);
}

QModelIndex ProcessTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (row < 0 || column < 0 || column >= NumColumns || (parent.isValid() && parent.column() != NameColumn))
        return {};
    const Node& node = nodes_[static_cast<std::size_t>(nodeOf(processOf(parent)))];
    if (static_cast<std::size_t>(row) >= node.children.size())
        return {};
    return createIndex(row, column, static_cast<quintptr>(nodeOf(node.children[static_cast<std::size_t>(row)])));
}

QModelIndex ProcessTreeModel::parent(const QModelIndex& child) const
{
    if (!child.isValid())
        return {};
    return nodeIndex(nodes_[static_cast<std::size_t>(child.internalId())].parent);
}

QModelIndex ProcessTreeModel::nodeIndex(int node) const
{
    if (node <= kRoot)
        return {};
    return createIndex(nodes_[static_cast<std::size_t>(node)].row, NameColumn, static_cast<quintptr>(node));
}

int ProcessTreeModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() && parent.column() != NameColumn)
        return 0;
    return static_cast<int>(nodes_[static_cast<std::size_t>(nodeOf(processOf(parent)))].children.size());
}

int ProcessTreeModel::columnCount(const QModelIndex&) const
{
    return NumColumns;
}

QModelIndex ProcessTreeModel::indexOf(ProcessIndex process, int column) const
{
    const auto node = static_cast<std::size_t>(nodeOf(process));
    if (process < 0 || node >= nodes_.size() || nodes_[node].parent < 0)
        return {};
    return createIndex(nodes_[node].row, column, static_cast<quintptr>(node));
}

ProcessIndex ProcessTreeModel::processOf(const QModelIndex& index)
{
    return index.isValid() ? static_cast<ProcessIndex>(index.internalId()) - 1 : -1;
}

Qt::ItemFlags ProcessTreeModel::flags(const QModelIndex& index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

void ProcessTreeModel::grow()
{
    nodes_.resize(feed_.tree().size() + 1);
    if (!filter_.isEmpty())
        rebuildFilter();
}

int ProcessTreeModel::wantedParent(ProcessIndex process) const
{
    const Process& p = feed_.tree().at(process);
    return p.parent ? nodeOf(*p.parent) : kRoot;
}

std::vector<ProcessIndex> ProcessTreeModel::wantedChildren(int node) const
{
    const auto all = node == kRoot ? feed_.tree().roots() : feed_.tree().children(node - 1);
    std::vector<ProcessIndex> wanted;
    for (const ProcessIndex child : all) {
        const Process& process = feed_.tree().at(child);
        // Births of two children may be seen in the other order by a few nanoseconds; what counts is each one's time.
        if (process.born <= time_ && !process.foldedInto
            && (filter_.isEmpty() || matches_[static_cast<std::size_t>(child)]))
            wanted.push_back(child);
    }
    return wanted;
}

void ProcessTreeModel::reconcile(int start)
{
    std::vector<int> pending{start};
    while (!pending.empty()) {
        const int node = pending.back();
        pending.pop_back();
        if (nodes_[static_cast<std::size_t>(node)].parent < 0)
            continue;
        const std::vector<ProcessIndex> wanted = wantedChildren(node);
        std::vector<ProcessIndex>& have = nodes_[static_cast<std::size_t>(node)].children;
        // Both lists ascend, so one pass finds the runs that have to go, then one those that have to come.
        const auto isWanted = [&](ProcessIndex p) { return std::binary_search(wanted.begin(), wanted.end(), p); };
        for (std::size_t end = have.size(); end > 0;) {
            if (isWanted(have[end - 1])) {
                --end;
                continue;
            }
            std::size_t first = end - 1;
            while (first > 0 && !isWanted(have[first - 1]))
                --first;
            removeRun(node, first, end - 1);
            end = first;
        }
        for (std::size_t i = 0; i < wanted.size();) {
            if (i < have.size() && have[i] == wanted[i]) {
                ++i;
                continue;
            }
            std::size_t end = i + 1;
            while (end < wanted.size() && (i >= have.size() || wanted[end] < have[i]))
                ++end;
            const std::span<const ProcessIndex> run(wanted.data() + i, end - i);
            insertRun(node, i, run);
            for (const ProcessIndex process : run)
                pending.push_back(nodeOf(process));
            i = end;
        }
    }
}

void ProcessTreeModel::insertRun(int node, std::size_t at, std::span<const ProcessIndex> run)
{
    // A process that stands elsewhere because its move was not told leaves there first.
    for (const ProcessIndex process : run) {
        const Node& own = nodes_[static_cast<std::size_t>(nodeOf(process))];
        if (own.parent >= 0)
            removeRun(own.parent, static_cast<std::size_t>(own.row), static_cast<std::size_t>(own.row));
    }
    beginInsertRows(nodeIndex(node), static_cast<int>(at), static_cast<int>(at + run.size() - 1));
    auto& children = nodes_[static_cast<std::size_t>(node)].children;
    children.insert(children.begin() + static_cast<std::ptrdiff_t>(at), run.begin(), run.end());
    for (const ProcessIndex process : run)
        nodes_[static_cast<std::size_t>(nodeOf(process))].parent = node;
    visibleCount_ += static_cast<int>(run.size());
    renumber(node, at);
    endInsertRows();
}

void ProcessTreeModel::removeRun(int node, std::size_t first, std::size_t last)
{
    beginRemoveRows(nodeIndex(node), static_cast<int>(first), static_cast<int>(last));
    auto& children = nodes_[static_cast<std::size_t>(node)].children;
    const auto begin = children.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = children.begin() + static_cast<std::ptrdiff_t>(last + 1);
    std::for_each(begin, end, [this](ProcessIndex process) { forgetSubtree(process); });
    children.erase(begin, end);
    renumber(node, first);
    endRemoveRows();
}

void ProcessTreeModel::forgetSubtree(ProcessIndex top)
{
    std::vector<ProcessIndex> pending{top};
    while (!pending.empty()) {
        Node& node = nodes_[static_cast<std::size_t>(nodeOf(pending.back()))];
        pending.pop_back();
        pending.insert(pending.end(), node.children.begin(), node.children.end());
        node = Node{};
        --visibleCount_;
    }
}

void ProcessTreeModel::moveProcess(ProcessIndex process, int newParent)
{
    const Node node = nodes_[static_cast<std::size_t>(nodeOf(process))];
    auto& to = nodes_[static_cast<std::size_t>(newParent)].children;
    const auto place = std::lower_bound(to.begin(), to.end(), process);
    const auto destination = static_cast<int>(place - to.begin());
    if (!beginMoveRows(nodeIndex(node.parent), node.row, node.row, nodeIndex(newParent), destination))
        return;
    auto& from = nodes_[static_cast<std::size_t>(node.parent)].children;
    from.erase(from.begin() + node.row);
    to.insert(to.begin() + destination, process);
    nodes_[static_cast<std::size_t>(nodeOf(process))].parent = newParent;
    renumber(node.parent, static_cast<std::size_t>(node.row));
    renumber(newParent, static_cast<std::size_t>(destination));
    endMoveRows();
}

void ProcessTreeModel::renumber(int node, std::size_t from)
{
    const auto& children = nodes_[static_cast<std::size_t>(node)].children;
    for (std::size_t i = from; i < children.size(); ++i)
        nodes_[static_cast<std::size_t>(nodeOf(children[i]))].row = static_cast<int>(i);
}

void ProcessTreeModel::applyChanges(const ProcessTree::Changes& changes)
{
    grow();
    std::vector<int> touched;
    for (const ProcessIndex process : changes.moved) {
        const Node& node = nodes_[static_cast<std::size_t>(nodeOf(process))];
        const int parent = wantedParent(process);
        if (node.parent >= 0 && node.parent != parent) {
            touched.push_back(node.parent);
            if (nodes_[static_cast<std::size_t>(parent)].parent >= 0)
                moveProcess(process, parent);
        }
        touched.push_back(parent);
    }
    for (const ProcessIndex process : changes.folded) {
        const int parent = nodes_[static_cast<std::size_t>(nodeOf(process))].parent;
        if (parent >= 0)
            touched.push_back(parent);
        touched.push_back(wantedParent(process));
    }
    for (const ProcessIndex process : changes.born)
        touched.push_back(wantedParent(process));
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const int node : touched)
        reconcile(node);
    announce(changes.changed);
}

void ProcessTreeModel::seek()
{
    const EventTime from = std::min(time_, state_.time());
    const EventTime to = std::max(time_, state_.time());
    time_ = state_.time();
    // Live without an event, only the clock moves on: no fact lies between the two times.
    if (from >= feed_.tree().latest() && !feed_.cutShort())
        return;
    grow();
    std::vector<ProcessIndex> changed;
    std::vector<int> touched;
    const ProcessTree& tree = feed_.tree();
    for (const Process& process : tree.processes()) {
        if (process.born > from && process.born <= to)
            touched.push_back(wantedParent(process.index));
        else if (nodes_[static_cast<std::size_t>(nodeOf(process.index))].parent >= 0
            && (stateMayDiffer(process, process.parent ? &tree.at(*process.parent) : nullptr, from, to)
                || endUnseen(feed_, process, from) != endUnseen(feed_, process, to)))
            changed.push_back(process.index);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const int node : touched)
        reconcile(node);
    announce(std::move(changed));
}

void ProcessTreeModel::announce(std::vector<ProcessIndex> processes)
{
    const auto nodeAt = [this](ProcessIndex p) -> const Node& { return nodes_[static_cast<std::size_t>(nodeOf(p))]; };
    std::erase_if(processes, [&](ProcessIndex p) { return nodeAt(p).parent < 0; });
    std::sort(processes.begin(), processes.end(), [&](ProcessIndex a, ProcessIndex b) {
        return std::pair(nodeAt(a).parent, nodeAt(a).row) < std::pair(nodeAt(b).parent, nodeAt(b).row);
    });
    const QList<int> roles{Qt::DisplayRole, Qt::AccessibleTextRole, Qt::ToolTipRole, SortRole, KindRole, DaemonRole,
        MarkRole, CpuRole, CpuShareRole, RssRole};
    for (std::size_t i = 0; i < processes.size();) {
        std::size_t end = i + 1;
        while (end < processes.size() && nodeAt(processes[end]).parent == nodeAt(processes[i]).parent
            && nodeAt(processes[end]).row == nodeAt(processes[end - 1]).row + 1)
            ++end;
        Q_EMIT dataChanged(indexOf(processes[i]), indexOf(processes[end - 1], NumColumns - 1), roles);
        i = end;
    }
}

void ProcessTreeModel::rebuildFilter()
{
    const ProcessTree& tree = feed_.tree();
    matches_.assign(tree.size(), false);
    if (filter_.isEmpty())
        return;
    for (const Process& process : tree.processes()) {
        if (!shownText(process.name).contains(filter_, Qt::CaseInsensitive)
            && !QString::number(process.id.pid).contains(filter_))
            continue;
        std::optional<ProcessIndex> at = process.index;
        while (at && !matches_[static_cast<std::size_t>(*at)]) {
            matches_[static_cast<std::size_t>(*at)] = true;
            at = tree.at(*at).parent;
        }
    }
}

bool ProcessTreeModel::isConsistent() const
{
    int seen = 0;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
        const Node& node = nodes_[n];
        if (node.parent < 0) {
            if (!node.children.empty()) {
                qWarning("node %zu is not in the model but has children", n);
                return false;
            }
            continue;
        }
        seen += n == kRoot ? 0 : 1;
        if (node.children != wantedChildren(static_cast<int>(n))) {
            qWarning("the children of node %zu are not those of the tree", n);
            return false;
        }
        for (std::size_t row = 0; row < node.children.size(); ++row) {
            const Node& child = nodes_[static_cast<std::size_t>(nodeOf(node.children[row]))];
            if (child.parent != static_cast<int>(n) || child.row != static_cast<int>(row)) {
                qWarning("child %zu of node %zu has another place", row, n);
                return false;
            }
        }
    }
    if (seen != visibleCount_)
        qWarning("%d processes are counted, but %d are in the model", visibleCount_, seen);
    return seen == visibleCount_;
}

} // namespace daemonscope
