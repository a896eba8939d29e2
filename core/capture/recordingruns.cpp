// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The program in a recording: how it is started and followed, with ptrace and without.

#include "capture/notice.h"
#include "capture/reapwatch.h"
#include "capture/recordingsession.h"
#include "capture/tracer.h"
#include "os/clock.h"
#include "os/self.h"

#include <csignal>
#include <utility>

namespace daemonscope {

Result<PendingLaunch> RecordingSession::launch()
{
    LaunchSpec spec;
    spec.argv = argv_;
    spec.environment = currentEnvironment();
    spec.workingDirectory = options_.workingDirectory;
    instrument(spec.environment,
        {addresses_.hookSocket, options_.hookDirectory, options_.output == OutputMode::Lines && capturesOutput()});
    spec.standardInput = streams_[0];
    spec.standardOutput = output_ ? output_->programEnds()[0] : streams_[1];
    spec.standardError = output_ ? output_->programEnds()[1] : streams_[2];
    if (terminal_) {
        spec.terminal = spec.standardInput = spec.standardOutput = spec.standardError = terminal_->programEnd();
        spec.personsTerminal = terminal_->personsTerminal();
    } else {
        spec.foregroundOf = jobControl_.terminalToGive();
    }
    if (filters()) {
        auto filter = SyscallFilter::create(output_ != nullptr);
        if (!filter.ok())
            return filter.error();
        spec.filter = filter_ = std::move(filter).value();
    }
    return PendingLaunch::start(spec);
}

Result<PendingLaunch> RecordingSession::launchUntraced(PendingLaunch refused, const std::string& why)
{
    traces_ = false;
    whyNotPtrace_ = why;
    refused.abandon();
    jobControl_.reclaim(refused.pid());
    if (Outcome started = startKeeper(); !started.ok())
        return started.error();
    notice(why + "; the recording is made without it: signals and who sent them are not seen");
    if (terminal_) {
        // The one that it had is its dead host's.
        if (Outcome prepared = prepareOutput(); !prepared.ok())
            return prepared.error();
    }
    return launch();
}

void RecordingSession::begin(PendingLaunch& program)
{
    if (terminal_) {
        constexpr int kStandardOutput = 1;
        output_ = OutputChannel::createForTerminal(
            *recording_, processes_, kStandardOutput, terminal_->takeOutputEnd(), program.pid(),
            [this] { terminal_->hangUp(); }, options_.outputLimits);
        terminal_->closeProgramEnd();
        terminal_->start(program.host());
    }
    sampler_ = std::make_unique<Sampler>(*recording_, processes_, sampleInterval());
    sampler_->start();
    if (output_)
        output_->start();
    service_->start(program.pid());
    if (keeper_)
        keeper_->watch(program.pid());
    program.go();
    if (output_)
        output_->closeProgramEnds();
}

RecorderResult RecordingSession::follow(PendingLaunch& program)
{
    announce({program.pid(), 0}, "ptrace", {});
    auto reaping = ReapWatch::create(*recording_);
    if (!reaping.ok()) {
        sendSignal(program.pid(), Signal{SIGKILL});
        discardRecording();
        return failedRun(reaping.error().message);
    }
    if (filters()) {
        letGo_.emplace(*recording_, processes_, *reaping.value(), filter_,
            LetGo::Callbacks{[this](ProcessId process) { takeLastWords(process); },
                [this](std::uint64_t inode) { return output_ && output_->isProgramEnd(inode); },
                [this, &program](std::int32_t pid) { return keep(program.pid(), pid); }});
    }
    Tracer tracer{*recording_, processes_, *reaping.value(), letGo_ ? &*letGo_ : nullptr,
        {[this](std::int32_t pid) {
             if (const auto process = processes_.find(pid))
                 takeLastWords(*process);
         },
            [this](std::uint64_t inode) { return output_ && output_->isProgramEnd(inode); },
            [this, &program](Signal signal) { programStopped(program.pid(), signal); }}};
    tracer.adopt(program.pid());
    begin(program);

    RecorderResult result;
    bool executed = false;
    tracer.run([&](std::optional<ExitStatus> ended) {
        if (!ended) {
            if (!std::exchange(executed, true))
                publish();
            return;
        }
        if (PendingLaunch::Failure reason; !executed && program.failed(reason))
            result = failedRun(reason.message, reason.exitStatus);
        else
            result.status = *ended;
        service_->programEnded();
        jobControl_.reclaim(program.pid());
    });
    if (letGo_)
        letGo_->finish();
    reaping.value()->finish();
    return result;
}

RecorderResult RecordingSession::accompany(PendingLaunch& program)
{
    const ProcessId root{program.pid(), 0};
    UntracedRun::Callbacks callbacks;
    callbacks.opened = [this, root](
                           const std::string& means, const std::string& whyNone) { announce(root, means, whyNone); };
    callbacks.begin = [this, &program] { begin(program); };
    callbacks.executed = [this] { publish(); };
    callbacks.takeLastWords = [this](ProcessId process) { takeLastWords(process); };
    callbacks.programStopped = [this, root](Signal signal) { programStopped(root.pid, signal); };
    callbacks.programEnded = [this, root] {
        service_->programEnded();
        jobControl_.reclaim(root.pid);
    };
    callbacks.waitForHangUps = [this] { service_->waitForHangUps(); };
    untraced_.emplace(*recording_, processes_, program, std::move(callbacks));
    const UntracedRun::Result run = untraced_->run(
        payload::Executed{argv_, {}, workingDirectory(), "the executable is not known without a kernel witness"});
    if (run.failure)
        return failedRun(run.failure->message, run.failure->exitStatus);
    return {run.status, {}, {}};
}

Outcome RecordingSession::keep(std::int32_t group, std::int32_t pid)
{
    if (!keeper_) {
        if (Outcome started = startKeeper(); !started.ok())
            return started;
        keeper_->watch(group);
    }
    keeper_->watchProcess(pid);
    return Done{};
}

void RecordingSession::programStopped(std::int32_t pid, Signal signal)
{
    // What it printed before must not wait with the recorder, which may stop now, too.
    constexpr std::chrono::milliseconds kPatience{1000}; // with a destination that takes no more
    if (output_) {
        output_->drain();
        output_->flush(kPatience);
    }
    if (terminal_)
        terminal_->programStopped(pid, signal);
    else
        jobControl_.programStopped(pid, signal);
}

void RecordingSession::takeLastWords(ProcessId process)
{
    if (output_) {
        output_->drain();
        output_->ended(process);
    }
    service_->drain(process.pid);
}

} // namespace daemonscope
