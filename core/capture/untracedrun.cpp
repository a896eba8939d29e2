// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/untracedrun.h"

#include "os/clock.h"
#include "os/ownchild.h"
#include "os/taskevents.h"

#include <csignal>
#include <utility>

namespace daemonscope {

UntracedRun::UntracedRun(
    RecordingWriter& recording, ProcessRegistry& processes, PendingLaunch& program, Callbacks callbacks)
    : recording_(recording)
    , processes_(processes)
    , program_(program)
    , callbacks_(std::move(callbacks))
    , root_(processes.born(program.pid()))
{
}

UntracedRun::Result UntracedRun::run(payload::Executed intended)
{
    open();
    record(payload::Born{std::nullopt, payload::Born::How::Launch, 0});
    callbacks_.begin();
    // Not before: its thread hands out last words by what was made just now. What happens meanwhile waits for it.
    if (light_)
        light_->start();
    PendingLaunch::Failure reason;
    const bool failed = program_.failed(reason);
    if (!failed) {
        callbacks_.executed();
        if (!light_)
            record(std::move(intended));
    }
    waitForEnd();
    if (!light_)
        recordEnd();
    callbacks_.programEnded();
    if (light_)
        light_->waitUntilAllEnded();
    // Whoever the kernel did not tell of may still be there, and speak.
    callbacks_.waitForHangUps();
    if (light_)
        light_->finish();
    return {status_, failed ? std::optional{std::move(reason)} : std::nullopt};
}

void UntracedRun::open()
{
    std::string whyNone;
    if (auto source = openTaskEvents(); source.ok()) {
        auto light = LightWitness::create(recording_, processes_,
            {callbacks_.takeLastWords, [this](ProcessId process) { return collect(process); }},
            std::move(source).value());
        if (light.ok())
            light_ = std::move(light).value();
        else
            whyNone = light.error().message;
    } else {
        whyNone = source.error().message;
    }
    if (light_) {
        if (const Outcome followed = light_->follow(root_); !followed.ok()) {
            whyNone = followed.error().message;
            light_.reset();
        }
    }
    callbacks_.opened(light_ ? light_->means() : "none", whyNone);
}

void UntracedRun::waitForEnd()
{
    for (;;) {
        const ChildChange change = program_.nextChange();
        switch (change.kind) {
        case ChildChange::Kind::Stopped:
            record(payload::Stopped{change.signal.number()});
            if (!processes_.isFrozen(root_.pid))
                callbacks_.programStopped(change.signal);
            break;
        case ChildChange::Kind::Continued:
            record(payload::Continued{});
            break;
        case ChildChange::Kind::Ended:
            told_.set_value(program_.host().ending());
            return;
        }
    }
}

void UntracedRun::recordEnd()
{
    callbacks_.takeLastWords(root_);
    payload::Exited unknown;
    unknown.statusUnknown = true;
    record(collect(root_).value_or(unknown));
    processes_.ended(root_);
}

std::optional<payload::Exited> UntracedRun::collect(ProcessId process)
{
    payload::Exited exited;
    ExitStatus status;
    if (process == root_ && program_.host().exists()) {
        const auto told = hostsWord_.get();
        // Who kills the host takes its knowledge along. The kernel hangs up its terminal then.
        status_ = told.value_or(ExitStatus::signal(Signal{SIGHUP}));
        if (!told)
            return std::nullopt;
        status = *told;
    } else {
        processes_.ending(process);
        const auto child = collectChild(process.pid);
        if (!child)
            return std::nullopt;
        if (process == root_)
            status_ = child->status;
        status = child->status;
        exited.cpuNs = child->cpu.count();
        exited.maxRssBytes = child->maxRssBytes;
        exited.usageAtEnd = true;
    }
    exited.bySignal = status.bySignal();
    exited.code = status.bySignal() ? status.signal().number() : status.exitCode();
    exited.coreDumped = status.coreDumped();
    return exited;
}

void UntracedRun::record(Payload payload)
{
    recording_.append({monotonicNow(), root_, Witness::Kernel, std::move(payload)});
}

} // namespace daemonscope
