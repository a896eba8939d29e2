// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/recorderprocess.h"

#include "os/socket.h"
#include "os/terminal.h"
#include "recording/reader.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace daemonscope {

namespace {
/// What is kept of the recorder's stderr.
constexpr qsizetype kErrorTailBytes = 8192;
constexpr int kReadyIntervalMs = 5;
/// How long the destructor waits for the recorder to end the program.
constexpr int kStopWaitMs = 2000;
const QLatin1String kOwnPrefix("daemonscope: ");
} // namespace

RecorderProcess::RecorderProcess(QObject* parent)
    : QObject(parent)
{
    readyTimer_.setInterval(kReadyIntervalMs);
    connect(&readyTimer_, &QTimer::timeout, this, &RecorderProcess::lookForRecording);
    connect(&process_, &QProcess::readyReadStandardError, this, &RecorderProcess::drainErrors);
    connect(&process_, &QProcess::finished, this, &RecorderProcess::onFinished);
    connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return;
        readyTimer_.stop();
        Q_EMIT failed(
            QStringLiteral("the recorder '%1' cannot be started: %2").arg(recorderPath(), process_.errorString()));
        Q_EMIT ended();
    });
}

RecorderProcess::~RecorderProcess()
{
    process_.disconnect(this);
    if (running()) {
        if (endNow().ok())
            process_.waitForFinished(kStopWaitMs);
        process_.kill();
        process_.waitForFinished(kStopWaitMs);
    }
    if (temporary_)
        QFile::remove(path_);
    if (!control_.isEmpty())
        QFile::remove(control_);
}

QString RecorderProcess::recorderPath()
{
    const QDir here(QCoreApplication::applicationDirPath());
    const QString beside = here.filePath(QStringLiteral("daemonscope-recorder"));
    const QString inBin = QDir::cleanPath(here.filePath(QStringLiteral("../bin/daemonscope-recorder")));
    return !QFileInfo::exists(beside) && QFileInfo::exists(inBin) ? inBin : beside;
}

Outcome RecorderProcess::start(const RunRequest& request)
{
    if (running())
        return Error{"a program runs already; stop it first"};
    if (request.program.isEmpty())
        return Error{"there is no program to run"};
    const QString recorder = recorderPath();
    if (!QFileInfo(recorder).isExecutable())
        return Error{"the recorder '" + recorder.toStdString() + "' is missing; it belongs beside this program"};
    if (!directory_) {
        auto made = PrivateDirectory::create();
        if (!made.ok())
            return made.error();
        directory_.emplace(std::move(made).value());
    }
    if (temporary_)
        QFile::remove(path_);
    const QDir directory(QString::fromStdString(directory_->path()));
    temporary_ = request.file.isEmpty();
    ++runs_;
    path_ = temporary_ ? directory.filePath(QStringLiteral("run-%1.dscope").arg(runs_)) : request.file;
    control_ = directory.filePath(QStringLiteral("control-%1").arg(runs_));
    if (!temporary_ && !request.overwrite && QFileInfo::exists(path_))
        return Error{"the recording '" + path_.toStdString() + "' exists already; choose another name or overwrite it"};
    // What an earlier run left must not be taken for the new recording.
    QFile::remove(path_);

    QStringList arguments{QStringLiteral("-o"), path_, QStringLiteral("--force"), QStringLiteral("--control"), control_,
        QStringLiteral("--output=") + request.output, QStringLiteral("--sample-rate"),
        QString::number(request.sampleRate)};
    arguments << connectTerminal(request.output);
    if (!request.python.isEmpty())
        arguments << QStringLiteral("--python") << request.python;
    if (!request.folder.isEmpty())
        arguments << QStringLiteral("--cwd") << request.folder;
    if (!request.ptrace)
        arguments << QStringLiteral("--no-ptrace");
    arguments << QStringLiteral("--") << request.program;
    errorTail_.clear();
    ready_ = false;
    process_.start(recorder, arguments);
    readyTimer_.start();
    return Done{};
}

/// Gives the recorder its stdin and stdout, and returns the options that go with them.
QStringList RecorderProcess::connectTerminal(const QString& output)
{
    const bool pty = output == QLatin1String("pty");
    const QString terminal = pty ? QString::fromStdString(personsTerminalPath()) : QString();
    whyNobodyTypes_.clear();
    if (!terminal.isEmpty()) {
        process_.setStandardInputFile(terminal);
        process_.setStandardOutputFile(terminal, QIODevice::Append);
        return {};
    }
    if (pty)
        whyNobodyTypes_ = QStringLiteral(
            "Nobody can type to the program, as daemonscope was not started in the foreground of a terminal: what the "
            "program reads from its own terminal is at its end.");
    process_.setStandardInputFile(QProcess::nullDevice());
    process_.setStandardOutputFile(QProcess::nullDevice());
    return {QStringLiteral("--keep-output")};
}

bool RecorderProcess::running() const
{
    return process_.state() != QProcess::NotRunning;
}

Outcome RecorderProcess::stop()
{
    return sendPacket(control_.toStdString(), "stop");
}

Outcome RecorderProcess::endNow()
{
    return sendPacket(control_.toStdString(), "kill");
}

void RecorderProcess::lookForRecording()
{
    if (!RecordingReader::open(path_.toStdString()).ok())
        return;
    readyTimer_.stop();
    ready_ = true;
    Q_EMIT recordingReady(path_);
}

void RecorderProcess::drainErrors()
{
    errorTail_ += process_.readAllStandardError();
    if (errorTail_.size() > kErrorTailBytes)
        errorTail_ = errorTail_.right(kErrorTailBytes);
}

QString RecorderProcess::ownSentence() const
{
    const QStringList lines = QString::fromUtf8(errorTail_).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (auto line = lines.crbegin(); line != lines.crend(); ++line) {
        if (line->startsWith(kOwnPrefix))
            return line->mid(kOwnPrefix.size()).left(500);
    }
    return {};
}

void RecorderProcess::onFinished(int exitCode, QProcess::ExitStatus status)
{
    drainErrors();
    readyTimer_.stop();
    if (!ready_)
        lookForRecording();
    // The statuses that say "daemonscope failed, not the program"; a program may end with them too, but then the
    // recorder has not said a sentence.
    const bool ownStatus = exitCode == 2 || (exitCode >= 125 && exitCode <= 127);
    const QString sentence = ownSentence();
    if (status == QProcess::NormalExit && !sentence.isEmpty() && (ownStatus || !ready_))
        Q_EMIT failed(sentence);
    else if (!ready_)
        Q_EMIT failed(QStringLiteral("the recorder ended without making a recording"));
    Q_EMIT ended();
}

} // namespace daemonscope
