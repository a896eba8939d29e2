// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/windowactions.h"

#include <QActionGroup>
#include <QMenuBar>
#include <QWidget>

namespace daemonscope {

namespace {
QAction* makeAction(
    QWidget& window, const char* name, const QString& text, const QKeySequence& key, const QString& toolTip)
{
    auto* action = new QAction(text, &window);
    action->setObjectName(QStringLiteral("action.") + QLatin1String(name));
    action->setShortcut(key);
    action->setToolTip(
        key.isEmpty() ? toolTip : QStringLiteral("%1 (%2)").arg(toolTip, key.toString(QKeySequence::NativeText)));
    window.addAction(action);
    return action;
}
} // namespace

WindowActions::WindowActions(QWidget& w)
    : run(makeAction(w, "run", QStringLiteral("&Run a program\u2026"), Qt::CTRL | Qt::Key_R,
        QStringLiteral("Run a program and watch its processes")))
    , stop(makeAction(w, "stop", QStringLiteral("&Stop"), Qt::CTRL | Qt::Key_Period,
          QStringLiteral("Ask the program to end; what is left after 3 seconds is killed")))
    , killAll(makeAction(w, "kill", QStringLiteral("&Kill"), Qt::CTRL | Qt::SHIFT | Qt::Key_Period,
          QStringLiteral("End all processes of the program at once")))
    , freeze(makeAction(w, "freeze", QStringLiteral("&Freeze"), Qt::CTRL | Qt::Key_F,
          QStringLiteral("Hold all processes of the program where they are")))
    , resume(makeAction(w, "resume", QStringLiteral("R&esume"), Qt::CTRL | Qt::SHIFT | Qt::Key_F,
          QStringLiteral("Let go on what was frozen")))
    , rerun(makeAction(
          w, "rerun", QStringLiteral("Run a&gain"), Qt::Key_F5, QStringLiteral("Run the same program again")))
    , open(makeAction(
          w, "open", QStringLiteral("&Open a recording\u2026"), QKeySequence::Open, QStringLiteral("Open a recording")))
    , save(makeAction(w, "save", QStringLiteral("&Save the recording\u2026"), QKeySequence::Save,
          QStringLiteral("Save a copy of this recording")))
    , quit(makeAction(w, "quit", QStringLiteral("&Quit"), QKeySequence::Quit, QStringLiteral("Close the window")))
    , toStart(makeAction(w, "time.start", QStringLiteral("To the &start"), Qt::CTRL | Qt::Key_Home,
          QStringLiteral("Go to the start of the recording")))
    , stepBack(makeAction(w, "time.back", QStringLiteral("&Previous event"), Qt::CTRL | Qt::Key_Left,
          QStringLiteral("Go to the event before")))
    , playPause(makeAction(w, "time.play", QStringLiteral("P&lay"), Qt::CTRL | Qt::Key_Space,
          QStringLiteral("Play the recording as fast as it happened, or pause")))
    , stepForward(makeAction(w, "time.forward", QStringLiteral("&Next event"), Qt::CTRL | Qt::Key_Right,
          QStringLiteral("Go to the next event")))
    , toEnd(makeAction(w, "time.follow", QStringLiteral("To the &end, follow"), Qt::CTRL | Qt::Key_End,
          QStringLiteral("Go to the end, and follow while the program runs")))
    , library(makeAction(w, "library", QStringLiteral("&Library"), Qt::CTRL | Qt::Key_L,
          QStringLiteral("Lessons and recent recordings")))
    , panes(makeAction(w, "panes", QStringLiteral("Back to the &processes"), Qt::CTRL | Qt::SHIFT | Qt::Key_L,
          QStringLiteral("Leave the library for the recording that is open")))
    , showTree(makeAction(w, "view.tree", QStringLiteral("Processes as a &tree"), Qt::CTRL | Qt::Key_T,
          QStringLiteral("Show who started whom as a tree with columns")))
    , showDiagram(makeAction(w, "view.diagram", QStringLiteral("Processes as a &diagram"), Qt::CTRL | Qt::Key_D,
          QStringLiteral("Show who started whom as cards and lines")))
    , showAllOutput(makeAction(w, "output.all", QStringLiteral("All output in &order"),
          Qt::CTRL | Qt::SHIFT | Qt::Key_O, QStringLiteral("Show the output of all processes in order of time")))
    , inspector(makeAction(w, "inspector", QStringLiteral("&Inspector"), Qt::CTRL | Qt::Key_I,
          QStringLiteral("Show all that is known of the process, in place of why it ended")))
    , clearSelection(makeAction(
          w, "select.none", QStringLiteral("Select &nothing"), Qt::Key_Escape, QStringLiteral("Select no process")))
{
    auto* treeOrDiagram = new QActionGroup(&w);
    for (QAction* action : {showTree, showDiagram}) {
        action->setCheckable(true);
        treeOrDiagram->addAction(action);
    }
    showTree->setChecked(true);
    showAllOutput->setCheckable(true);
    inspector->setCheckable(true);
}

void WindowActions::addTo(QMenuBar& bar) const
{
    bar.addMenu(QStringLiteral("&Recording"))->addActions({open, save, quit});
    bar.addMenu(QStringLiteral("&Program"))->addActions({run, stop, killAll, freeze, resume, rerun});
    bar.addMenu(QStringLiteral("&Time"))->addActions({toStart, stepBack, playPause, stepForward, toEnd});
    bar.addMenu(QStringLiteral("&View"))
        ->addActions({library, panes, showTree, showDiagram, showAllOutput, inspector, clearSelection});
}

} // namespace daemonscope
