// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window asks and tells the person, tells the recorder, saves and remembers.
#include "ui/window/mainwindow.h"

#include "lifecycle/report/losses.h"
#include "ui/model/captions.h"
#include "ui/model/libraryrecent.h"
#include "ui/model/summary.h"
#include "ui/view/treecard.h"
#include "ui/window/librarycontrol.h"
#include "ui/window/programcommands.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QCheckBox>
#include <QCloseEvent>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

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
    connect(tree_, &TreeCard::menuRequested, this, [this](ProcessIndex process, const QPoint& place) {
        if (QMenu* menu = commands_->signalMenu(process, tree_))
            menu->popup(place);
    });
}

void MainWindow::askForProgram()
{
    QDialog dialog(this);
    dialog.setObjectName(QStringLiteral("runDialog"));
    dialog.setWindowTitle(QStringLiteral("Run a program"));
    QLineEdit line(lastRun_ ? lastRun_->program.join(QLatin1Char(' ')) : QString());
    line.setObjectName(QStringLiteral("run.program"));
    line.selectAll();
    QLabel label(QStringLiteral("&Program and arguments (a .py file runs under python3):"));
    label.setBuddy(&line);
    const QString pty = QStringLiteral("pty");
    QCheckBox terminal(QStringLiteral("In a &terminal of its own, for interactive programs"));
    terminal.setObjectName(QStringLiteral("run.terminal"));
    terminal.setToolTip(QStringLiteral("Keys go to it from the terminal in which daemonscope was started, if it was. "
                                       "Who of the program wrote what is not known then."));
    terminal.setChecked(lastRun_ && lastRun_->output == pty);
    QDialogButtonBox buttons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(&buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    connect(&buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    QVBoxLayout column(&dialog);
    for (QWidget* widget : {static_cast<QWidget*>(&label), static_cast<QWidget*>(&line),
             static_cast<QWidget*>(&terminal), static_cast<QWidget*>(&buttons)})
        column.addWidget(widget);
    const QStringList words = dialog.exec() == QDialog::Accepted ? QProcess::splitCommand(line.text()) : QStringList();
    if (words.isEmpty())
        return;
    RunRequest request;
    if (lastRun_) {
        request.python = lastRun_->python;
        request.ptrace = lastRun_->ptrace;
    }
    const bool mayStay = lastRun_ && lastRun_->output != pty;
    request.output = terminal.isChecked() ? pty : mayStay ? lastRun_->output : request.output;
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

void MainWindow::tellLosses()
{
    const std::vector<payload::Lost>& lost = feed_->tree().lost();
    if (const std::string missing = missingAbilities(feed_->tree()); !missing.empty() && missingTold_.isEmpty()) {
        missingTold_ = QStringLiteral("Could not be seen: %1.").arg(QString::fromStdString(missing));
        if (QString::fromStdString(feed_->path()) == recorder_->recordingPath()
            && !recorder_->whyNobodyTypes().isEmpty())
            missingTold_ = recorder_->whyNobodyTypes() + QLatin1Char(' ') + missingTold_;
        showMessage(missingTold_);
    }
    if (lost.size() > lossesTold_)
        showMessage(
            QStringLiteral("Not recorded: %1 (%2)").arg(shownText(lost.back().what), shownText(lost.back().why)));
    lossesTold_ = lost.size();
}

QString MainWindow::message() const
{
    return message_->isHidden() ? QString() : message_->text();
}

void MainWindow::showMessage(const QString& sentence)
{
    message_->setText(sentence);
    message_->setAccessibleName(sentence);
    message_->setVisible(!sentence.isEmpty());
}

} // namespace daemonscope
