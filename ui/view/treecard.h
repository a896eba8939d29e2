// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/recordingfeed.h"
#include "ui/view/panel.h"

class QAction;
class QStackedWidget;

namespace daemonscope {

class DiagramPane;
class ProcessTreeModel;
class ProcessTreeView;
class ViewState;

/// The panel of who started whom: a tree with columns or a diagram, as the person chooses.
class TreeCard : public Panel {
    Q_OBJECT
public:
    /// The two actions are checkable, and one of them is checked: they choose, too.
    TreeCard(ProcessTreeModel& model, const RecordingFeed& feed, ViewState& state, QAction& tree, QAction& diagram,
        const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] bool diagramShown() const;
    [[nodiscard]] DiagramPane& diagram() { return *diagram_; }
    /// How high the panel should be to show what it has, in pixels.
    [[nodiscard]] int wantedHeight() const;
    /// Gives the keyboard to what is shown.
    void takeFocus();

    /// The diagram alone, in a panel of its own that belongs to nobody, with everything laid out at once: for pictures.
    static Panel* picture(const RecordingFeed& feed, ViewState& state, const Theme& theme);

Q_SIGNALS:
    /// wantedHeight() is another one.
    void wantsHeight();
    /// A menu for this process is asked for, at a place of the screen.
    void menuRequested(int process, const QPoint& place);

private:
    ProcessTreeModel& model_;
    ProcessTreeView* tree_;
    DiagramPane* diagram_;
    QStackedWidget* pages_;
};

} // namespace daemonscope
