// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

namespace daemonscope {

class ProcessTreeModel;
class ViewState;
struct Theme;

/// The tree of processes with a column for each fact. Its current row is the ViewState's selection, in both
/// directions.
class ProcessTreeView : public QTreeView {
    Q_OBJECT
public:
    ProcessTreeView(ProcessTreeModel& model, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

Q_SIGNALS:
    /// A menu for this process is asked for, at a place of the screen.
    void menuRequested(int process, const QPoint& place);

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
    void resizeEvent(QResizeEvent* event) override;
    void reset() override;
    void rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void fitColumns();
    void showSelection();
    void expandNew(const QModelIndex& parent);

    ProcessTreeModel& model_;
    ViewState& state_;
    const Theme& theme_;
    bool removing_ = false; ///< rows leave, which is not the person's choice of another process
};

} // namespace daemonscope
