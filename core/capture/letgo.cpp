// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/letgo.h"

#include "os/clock.h"
#include "os/pidfdevents.h"
#include "os/procfs.h"
#include "os/taskevents.h"

#include <utility>

namespace daemonscope {

namespace {

/// So many are told of in words of their own.
constexpr int kMostSaid = 16;

} // namespace

LetGo::LetGo(RecordingWriter& recording, ProcessRegistry& processes, ReapWatch& reaping, const SyscallFilter& filter,
    Callbacks callbacks)
    : recording_(recording)
    , processes_(processes)
    , reaping_(reaping)
    , filter_(filter)
    , callbacks_(std::move(callbacks))
{
}

LetGo::~LetGo() = default;

Outcome LetGo::begin()
{
    if (calls_)
        return Done{};
    auto source = openTaskEvents();
    if (!source.ok())
        source = PidfdEvents::open();
    if (!source.ok())
        return source.error();
    LightWitness::Callbacks callbacks;
    callbacks.beforeEnd = callbacks_.takeLastWords;
    callbacks.collect = [this](ProcessId process) {
        return process == program_ ? std::optional{programsEnd_.get_future().get()} : std::nullopt;
    };
    callbacks.ended = [this](ProcessId process, std::int32_t parentPid, std::optional<ProcessId> parent) {
        reaping_.ended(process, parentOfEnded(process.pid, {parentPid, parent}), std::nullopt);
    };
    auto light = LightWitness::create(recording_, processes_, std::move(callbacks), std::move(source).value());
    if (!light.ok())
        return light.error();
    auto calls = LetGoCalls::create(recording_, processes_, callbacks_.isProgramEnd);
    if (!calls.ok())
        return calls.error();
    light_ = std::move(light).value();
    calls_ = std::move(calls).value();
    light_->start();
    return Done{};
}

Outcome LetGo::take(const Leaver& leaver)
{
    if (Outcome begun = begin(); !begun.ok())
        return begun;
    const std::int32_t pid = leaver.process.pid;
    if (Outcome kept = callbacks_.keep(pid); !kept.ok())
        return kept;
    auto listener = SyscallListener::install(leaver.tid, pid, leaver.manyThreads, filter_);
    if (!listener.ok())
        return listener.error();
    calls_->add(std::move(listener).value());
    if (leaver.program)
        program_ = leaver.process;
    if (Outcome followed = light_->takeOver(leaver.process, leaver.stopped); !followed.ok()) {
        program_.reset();
        return followed;
    }
    any_ = true;
    processes_.setStopped(pid, false); // from now on /proc is asked
    processes_.setLetGo(pid);
    // A request like those of the control socket, made by the tracer's ptrace(2): leave me this process.
    recording_.append({monotonicNow(), {}, Witness::Recorder,
        payload::ControlRequested{"trace", 0, leaver.process, leaver.tracer, 0}});
    sayLetGo(leaver);
    return Done{};
}

ReapWatch::Parent LetGo::parentOfEnded(std::int32_t pid, const ReapWatch::Parent& parent) const
{
    const auto known = processes_.find(parent.pid);
    const auto stat = readProcStat(parent.pid);
    if (!known || (stat.ok() && (stat.value().state != 'Z' || stat.value().threads > 1)))
        return parent;
    // It has ended since then, which the tracer may have told of already. Who has not been collected is another one's.
    const auto left = readProcStat(pid);
    if (!left.ok() || left.value().parentPid == parent.pid)
        return {parent.pid, known, true};
    const std::int32_t adopter = left.value().parentPid;
    return {adopter, processes_.lives(adopter) ? processes_.find(adopter) : std::nullopt};
}

void LetGo::sayLetGo(const Leaver& leaver)
{
    if (said_ >= kMostSaid)
        return;
    ++said_;
    const std::string means = light_->means();
    std::string what = "signals and stops of process " + std::to_string(leaver.process.pid)
        + " and of all that came of it from then on";
    std::string why = "process " + std::to_string(leaver.tracer)
        + " traced it, as a debugger does, and a process has one tracer; daemonscope let go of it and ";
    if (means == "pidfd")
        why += "saw its end only, and once a second looked for what came of it";
    else
        why += "heard of births, execs and ends from the kernel (" + means + ")";
    recording_.append(
        {monotonicNow(), leaver.process, Witness::Recorder, payload::Lost{std::move(what), std::move(why)}});
}

void LetGo::programIsDead()
{
    // Without its children, unlike what its parent is told when it collects it.
    if (const auto stat = readProcStat(program_->pid); stat.ok())
        programsCpuNs_ = usageOf(stat.value()).cpu.count();
}

void LetGo::programEnded(const ExitStatus& status, std::int64_t maxRssBytes)
{
    payload::Exited exited;
    exited.bySignal = status.bySignal();
    exited.code = status.bySignal() ? status.signal().number() : status.exitCode();
    exited.coreDumped = status.coreDumped();
    exited.cpuNs = programsCpuNs_;
    exited.maxRssBytes = maxRssBytes;
    exited.usageAtEnd = true;
    programsEnd_.set_value(exited);
}

void LetGo::parentEnded(std::int32_t pid, std::int32_t parentPid)
{
    if (light_)
        light_->parentEnded(pid, parentPid);
}

void LetGo::waitUntilAllEnded()
{
    if (!any_)
        return;
    light_->waitUntilAllEnded();
    // Who is not known of may still call. They are soon gone, or they cannot be known.
    constexpr std::chrono::milliseconds kPatience{2000};
    calls_->waitUntilNobodyCalls(kPatience);
    light_->waitUntilAllEnded();
}

void LetGo::finish()
{
    if (light_)
        light_->finish();
    if (calls_)
        calls_->finish();
}

} // namespace daemonscope
