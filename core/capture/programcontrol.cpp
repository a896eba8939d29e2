// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/programcontrol.h"

#include "os/clock.h"
#include "os/self.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace daemonscope {

namespace {

/// Between two steps of a kill or freeze that is under way …
constexpr std::chrono::milliseconds kStep{5};
/// … and between two looks for newly born ones in a program that is frozen.
constexpr std::chrono::milliseconds kFrozenStep{200};
/// How long somebody waits for the answer that all have stopped.
constexpr std::chrono::seconds kFreezePatience{5};

std::string count(std::size_t number)
{
    return number == 1 ? "1 process" : std::to_string(number) + " processes";
}

std::string frozenText(const Freezer::Progress& progress)
{
    std::string text = count(progress.frozen) + " frozen";
    if (progress.stoppedBefore > 0)
        text += ", " + std::to_string(progress.stoppedBefore) + " had been stopped before";
    if (progress.inKernel > 0)
        text += ", " + std::to_string(progress.inKernel) + " cannot run as long as the others do not";
    return text;
}

} // namespace

ProgramControl::ProgramControl(RecordingWriter& recording, ProcessRegistry& processes, std::chrono::milliseconds grace)
    : recording_(recording)
    , processes_(processes)
    , signaller_(recording, processes)
    , freezer_(processes, signaller_)
    , grace_(grace)
{
}

void ProgramControl::obey(const ControlCommand& command, const ControlPeer& peer, Reply reply)
{
    payload::ControlRequested requested;
    requested.request = word(command.kind);
    requested.peerPid = peer.pid;
    requested.peerUid = peer.uid;
    if (command.kind == ControlCommand::Kind::Signal) {
        requested.signal = command.signal.number();
        // An identity that is none must not become a process of the recording.
        if (processes_.find(command.process.pid) == command.process)
            requested.target = command.process;
    }
    recording_.append({monotonicNow(), {}, Witness::Recorder, std::move(requested)});
    switch (command.kind) {
    case ControlCommand::Kind::Stop:
        stop(reply);
        break;
    case ControlCommand::Kind::Kill:
        killAll();
        reply("ok");
        break;
    case ControlCommand::Kind::Freeze:
        freezeReplies_.push_back(std::move(reply));
        patienceEnd_ = monotonicNow() + kFreezePatience;
        stepFreeze();
        break;
    case ControlCommand::Kind::Resume:
        answerFreeze("error: the program was told to go on before all of it had stopped");
        reply("ok: " + count(freezer_.resume()) + " resumed");
        break;
    case ControlCommand::Kind::Signal: {
        const Outcome sent = signaller_.send(command.process, command.signal);
        reply(sent.ok() ? "ok" : "error: " + sent.error().message);
        break;
    }
    }
}

void ProgramControl::stop(const Reply& reply)
{
    // While the program itself has not been collected, no other group can have its number.
    const auto root = processes_.find(program_);
    const bool toGroup =
        root && processes_.whileAlive(*root, [this] { sendSignal(-program_, Signal{SIGTERM}); }).has_value();
    if (!toGroup) {
        for (const LiveProcess& process : processes_.live())
            [[maybe_unused]] const Outcome sent =
                signaller_.send(process.id, Signal{SIGTERM}); // it may just have ended
    }
    if (freezer_.active()) {
        answerFreeze("error: the program was asked to stop");
        freezer_.resume();
    }
    beginGrace();
    reply("ok: asked to end; what is left after " + std::to_string(grace_.count()) + " ms is killed");
}

void ProgramControl::passOn(const ReceivedSignal& received)
{
    const auto root = processes_.find(program_);
    if (!root)
        return;
    const Signal signal = received.signal;
    payload::ControlRequested request;
    request.request = received.fromKernel ? "terminal" : "pass on";
    request.signal = signal.number();
    request.target = *root;
    request.peerPid = received.senderPid;
    request.peerUid = received.senderUid;
    recording_.append({monotonicNow(), {}, Witness::Recorder, std::move(request)});
    bool reached = false;
    if (received.fromKernel)
        // While the program itself has not been collected, no other group can have its number.
        processes_.whileAlive(*root, [&] { reached = sendSignal(-program_, signal); });
    if (!reached) [[maybe_unused]]
        const Outcome sent = signaller_.send(*root, signal); // it may just have ended
    // What is frozen could not do what it is asked for.
    if (freezer_.active() && signal != Signal{SIGUSR1} && signal != Signal{SIGUSR2}) {
        answerFreeze("error: the program was sent " + signal.name());
        freezer_.resume();
    }
}

void ProgramControl::beginGrace()
{
    if (!graceEnd_ && !killing_)
        graceEnd_ = monotonicNow() + grace_;
}

void ProgramControl::killAll()
{
    answerFreeze("error: the program was killed");
    killing_ = true;
    graceEnd_.reset();
    stepKill();
}

void ProgramControl::stepKill()
{
    for (const LiveProcess& process : processes_.live()) {
        if (killed_.insert(process.id.serial).second) [[maybe_unused]]
            const Outcome sent = signaller_.send(process.id, Signal{SIGKILL}); // it may just have ended
    }
    nextStep_ = monotonicNow() + kStep;
}

void ProgramControl::stepFreeze()
{
    const Freezer::Progress progress = freezer_.step();
    const bool waitedFor = !freezeReplies_.empty();
    if (progress.stable)
        answerFreeze("ok: " + frozenText(progress));
    else if (waitedFor && monotonicNow() >= patienceEnd_)
        answerFreeze("error: " + count(progress.running) + " did not stop; " + frozenText(progress));
    nextStep_ = monotonicNow() + (progress.stable ? kFrozenStep : kStep);
}

void ProgramControl::answerFreeze(const std::string& answer)
{
    for (const Reply& reply : std::exchange(freezeReplies_, {}))
        reply(answer);
}

std::optional<std::chrono::nanoseconds> ProgramControl::deadline() const
{
    std::optional<std::chrono::nanoseconds> next = graceEnd_;
    if (killing_ || freezer_.active())
        next = next ? std::min(*next, nextStep_) : nextStep_;
    return next;
}

void ProgramControl::step()
{
    const auto now = monotonicNow();
    if (graceEnd_ && now >= *graceEnd_)
        killAll();
    else if (killing_ && now >= nextStep_)
        stepKill();
    else if (freezer_.active() && now >= nextStep_)
        stepFreeze();
}

} // namespace daemonscope
