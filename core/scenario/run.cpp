// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/run.h"

#include "engine/errors.h"
#include "engine/runtime.h"
#include "engine/signals.h"
#include "engine/sync.h"
#include "scenario/runsteps.h"
#include "scenario/writing.h"

namespace daemonscope::scenario {

namespace {
/// Calls within calls that a thread's stack has room for, also with every level in a block of a block.
constexpr int kDeepestCall = 200;

class CallDepth {
public:
    CallDepth()
    {
        if (depth_ >= kDeepestCall)
            throw engine::Exception("RecursionError", "maximum recursion depth exceeded");
        ++depth_;
    }
    ~CallDepth() { --depth_; }
    CallDepth(const CallDepth&) = delete;
    CallDepth& operator=(const CallDepth&) = delete;

private:
    static thread_local int depth_;
};
thread_local int CallDepth::depth_ = 0;
} // namespace

void callFunction(const Scenario& scenario, const std::string& name, std::vector<RunValue> arguments)
{
    const CallDepth depth;
    const Function* const function = name == scenario.main.name ? &scenario.main : scenario.function(name);
    if (!function)
        throw engine::AttributeError("module '__main__' has no attribute '" + name + "'");
    RunFrame frame(scenario, *function, std::move(arguments));
    RunSteps(frame).run(function->steps);
}

void runFunction(const Scenario& scenario, const std::string& name, const engine::Arguments& arguments)
{
    callFunction(scenario, name, {arguments.begin(), arguments.end()});
}

void runProgram(const Scenario& scenario)
{
    runFunction(scenario, scenario.main.name, {});
}

bool replaceStartMethod(Scenario& scenario, Method method)
{
    const Step* const found = startMethodStep(scenario);
    if (!found)
        return false;
    // It is a step of a scenario that may be changed here.
    std::get<SetStartMethod>(const_cast<Step*>(found)->action).method =
        method; // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return true;
}

engine::Target targetOf(const Scenario& scenario, const std::string& name)
{
    if (!scenario.function(name))
        return {};
    return {name, [&scenario, name](const engine::Arguments& given) { runFunction(scenario, name, given); }};
}

void RunSteps::run(const Steps& steps)
{
    for (const Step& step : steps) {
        engine::checkSignals();
        const engine::SourceScope place(frame_.scenario().file, step.position.line);
        engine::reportStep(frame_.scenario().file, step.position.line);
        std::visit(*this, step.action);
    }
}

void RunSteps::operator()(const Repeat& step)
{
    const std::int64_t from = frame_.integer(step.from);
    const std::int64_t to = frame_.integer(step.to);
    for (std::int64_t i = from; i <= to; ++i) {
        frame_.set(step.variable, engine::Value(i));
        run(step.steps);
        if (i == to)
            break; // the last number there is has no successor
    }
}

void RunSteps::operator()(const Forever& step)
{
    for (;;) {
        run(step.steps);
        engine::checkSignals(); // there may be no step in it
    }
}

void RunSteps::operator()(const RepeatUntilSet& step)
{
    const auto event = frame_.held<engine::Event>(step.event, "wait");
    while (!event->wait(frame_.duration(step.every)))
        run(step.steps);
}

void RunSteps::operator()(const Try& step)
{
    std::string caught;
    // Not SystemExit and KeyboardInterrupt: these are no std::exception, as they are no Exception in Python.
    try {
        run(step.steps);
        return;
    } catch (const engine::Exception& error) {
        caught = error.typeName() + ": " + error.message();
    } catch (const std::exception& error) {
        caught = std::string("RuntimeError: ") + error.what();
    }
    // Out of the handler, so that what is raised or forked here has no other exception in flight.
    std::swap(frame_.error, caught);
    run(step.caught);
    std::swap(frame_.error, caught);
}

void RunSteps::operator()(const Call& step)
{
    callFunction(frame_.scenario(), step.function, frame_.evaluate(step.args));
}

} // namespace daemonscope::scenario
