// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/context.h"
#include "engine/errors.h"
#include "engine/runtime.h"
#include "engine/thread.h"
#include "scenario/run.h"
#include "scenario/runsteps.h"

#include <algorithm>

namespace daemonscope::scenario {

namespace {
using engine::Process;
using engine::Thread;

std::string_view methodWord(Method method)
{
    switch (method) {
    case Method::Spawn:
        return "spawn";
    case Method::ForkServer:
        return "forkserver";
    case Method::Fork:
        break;
    }
    return "fork";
}

/// The context that a step names, or the default one.
engine::Context& contextOf(const std::optional<Method>& method)
{
    return method ? engine::Context::of(methodWord(*method)) : engine::Context::standard();
}

/// A function with its arguments, as a process or thread takes them.
struct Job {
    engine::Target target;
    engine::Arguments args;
};

Job jobOf(const Scenario& scenario, const std::string& function, std::vector<RunValue> given)
{
    Job job;
    const bool plain = std::all_of(given.begin(), given.end(),
        [](const RunValue& variable) { return std::holds_alternative<engine::Value>(variable); });
    if (plain) {
        job.target = targetOf(scenario, function);
        for (RunValue& variable : given)
            job.args.push_back(std::get<engine::Value>(std::move(variable)));
        return job;
    }
    // Processes, threads and files can be handed to what shares or copies this memory, and to nobody else: a target
    // without a name is refused by the other start methods.
    job.target = [&scenario, function, given = std::move(given)] { callFunction(scenario, function, given); };
    return job;
}

engine::ProcessPtr processIn(const RunFrame& frame, const std::string& name, const char* attribute)
{
    return frame.held<Process>(name, attribute);
}

/// Whether the variable holds a thread, which the steps for processes take too.
std::shared_ptr<Thread> threadIn(const RunFrame& frame, const std::string& name)
{
    const auto* thread = std::get_if<std::shared_ptr<Thread>>(&frame.get(name));
    return thread ? *thread : nullptr;
}

template <class T> std::shared_ptr<T> sharedIn(const RunFrame& frame, const std::string& name, const char* attribute)
{
    return frame.held<T>(name, attribute);
}
} // namespace

std::optional<std::chrono::nanoseconds> RunSteps::timeout(const std::optional<Duration>& duration) const
{
    return duration ? std::optional(frame_.duration(*duration)) : std::nullopt;
}

void RunSteps::operator()(const CreateProcess& step)
{
    Job job = jobOf(frame_.scenario(), step.function, frame_.evaluate(step.args));
    engine::ProcessOptions options{
        std::move(job.target), std::move(job.args), step.name ? frame_.text(*step.name) : std::string(), step.daemon};
    frame_.set(step.variable, contextOf(step.context).process(std::move(options)));
}

void RunSteps::operator()(const CreateThread& step)
{
    Job job = jobOf(frame_.scenario(), step.function, frame_.evaluate(step.args));
    frame_.set(step.variable,
        std::make_shared<Thread>(engine::ThreadOptions{std::move(job.target), std::move(job.args),
            step.name ? frame_.text(*step.name) : std::string(), step.daemon}));
}

void RunSteps::operator()(const Start& step)
{
    if (const auto thread = threadIn(frame_, step.variable))
        thread->start();
    else
        processIn(frame_, step.variable, "start")->start();
}

void RunSteps::operator()(const Join& step)
{
    const auto limit = timeout(step.timeout);
    if (const auto thread = threadIn(frame_, step.variable))
        thread->join(limit);
    else if (const auto process = processIn(frame_, step.variable, "join"); limit)
        process->join(*limit);
    else
        process->join();
}

void RunSteps::operator()(const Terminate& step)
{
    processIn(frame_, step.variable, "terminate")->terminate();
}

void RunSteps::operator()(const Kill& step)
{
    processIn(frame_, step.variable, "kill")->kill();
}

void RunSteps::operator()(const Close& step)
{
    const RunValue& variable = frame_.get(step.variable);
    if (const auto* file = std::get_if<engine::TextFilePtr>(&variable)) {
        (*file)->close();
        return;
    }
    if (const auto* value = std::get_if<engine::Value>(&variable)) {
        if (const auto* queue = std::get_if<std::shared_ptr<engine::Queue>>(&value->content())) {
            (*queue)->close();
            return;
        }
    }
    processIn(frame_, step.variable, "close")->close();
}

void RunSteps::operator()(const SetDaemon& step)
{
    if (step.variable.empty())
        engine::currentProcess()->setDaemon(step.daemon);
    else if (const auto thread = threadIn(frame_, step.variable))
        thread->setDaemon(step.daemon);
    else
        processIn(frame_, step.variable, "daemon")->setDaemon(step.daemon);
}

void RunSteps::operator()(const SetStartMethod& step)
{
    engine::setStartMethod(methodWord(step.method));
}

void RunSteps::operator()(const Exit& step)
{
    const RunValue status = frame_.evaluate(step.status);
    if (const auto* value = std::get_if<engine::Value>(&status))
        engine::exitWith(*value);
    engine::exit(shown(status));
}

void RunSteps::operator()(const OsExit& step)
{
    engine::osExit(static_cast<int>(step.status & 0xff));
}

void RunSteps::operator()(const Raise& step)
{
    raiseNamed(step.type, frame_.text(step.message));
}

void RunSteps::operator()(const MakeShared& step)
{
    engine::Context& context = contextOf(step.context);
    switch (step.kind) {
    case MakeShared::Kind::Lock:
        frame_.set(step.variable, engine::Value(context.lock()));
        break;
    case MakeShared::Kind::Event:
        frame_.set(step.variable, engine::Value(context.event()));
        break;
    case MakeShared::Kind::Queue:
        frame_.set(step.variable, engine::Value(context.queue()));
        break;
    }
}

void RunSteps::operator()(const Acquire& step)
{
    const bool taken = sharedIn<engine::Lock>(frame_, step.lock, "acquire")->acquire(timeout(step.timeout));
    frame_.set(step.result, engine::Value(taken));
}

void RunSteps::operator()(const Release& step)
{
    sharedIn<engine::Lock>(frame_, step.lock, "release")->release();
}

void RunSteps::operator()(const WithLock& step)
{
    const auto lock = sharedIn<engine::Lock>(frame_, step.lock, "__enter__");
    lock->acquire();
    try {
        run(step.steps);
    } catch (...) {
        lock->release();
        throw;
    }
    lock->release();
}

void RunSteps::operator()(const SetEvent& step)
{
    sharedIn<engine::Event>(frame_, step.event, "set")->set();
}

void RunSteps::operator()(const WaitEvent& step)
{
    const bool wasSet = sharedIn<engine::Event>(frame_, step.event, "wait")->wait(timeout(step.timeout));
    frame_.set(step.result, engine::Value(wasSet));
}

void RunSteps::operator()(const Put& step)
{
    const RunValue given = frame_.evaluate(step.value);
    const auto* value = std::get_if<engine::Value>(&given);
    if (!value)
        throw engine::TypeError("cannot pickle '" + typeName(given) + "' object");
    sharedIn<engine::Queue>(frame_, step.queue, "put")->put(*value);
}

void RunSteps::operator()(const Get& step)
{
    frame_.set(step.result, sharedIn<engine::Queue>(frame_, step.queue, "get")->get());
}

} // namespace daemonscope::scenario
