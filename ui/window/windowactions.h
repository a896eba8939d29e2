// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>

class QMenuBar;
class QWidget;

namespace daemonscope {

/// Everything that the window can do, each with a name for tests ("action.run"), words, a key and a tool tip.
struct WindowActions {
    explicit WindowActions(QWidget& window);

    /// The menus that hold them.
    void addTo(QMenuBar& bar) const;

    QAction* run;
    QAction* stop;
    QAction* killAll;
    QAction* freeze;
    QAction* resume;
    QAction* rerun;
    QAction* open;
    QAction* save;
    QAction* quit;
    QAction* toStart;
    QAction* stepBack;
    QAction* playPause;
    QAction* stepForward;
    QAction* toEnd;
    QAction* library;
    QAction* panes;
    QAction* showTree;
    QAction* showDiagram;
    QAction* showAllOutput;
    QAction* inspector;
    QAction* clearSelection;
};

} // namespace daemonscope
