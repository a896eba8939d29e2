// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/programcommands.h"

#include "lifecycle/terms.h"
#include "os/socket.h"
#include "ui/model/captions.h"
#include "ui/model/recordingfeed.h"
#include "ui/window/recorderprocess.h"

#include <QMenu>
#include <QSocketNotifier>

#include <csignal>

namespace daemonscope {

namespace {
constexpr std::size_t kLongestAnswer = 4096;
} // namespace

/// A command that waits for its answer.
class ProgramCommands::Request : public QObject {
public:
    Request(UniqueFd socket, ProgramCommands* commands)
        : QObject(commands)
        , socket_(std::move(socket))
        , notifier_(socket_.get(), QSocketNotifier::Read)
    {
        connect(&notifier_, &QSocketNotifier::activated, this, [this, commands] {
            const Packet packet = receivePacket(socket_.get(), kLongestAnswer);
            if (packet.kind == Packet::Kind::Nothing)
                return;
            notifier_.setEnabled(false);
            deleteLater();
            const QString answer = shownText(packet.bytes, 500);
            if (packet.kind != Packet::Kind::Whole)
                return; // the recorder has gone, as it does when all of the program has ended
            if (answer == QLatin1String("ok") || answer.startsWith(QLatin1String("ok: ")))
                Q_EMIT commands->done(answer.mid(4));
            else
                Q_EMIT commands->failed(answer.mid(answer.startsWith(QLatin1String("error: ")) ? 7 : 0));
        });
    }

private:
    UniqueFd socket_;
    QSocketNotifier notifier_;
};

ProgramCommands::ProgramCommands(const RecordingFeed& feed, const RecorderProcess& recorder, QObject* parent)
    : QObject(parent)
    , feed_(feed)
    , recorder_(recorder)
{
}

ProgramCommands::~ProgramCommands() = default;

bool ProgramCommands::available() const
{
    if (recorder_.running())
        return true;
    const auto& program = feed_.tree().program();
    return feed_.reader() && feed_.growing() && program && !program->controlSocket.empty();
}

bool ProgramCommands::frozen() const
{
    return feed_.tree().frozenAt(feed_.tree().latest());
}

Result<UniqueFd> ProgramCommands::connectToRecorder() const
{
    if (!available())
        return Error{"the program does not run any more"};
    const auto& program = feed_.tree().program();
    const bool own = recorder_.running();
    auto peer = connectSeqpacket(own ? recorder_.controlSocket().toStdString() : program->controlSocket);
    if (!peer.ok())
        return peer.error();
    // A file from elsewhere may name any socket; only the one who writes this file is told to do something.
    if (!own && peer.value().pid != program->recorderPid)
        return Error{"the socket that the recording names does not belong to its recorder"};
    return std::move(peer.value().socket);
}

Outcome ProgramCommands::sendPacket(const std::string& packet)
{
    auto socket = connectToRecorder();
    if (!socket.ok())
        return socket.error();
    if (!sendPacketNow(socket.value().get(), packet))
        return Error{"the recorder does not take commands"};
    new Request(std::move(socket).value(), this); // NOLINT: owned by this object, and gone with the answer
    return Done{};
}

Outcome ProgramCommands::send(const QString& command)
{
    return sendPacket(command.toStdString());
}

Outcome ProgramCommands::sendSignal(ProcessId process, Signal signal)
{
    return sendPacket(
        "signal " + std::to_string(process.pid) + ' ' + std::to_string(process.serial) + ' ' + signal.name());
}

QMenu* ProgramCommands::signalMenu(int process, QWidget* parent)
{
    const ProcessTree& tree = feed_.tree();
    if (!available() || process < 0 || static_cast<std::size_t>(process) >= tree.size() || tree.at(process).ended)
        return nullptr;
    auto* menu = new QMenu(parent);
    menu->setObjectName(QStringLiteral("signalMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const ProcessId id = tree.at(process).id;
    menu->addSection(QStringLiteral("%1, pid %2").arg(shownText(tree.at(process).name, 60)).arg(id.pid));
    struct Entry {
        int signal;
        const char* words;
    };
    for (const Entry& entry : {Entry{SIGTERM, "asks it to end"}, {SIGINT, "as Ctrl+C does"},
             {SIGHUP, "its terminal is gone"}, {SIGQUIT, "end with a core file"}, {SIGUSR1, "the program's own"},
             {SIGUSR2, "the program's own"}, {SIGSTOP, "stop"}, {SIGCONT, "go on"}, {SIGKILL, "end it at once"}}) {
        const Signal signal(entry.signal);
        const QString name = QString::fromStdString(signal.name());
        QAction* action = menu->addAction(QStringLiteral("Send %1: %2").arg(name, QLatin1String(entry.words)));
        action->setObjectName(QStringLiteral("signal.") + name);
        connect(action, &QAction::triggered, this, [this, id, signal] {
            if (const Outcome sent = sendSignal(id, signal); !sent.ok())
                Q_EMIT failed(QString::fromStdString(sent.error().message));
        });
    }
    return menu;
}

} // namespace daemonscope
