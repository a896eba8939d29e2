// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>

namespace daemonscope {

class TimelineView;
class TreeCard;

/// How the panes share the window: the tree above `below`, `aside` of both, and the timeline under all. The tree gets
/// what it wants as far as the others can spare it, until the person moves a handle.
class PaneSplit : public QSplitter {
    Q_OBJECT
public:
    PaneSplit(TreeCard& tree, QWidget& below, QWidget& aside, TimelineView& timeline, QWidget* parent = nullptr);

    /// Shares the heights anew, as they are another window's.
    void rebalance();

private:
    void balance();

    TreeCard& tree_;
    TimelineView& timeline_;
    QSplitter* left_;
    bool sizesChosen_ = false; ///< the person moved a handle
    int balanced_ = -1;        ///< the wanted height that the sizes were made for
};

} // namespace daemonscope
