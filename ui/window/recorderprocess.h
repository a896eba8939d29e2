// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/privatedirectory.h"

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>

#include <optional>

namespace daemonscope {

/// What is to be run and recorded.
struct RunRequest {
    QStringList program; ///< and its arguments
    QString python;      ///< the interpreter for ".py" and "-m"; empty: python3 of PATH
    QString file;        ///< the recording; empty: a temporary one
    QString folder;      ///< the program's working directory; empty: this process's
    bool overwrite = false;
    bool ptrace = true;
    int sampleRate = 1;                       ///< looks at CPU and memory a second; 0: none
    QString output = QStringLiteral("lines"); ///< how it is captured: lines, pipe or pty, as the recorder has it
    QString lesson;                           ///< the name of the lesson whose program it is; empty: of none
};

/// Runs `daemonscope-recorder`, which runs the program and writes the recording. The window reads that file like any
/// other; only commands go the other way. The program's stdin and outputs are /dev/null: what it writes is in the
/// recording. A program with a terminal of its own ("pty") has the person's terminal besides, if this process was
/// started from one: keys go from there to the program, and what it prints is shown there too. Neither the program nor
/// the recorder is connected to this process by a pipe that they need: if it is killed, they go on. Lives in the GUI
/// thread; destroying it stops the program.
class RecorderProcess : public QObject {
    Q_OBJECT
public:
    explicit RecorderProcess(QObject* parent = nullptr);
    ~RecorderProcess() override;

    /// Starts a run. An error if there is no recorder, or one runs already.
    Outcome start(const RunRequest& request);
    [[nodiscard]] bool running() const;
    /// Asks the program to end (SIGTERM), and after a grace ends all that is left of it.
    Outcome stop();
    /// Ends all processes of the program at once.
    Outcome endNow();
    [[nodiscard]] QString recordingPath() const { return path_; }
    /// Where the recorder takes commands while it runs.
    [[nodiscard]] QString controlSocket() const { return control_; }
    /// Why nobody can type to a program with a terminal of its own, in a sentence; empty if somebody can, or it has
    /// none.
    [[nodiscard]] QString whyNobodyTypes() const { return whyNobodyTypes_; }
    /// Whether the recording goes away with the next run or with this object.
    [[nodiscard]] bool temporary() const { return temporary_; }
    /// The recorder beside this program, or in the folder bin beside that of this program.
    static QString recorderPath();

Q_SIGNALS:
    /// The recording can be opened now.
    void recordingReady(const QString& path);
    /// The program could not be started or recorded: one sentence.
    void failed(const QString& sentence);
    /// The recorder has gone; the recording is complete as far as it goes.
    void ended();

private:
    QStringList connectTerminal(const QString& output);
    void lookForRecording();
    void drainErrors();
    void onFinished(int exitCode, QProcess::ExitStatus status);
    [[nodiscard]] QString ownSentence() const;

    QProcess process_;
    QTimer readyTimer_;
    std::optional<PrivateDirectory> directory_;
    QString path_;
    QString control_;
    QString whyNobodyTypes_;
    QByteArray errorTail_;
    bool temporary_ = false;
    bool ready_ = false;
    int runs_ = 0;
};

} // namespace daemonscope
