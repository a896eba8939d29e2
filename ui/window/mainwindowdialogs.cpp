// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window asks the person, tells the recorder, saves and remembers.
#include "ui/window/mainwindow.h"

#include "ui/model/libraryrecent.h"
#include "ui/model/summary.h"
#include "ui/view/panel.h"
#include "ui/view/processtreeview.h"
#include "ui/window/librarycontrol.h"
#include "ui/window/programcommands.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMenu>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSettings>

namespace daemonscope {

void MainWindow::remember()
{
    // A temporary recording is gone with the window.
    const QString path = QString::fromStdString(feed_->path());
    if (feed_->reader() && !(recorder_->temporary() && path == recorder_->recordingPath()))
        library_->recent().add(path, programText(feed_->tree()));
}

void MainWindow::useSettings(std::unique_ptr<QSettings> settings)
{
    library_->recent().useSettings(std::move(settings));
}

Outcome MainWindow::saveTo(const QString& path)
{
    const QString from = QString::fromStdString(feed_->path());
    if (QFileInfo(from) == QFileInfo(path))
        return Done{};
    if (QFile::exists(path) && !QFile::remove(path))
        return Error{"cannot overwrite '" + path.toStdString() + "'"};
    QFile source(from);
    if (!source.copy(path))
        return Error{
            "cannot save the recording as '" + path.toStdString() + "': " + source.errorString().toStdString()};
    library_->recent().add(path, programText(feed_->tree()));
    return Done{};
}

void MainWindow::connectCommands()
{
    const auto tell = [this](const char* command) {
        if (const Outcome sent = commands_->send(QLatin1String(command)); !sent.ok())
            showMessage(QString::fromStdString(sent.error().message));
    };
    connect(actions_->stop, &QAction::triggered, this, [tell] { tell("stop"); });
    connect(actions_->killAll, &QAction::triggered, this, [tell] { tell("kill"); });
    connect(actions_->freeze, &QAction::triggered, this, [tell] { tell("freeze"); });
    connect(actions_->resume, &QAction::triggered, this, [tell] { tell("resume"); });
    connect(commands_, &ProgramCommands::failed, this, &MainWindow::showMessage);
    // Whether the program is frozen, and where its recorder listens, stands in the recording.
    connect(feed_, &RecordingFeed::changed, this, [this](const ProcessTree::Changes& changes) {
        if (changes.program)
            updateActions();
    });
    auto* tree = treePanel_->findChild<ProcessTreeView*>();
    connect(tree, &ProcessTreeView::menuRequested, this, [this, tree](ProcessIndex process, const QPoint& place) {
        if (QMenu* menu = commands_->signalMenu(process, tree))
            menu->popup(place);
    });
}

void MainWindow::askForProgram()
{
    bool accepted = false;
    const QString before = lastRun_ ? lastRun_->program.join(QLatin1Char(' ')) : QString();
    const QString line = QInputDialog::getText(this, QStringLiteral("Run a program"),
        QStringLiteral("Program and arguments (a .py file runs under python3):"), QLineEdit::Normal, before, &accepted);
    const QStringList words = QProcess::splitCommand(line);
    if (!accepted || words.isEmpty())
        return;
    RunRequest request;
    if (lastRun_) {
        request.python = lastRun_->python;
        request.ptrace = lastRun_->ptrace;
    }
    request.program = words;
    // An error is shown in the window already.
    [[maybe_unused]] const Outcome shown = run(request);
}

void MainWindow::askToOpen()
{
    const QString path = QFileDialog::getOpenFileName(
        this, QStringLiteral("Open a recording"), {}, QStringLiteral("Recordings (*.dscope);;All files (*)"));
    if (!path.isEmpty()) [[maybe_unused]]
        const Outcome shown = openRecording(path);
}

void MainWindow::askToSave()
{
    const QString path = QFileDialog::getSaveFileName(this, QStringLiteral("Save the recording"),
        QStringLiteral("recording.dscope"), QStringLiteral("Recordings (*.dscope)"));
    if (path.isEmpty())
        return;
    if (const Outcome saved = saveTo(path); !saved.ok())
        showMessage(QString::fromStdString(saved.error().message));
}

void MainWindow::closeUnasked()
{
    closeUnasked_ = true;
    // A question or another dialog may be open; it would keep the window.
    while (QWidget* dialog = QApplication::activeModalWidget()) {
        if (!dialog->close())
            break;
    }
    close();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    // The recorder outlives the end of its recording by a moment, in which there is nothing left to ask about.
    if (closeUnasked_ || !recorder_->running() || (feed_->reader() && !feed_->growing())) {
        event->accept();
        return;
    }
    QMessageBox question(QMessageBox::Question, QStringLiteral("daemonscope"),
        QStringLiteral("The program is still running. Closing the window ends it and all its processes."),
        QMessageBox::NoButton, this);
    QPushButton* stop = question.addButton(QStringLiteral("End it and close"), QMessageBox::DestructiveRole);
    stop->setObjectName(QStringLiteral("close.stop"));
    // Neither Enter nor Escape ends a program.
    QPushButton* cancel = question.addButton(QMessageBox::Cancel);
    question.setDefaultButton(cancel);
    question.setEscapeButton(cancel);
    question.exec();
    event->setAccepted(closeUnasked_ || question.clickedButton() == static_cast<QAbstractButton*>(stop));
}

} // namespace daemonscope
