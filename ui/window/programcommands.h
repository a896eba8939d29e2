// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"
#include "os/result.h"
#include "os/signal.h"
#include "os/uniquefd.h"

#include <QObject>
#include <QString>

#include <memory>
#include <unordered_map>

class QMenu;
class QWidget;

namespace daemonscope {

class RecorderProcess;
class RecordingFeed;

/// Tells the recorder of the recording that is shown what to do with its program: the window's own recorder, or that of
/// a recording which somebody else is making (docs/control-protocol.md). Never waits for an answer. GUI thread.
class ProgramCommands : public QObject {
    Q_OBJECT
public:
    /// Both must outlive it.
    ProgramCommands(const RecordingFeed& feed, const RecorderProcess& recorder, QObject* parent = nullptr);
    ~ProgramCommands() override;

    /// Whether there is a recorder to tell something: the program runs, as far as is known.
    [[nodiscard]] bool available() const;
    /// Whether the program is frozen by its recorder.
    [[nodiscard]] bool frozen() const;

    /// "stop", "kill", "freeze" or "resume". An error if nobody can be told; what becomes of it comes as a signal.
    Outcome send(const QString& command);
    Outcome sendSignal(ProcessId process, Signal signal);
    /// A menu of signals for a living process; null for one that has ended or cannot be told anything. Deletes itself
    /// when it closes.
    QMenu* signalMenu(int process, QWidget* parent);

Q_SIGNALS:
    /// The recorder did it: its words, which may be none.
    void done(const QString& words);
    /// It did not, or nobody could be told: one sentence.
    void failed(const QString& sentence);

private:
    class Request;
    [[nodiscard]] Result<UniqueFd> connectToRecorder() const;
    Outcome sendPacket(const std::string& packet);

    const RecordingFeed& feed_;
    const RecorderProcess& recorder_;
};

} // namespace daemonscope
