// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include <utility>

namespace daemonscope {

void EventFold::operator()(const payload::InterpreterStarted& started)
{
    Process& process = self();
    const bool first = !process.told->interpreterStarted;
    process.told.edit().interpreterStarted = event_.time;
    process.runtime = started.runtime == "daemonscope-engine" ? Runtime::Engine : Runtime::Python;
    process.told.edit().version = started.version;
    Image image = *process.image;
    if (!started.argv.empty() && process.execs.empty() && process.role != Role::Child)
        image.command = started.argv;
    if (image.executable.empty())
        image.executable = started.executable;
    process.image = imageOf(std::move(image));
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
        process.name = "fork of another process"; // no witness of the fork itself
}

void EventFold::operator()(const payload::ExceptionRaised& raised)
{
    self().told.edit().exception = raised;
    self().told.edit().exceptionTime = event_.time;
    noteSelf();
}

void EventFold::operator()(const payload::TargetEnded& ended)
{
    if (!self().told->targetEnded) {
        self().told.edit().targetEnded = event_.time;
        self().told.edit().targetCode = ended.code;
    }
    noteSelf();
}

void EventFold::operator()(const payload::MainCodeEnded&)
{
    if (!self().told->mainCodeEnded)
        self().told.edit().mainCodeEnded = event_.time;
    noteSelf();
}

void EventFold::operator()(const payload::InterpreterExiting& exiting)
{
    if (!exiting.exceptionType.empty() && !self().told->exception) {
        self().told.edit().exception = payload::ExceptionRaised{exiting.exceptionType, exiting.message, {}};
        self().told.edit().exceptionTime = event_.time;
    }
    noteSelf();
}

void EventFold::operator()(const payload::ChildReaped& reaped)
{
    const std::optional<ProcessIndex> child = ensure(reaped.child);
    if (!child)
        return;
    const FoldState::Collected told{self_, event_.time, reaped.code};
    if (tree_.program_ && tree_.program_->kernelWitness && !at(*child).ended)
        state_.collectedEarly[*child] = told;
    else
        collected(*child, told);
}

void EventFold::collected(ProcessIndex child, const FoldState::Collected& told)
{
    Process& process = at(child);
    // With the kernel as a witness an end is what the kernel says: the runtime's code may be a stand-in for a child
    // that lives on (255, when its fork server died). But where the kernel told only that it ended, the runtime says
    // how.
    constexpr int kServerDied = 255;
    const bool kernel = tree_.program_ && tree_.program_->kernelWitness;
    const bool standIn = process.startMethod == StartMethod::Forkserver && told.code == kServerDied;
    if (!kernel || (!process.exit && !standIn))
        endProcess(child, told.code < 0 ? ExitStatus::signal(Signal(-told.code)) : ExitStatus::code(told.code), true);
    // A fork server's children are collected by the server, which tells their parent.
    if (!process.ended || process.startMethod == StartMethod::Forkserver)
        return;
    if (process.reapedByKernel && !process.reaperUnknown && process.reapedBy != told.by)
        return; // another one was quicker
    // Both times are a little late.
    if (!process.reaped || (told.time < *process.reaped && told.time >= *process.ended))
        process.reaped = told.time;
    process.reapedBy = told.by;
    process.reapedByRuntime = true;
    process.reaperUnknown = false;
    note(child);
}

void EventFold::operator()(const payload::ThreadStarted& started)
{
    Process& process = self();
    state_.openThreads[{self_, started.ident}] = process.told->threads.size();
    process.told.edit().threads.push_back({started.name, started.daemon, started.ident, event_.time, std::nullopt});
    noteSelf();
}

void EventFold::operator()(const payload::ThreadEnded& ended)
{
    const auto open = state_.openThreads.find({self_, ended.ident});
    if (open == state_.openThreads.end())
        return;
    self().told.edit().threads.at(open->second).ended = event_.time;
    state_.openThreads.erase(open);
    noteSelf();
}

void EventFold::operator()(const payload::StepReached& step)
{
    // Steps come in masses, and no pane shows the place: nothing that it could do with a note would be worth it.
    if (!step.source.place.empty())
        self().told.edit().place = step.source.place;
}

} // namespace daemonscope
