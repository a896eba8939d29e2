// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include "lifecycle/commandname.h"

#include <csignal>

namespace daemonscope {

void EventFold::operator()(const payload::Born& born)
{
    Process& process = self();
    if (!state_.unborn[static_cast<std::size_t>(self_)])
        return; // born once
    state_.unborn[static_cast<std::size_t>(self_)] = false;
    process.born = event_.time;
    const std::optional<ProcessIndex> parent = ensure(born.parent);
    Process& child = self();
    if (parent && *parent < self_) {
        child.kernelParent = parent;
        const Process& forker = at(*parent);
        child.forkerName = forker.name;
        if (child.command.empty()) {
            // A fork without an exec goes on as the same program.
            child.command = forker.command;
            child.executable = forker.executable;
            child.workingDirectory = forker.workingDirectory;
            child.runtime = forker.runtime;
            if (child.role == Role::Program && !child.command.empty())
                child.name = commandName(child.command);
        }
        if (!child.parent)
            setParent(self_, parent);
    } else if (child.command.empty() && tree_.program_ && self_ == 0) {
        child.command = tree_.program_->argv;
        child.workingDirectory = tree_.program_->workingDirectory;
        if (child.role == Role::Program && !child.command.empty())
            child.name = commandName(child.command);
    }
    noteSelf();
}

void EventFold::operator()(const payload::Executed& executed)
{
    Process& process = self();
    process.execs.push_back(event_.time);
    process.place.clear();
    if (!executed.argv.empty())
        process.command = executed.argv;
    if (!executed.executable.empty())
        process.executable = executed.executable;
    if (!executed.workingDirectory.empty())
        process.workingDirectory = executed.workingDirectory;
    noteSelf();
    // A multiprocessing child stays its parent's Process object whatever it executes.
    if (process.role == Role::Child)
        return;
    const std::string helper = helperName(executed.argv);
    if (!helper.empty()) {
        becomeHelper(process, helper);
        return;
    }
    if (process.role == Role::Main) {
        // Another program from now on; if that has a runtime too, the runtime will say so.
        setFlag(process, std::nullopt);
        process.daemon.reset();
        process.daemonOrigin.reset();
    }
    process.role = Role::Program;
    process.runtime = Runtime::Python;
    if (std::string name = commandName(process.command); !name.empty())
        process.name = std::move(name);
}

void EventFold::operator()(const payload::SignalDelivered& delivered)
{
    // A child's end and a resized window say nothing about this process's own life, and come in masses.
    if (delivered.signal <= 0 || delivered.signal == SIGCHLD || delivered.signal == SIGWINCH)
        return;
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(delivered.signal);
    fact.code = delivered.code;
    fact.senderPid = delivered.senderPid;
    fact.sender = ensure(delivered.sender);
    fact.witness = event_.witness;
    fact.byRecorder = event_.witness == Witness::Recorder;
    fact.delivered = true;
    const std::optional<ProcessIndex> sender = fact.sender;
    signalTo(self_, std::move(fact));
    if (sender)
        received(self_, *sender, delivered.signal, event_.time);
}

void EventFold::operator()(const payload::KillRequested& requested)
{
    if (requested.signal <= 0)
        return;
    if (!requested.target) {
        if (requested.targetPid <= 0)
            state_.groupKill = FoldState::GroupKill{event_.time, self_, requested.call};
        return;
    }
    SignalFact fact;
    fact.time = event_.time;
    fact.signal = Signal(requested.signal);
    fact.senderPid = event_.process.pid;
    fact.sender = self_;
    fact.witness = Witness::Kernel;
    fact.call = requested.call + "(2)";
    fact.requested = true;
    signalTo(ensure(*requested.target), std::move(fact));
}

void EventFold::operator()(const payload::Stopped&)
{
    self().stops.push_back({event_.time, true});
    noteSelf();
}

void EventFold::operator()(const payload::Continued&)
{
    self().stops.push_back({event_.time, false});
    noteSelf();
}

void EventFold::operator()(const payload::Exited& exited)
{
    const ExitStatus status =
        exited.bySignal ? ExitStatus::signal(Signal(exited.code), exited.coreDumped) : ExitStatus::code(exited.code);
    Process& process = self();
    // The end of a process that is no child of the recorder's comes without them.
    if (exited.cpuNs > 0 || exited.maxRssBytes > 0) {
        process.cpuNs = exited.cpuNs;
        process.maxRssBytes = exited.maxRssBytes;
        process.usageAtEnd = true;
    }
    endProcess(self_, status, false);

    // A kill of a group names no victims. If nothing else explains this SIGKILL and a group was killed just before,
    // that is taken for the reason, and marked as an inference.
    constexpr EventTime kGroupKillReach = std::chrono::milliseconds(500);
    if (!exited.bySignal || exited.code != SIGKILL || !state_.groupKill)
        return;
    const FoldState::GroupKill& kill = *state_.groupKill;
    if (event_.time < kill.time || event_.time - kill.time > kGroupKillReach)
        return;
    for (const SignalFact& fact : process.signalsReceived) {
        if (fact.signal.number() == SIGKILL)
            return;
    }
    SignalFact fact;
    fact.time = kill.time;
    fact.signal = Signal(SIGKILL);
    fact.senderPid = at(kill.sender).id.pid;
    fact.sender = kill.sender;
    fact.call = kill.call + "(2)";
    fact.inferred = true;
    fact.toGroup = true;
    process.signalsReceived.push_back(std::move(fact));
    received(self_, kill.sender, SIGKILL, kill.time);
}

void EventFold::operator()(const payload::Reparented& reparented)
{
    self().adoption = Adoption{event_.time, ensure(reparented.adopter), reparented.adopterPid};
    noteSelf();
}

void EventFold::operator()(const payload::Reaped& reaped)
{
    if (!self().reaped || self().reapedByRuntime) {
        self().reapedByRuntime = false;
        const std::optional<ProcessIndex> by = ensure(reaped.by);
        self().reaped = event_.time;
        self().reapedBy = by;
    }
    noteSelf();
}

} // namespace daemonscope
