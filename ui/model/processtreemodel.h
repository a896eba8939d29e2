// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/recordingfeed.h"
#include "ui/model/viewstate.h"

#include <QAbstractItemModel>

#include <vector>

namespace daemonscope {

/// The processes that were born until the time cursor, as a tree by who started whom. Children stand in order of birth
/// and are never re-ordered, so moving the cursor inserts or removes the last rows of a parent. A process that has
/// ended stays. Follows a RecordingFeed and a ViewState, both of which must outlive it; GUI thread.
class ProcessTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Columns {
        NameColumn,
        PidColumn,
        KindColumn,
        StateColumn,
        StartColumn,
        EndColumn,
        LifetimeColumn,
        ExitColumn,
        NumColumns
    };
    Q_ENUM(Columns)
    enum Roles {
        SortRole = Qt::UserRole + 1, ///< the raw value behind the text: integers, times in nanoseconds
        IdRole,                      ///< ProcessIndex
        KindRole,                    ///< int of Kind
        DaemonRole,                  ///< bool, or invalid where the word has no meaning
        MarkRole,                    ///< int of Mark
        CpuRole,                     ///< qlonglong: CPU time until then in nanoseconds; invalid where it is not known
        CpuShareRole,                ///< double: processors that it used lately, 1 is one; invalid likewise
        RssRole                      ///< qlonglong: memory then in bytes; invalid likewise, and after the end
    };

    ProcessTreeModel(const RecordingFeed& feed, const ViewState& state, QObject* parent = nullptr);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// The row of a process, invalid while it is not in the model.
    [[nodiscard]] QModelIndex indexOf(ProcessIndex process, int column = NameColumn) const;
    /// The process of a row, -1 for an invalid index.
    [[nodiscard]] static ProcessIndex processOf(const QModelIndex& index);
    /// How many processes are in the model.
    [[nodiscard]] int visibleCount() const { return visibleCount_; }
    /// Whether rows, parents and children agree with each other and with the tree; for tests. False names the reason on
    /// the warning log.
    [[nodiscard]] bool isConsistent() const;

private:
    /// A process's place in the model. The invisible root is node 0, process i is node i + 1.
    struct Node {
        int parent = -1; ///< node number; -1: not in the model
        int row = 0;
        std::vector<ProcessIndex> children;
    };
    static constexpr int kRoot = 0;
    static constexpr int nodeOf(ProcessIndex process) { return process + 1; }

    void applyChanges(const ProcessTree::Changes& changes);
    void seek();
    void rebuildFilter();
    void resetAll();
    void grow();
    [[nodiscard]] QModelIndex nodeIndex(int node) const;
    [[nodiscard]] int wantedParent(ProcessIndex process) const;
    [[nodiscard]] std::vector<ProcessIndex> wantedChildren(int node) const;
    void reconcile(int node);
    void insertRun(int node, std::size_t at, std::span<const ProcessIndex> run);
    void removeRun(int node, std::size_t first, std::size_t last);
    void forgetSubtree(ProcessIndex process);
    void moveProcess(ProcessIndex process, int newParent);
    void renumber(int node, std::size_t from);
    void announce(std::vector<ProcessIndex> processes);
    [[nodiscard]] QVariant sortValue(const Process& process, int column) const;
    [[nodiscard]] QString text(const Process& process, int column) const;

    const RecordingFeed& feed_;
    const ViewState& state_;
    EventTime time_{};
    QString filter_;
    std::vector<bool> matches_; ///< by process, while a filter is set: it or a descendant matches
    std::vector<Node> nodes_;
    int visibleCount_ = 0;
};

} // namespace daemonscope
