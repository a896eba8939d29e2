// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

namespace daemonscope {

void EventFold::operator()(const payload::InterpreterStarted& started)
{
    Process& process = self();
    const bool first = !process.interpreterStarted;
    process.interpreterStarted = event_.time;
    process.pythonVersion = started.version;
    if (!started.argv.empty() && process.execs.empty() && process.role != Role::Child)
        process.command = started.argv;
    if (process.executable.empty())
        process.executable = started.executable;
    noteSelf();
    if (started.role == "tracker")
        becomeHelper(process, "resource tracker");
    else if (started.role == "forkserver")
        becomeHelper(process, "fork server");
    else if (started.role == "main") {
        becomeMain(process, "MainProcess");
        if (first && process.role == Role::Main)
            foldPrelude(self_);
    }
}

void EventFold::operator()(const payload::Forked&)
{
    Process& process = self();
    noteSelf();
    if (process.role != Role::Program)
        return;
    if (process.kernelParent)
        process.name = "fork of " + at(*process.kernelParent).name;
    else
        process.name = "fork of a Python process";
}

void EventFold::operator()(const payload::ExceptionRaised& raised)
{
    self().exception = raised;
    self().exceptionTime = event_.time;
    noteSelf();
}

void EventFold::operator()(const payload::TargetEnded& ended)
{
    self().targetEnded = event_.time;
    self().targetCode = ended.code;
    noteSelf();
}

void EventFold::operator()(const payload::MainCodeEnded&)
{
    self().mainCodeEnded = event_.time;
    noteSelf();
}

void EventFold::operator()(const payload::InterpreterExiting& exiting)
{
    if (!exiting.exceptionType.empty() && !self().exception) {
        self().exception = payload::ExceptionRaised{exiting.exceptionType, exiting.message, {}};
        self().exceptionTime = event_.time;
    }
    noteSelf();
}

void EventFold::operator()(const payload::ChildReaped& reaped)
{
    const std::optional<ProcessIndex> child = ensure(reaped.child);
    if (!child || (tree_.program_ && tree_.program_->kernelWitness))
        return; // the kernel says it itself, and Python's code may be a stand-in (255 when a fork server died)
    const bool bySignal = reaped.code < 0;
    endProcess(*child, bySignal ? ExitStatus::signal(Signal(-reaped.code)) : ExitStatus::code(reaped.code), true);
    Process& process = at(*child);
    if (!process.reaped && process.startMethod != StartMethod::Forkserver) {
        process.reaped = event_.time;
        process.reapedBy = self_;
    }
}

void EventFold::operator()(const payload::ThreadStarted& started)
{
    Process& process = self();
    state_.openThreads[{self_, started.ident}] = process.threads.size();
    process.threads.push_back({started.name, started.daemon, started.ident, event_.time, std::nullopt});
    noteSelf();
}

void EventFold::operator()(const payload::ThreadEnded& ended)
{
    const auto open = state_.openThreads.find({self_, ended.ident});
    if (open == state_.openThreads.end())
        return;
    self().threads.at(open->second).ended = event_.time;
    state_.openThreads.erase(open);
    noteSelf();
}

} // namespace daemonscope
