// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>
#include <string_view>

namespace daemonscope {

/// Folds one event into a ProcessTree: one handler for each payload. What each runtime event means is told by
/// docs/hook-protocol.md. Runtime events may come some milliseconds out of order with those of the kernel, and either
/// witness may be missing: a handler takes nothing for granted that another event should have said before.
class EventFold {
public:
    EventFold(ProcessTree& tree, const Event& event);

    // eventfold.cpp: the recorder, output
    void operator()(const payload::RecordingStarted& started);
    void operator()(const payload::RecordingEnded& ended);
    void operator()(const payload::CaptureStatement& statement);
    void operator()(const payload::Lost& lost);
    void operator()(const payload::HookGap& gap);
    void operator()(const payload::HookError& error);
    void operator()(const payload::OutputWritten& written);
    void operator()(const payload::ResourceSampled& sampled);
    void operator()(const payload::ControlRequested& requested);
    void operator()(const payload::OutputDropped& dropped);

    // eventfoldkernel.cpp
    void operator()(const payload::Born& born);
    void operator()(const payload::Executed& executed);
    void operator()(const payload::Stopped& stopped);
    void operator()(const payload::Continued& continued);
    void operator()(const payload::Exited& exited);
    void operator()(const payload::Reparented& reparented);
    void operator()(const payload::Reaped& reaped);
    void operator()(const payload::ParentDeathSignalSet& set);
    void operator()(const payload::ParentThreadEnded& ended);
    void operator()(const payload::PidNamespaceSeen& seen);

    // eventfoldsignals.cpp: signals and the calls that send them
    void operator()(const payload::SignalDelivered& delivered);
    void operator()(const payload::KillRequested& requested);
    void operator()(const payload::KillReturned& returned);

    // eventfoldobjects.cpp: Process objects and what becomes of them
    void operator()(const payload::ObjectMade& made);
    void operator()(const payload::DaemonSet& set);
    void operator()(const payload::NameSet& set);
    void operator()(const payload::StartCalled& called);
    void operator()(const payload::StartReturned& returned);
    void operator()(const payload::StartRefused& refused);
    void operator()(const payload::Bootstrapped& bootstrapped);
    void operator()(const payload::ObjectClosed& closed);

    // eventfoldruntime.cpp: the interpreter, threads, ends
    void operator()(const payload::InterpreterStarted& started);
    void operator()(const payload::Forked& forked);
    void operator()(const payload::ExceptionRaised& raised);
    void operator()(const payload::TargetEnded& ended);
    void operator()(const payload::MainCodeEnded& ended);
    void operator()(const payload::InterpreterExiting& exiting);
    void operator()(const payload::ChildReaped& reaped);
    void operator()(const payload::ThreadStarted& started);
    void operator()(const payload::ThreadEnded& ended);
    void operator()(const payload::StepReached& step);

    // eventfoldwaits.cpp: waits, the exit sequence, signals that Python sends
    void operator()(const payload::JoinBegun& begun);
    void operator()(const payload::JoinEnded& ended);
    void operator()(const payload::TerminateCalled& called);
    void operator()(const payload::SignalSent& sent);
    void operator()(const payload::RuntimeCall& call);
    void operator()(const payload::ExitSequenceBegun& begun);
    void operator()(const payload::ExitSequenceStep& step);
    void operator()(const payload::ExitSequenceEnded& ended);

private:
    using ObjectFacts = FoldState::ObjectFacts;

    /// The event's own process.
    [[nodiscard]] Process& self() { return at(self_); }
    [[nodiscard]] Process& at(ProcessIndex index);
    /// The process of an id, made at first sight.
    ProcessIndex ensure(ProcessId id);
    std::optional<ProcessIndex> ensure(const std::optional<ProcessId>& id);
    void note(ProcessIndex index);
    void noteSelf() { note(self_); }

    void setParent(ProcessIndex child, std::optional<ProcessIndex> parent);
    void attach(ProcessIndex child);
    void detach(ProcessIndex child);
    void foldPrelude(ProcessIndex interpreter);
    void foldDescendants(ProcessIndex parent, ProcessIndex into);
    void endProcess(ProcessIndex index, std::optional<ExitStatus> status, bool byRuntime);
    void collected(ProcessIndex child, const FoldState::Collected& told);

    /// One for all who execute the same.
    Shared<Image> imageOf(Image image);
    /// From now on, `flag` is what is known of the daemon flag.
    void setFlag(Process& process, std::optional<bool> flag);
    void becomeMain(Process& process, std::string name);
    void becomeHelper(Process& process, std::string name);
    ObjectFacts& object(const ObjectId& id, const std::string& name);
    std::optional<ProcessIndex> childOf(const ObjectId& id);
    void bind(const ObjectId& id, ProcessIndex child, std::optional<ProcessIndex> starter);

    std::size_t beginWait(JoinWait wait);
    void endWait(std::size_t position, bool timedOut);
    void endExitWait();
    std::optional<ProcessIndex> exitChild(const payload::ExitSequenceStep& step);
    void signalTo(ProcessIndex target, SignalFact fact);

    /// Finds the true sender of a delivered signal where its siginfo does not name it.
    void findSender(SignalFact& delivered, bool foreignNumbers);

    // groupcalls.cpp: calls that signal a whole process group
    /// Keeps the call, and joins it to what its group's members are known to have received.
    void groupCall(FoldState::GroupCall call);
    void groupCall(const payload::RuntimeCall& call);
    void groupCall(const payload::KillRequested& request);
    void groupCallReturned(const payload::KillReturned& returned);
    /// A process was ended by a SIGKILL that no call for it alone explains.
    void killedInGroup();
    /// A process has received a signal from `sender`: joins it to a call for a whole group that explains it.
    void received(ProcessIndex target, ProcessIndex sender, int signal, EventTime time);
    void explain(const FoldState::Received& received, const FoldState::GroupCall& call);

    ProcessTree& tree_;
    FoldState& state_;
    const Event& event_;
    ProcessIndex self_ = 0;
};

} // namespace daemonscope
