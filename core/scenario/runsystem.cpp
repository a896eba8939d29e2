// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"
#include "engine/runtime.h"
#include "engine/signals.h"
#include "engine/system.h"
#include "os/self.h"
#include "scenario/runsteps.h"

#include <cerrno>
#include <cstdio>

namespace daemonscope::scenario {

namespace {
/// What a copy made by a bare fork does: the function, and nothing of what stands behind the fork.
[[noreturn]] void liveAsCopy(const Scenario& scenario, const std::string& function, std::vector<RunValue> arguments)
{
    callFunction(scenario, function, std::move(arguments));
    engine::osExit(0);
}
} // namespace

void RunSteps::operator()(const Print& step)
{
    std::FILE* const stream = step.toStandardError ? stderr : stdout;
    // In one piece, so that lines of several processes do not mix.
    const std::string line = frame_.text(step.text) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), stream) != line.size() || (step.flush && std::fflush(stream) != 0))
        throw engine::OSError(errno);
}

void RunSteps::operator()(const Sleep& step)
{
    const std::chrono::nanoseconds duration = frame_.duration(step.duration);
    if (duration < std::chrono::nanoseconds::zero())
        throw engine::ValueError("sleep length must be non-negative");
    engine::sleep(duration);
}

void RunSteps::operator()(const OnSignal& step)
{
    const int number = step.signal.number();
    switch (step.action) {
    case OnSignal::Action::Default:
        engine::setSignalDefault(number);
        break;
    case OnSignal::Action::Ignore:
        engine::setSignalIgnored(number);
        break;
    case OnSignal::Action::Call:
        engine::setSignalHandler(number,
            [&scenario = frame_.scenario(), function = step.function](int) { callFunction(scenario, function, {}); });
        break;
    }
}

void RunSteps::operator()(const SendSignal& step)
{
    std::optional<int> pid = daemonscope::currentProcess();
    if (step.to == SendSignal::To::Parent)
        pid = engine::parentPid();
    else if (step.to == SendSignal::To::Process)
        pid = frame_.held<engine::Process>(step.variable, "pid")->pid();
    engine::osKill(pid, step.signal.number());
}

void RunSteps::operator()(const OpenFile& step)
{
    using Mode = engine::TextFile::Mode;
    frame_.set(step.variable, engine::openFile(frame_.text(step.path), step.append ? Mode::Append : Mode::Write));
}

void RunSteps::operator()(const WriteFile& step)
{
    const engine::TextFilePtr file = frame_.held<engine::TextFile>(step.variable, "write");
    file->write(frame_.text(step.text) + "\n");
    if (step.flush)
        file->flush();
}

void RunSteps::operator()(const CountLines& step)
{
    frame_.set(step.variable, engine::Value(engine::countLines(frame_.text(step.path))));
}

void RunSteps::operator()(const RawFork& step)
{
    std::vector<RunValue> arguments = frame_.evaluate(step.args);
    if (engine::osFork() == 0)
        liveAsCopy(frame_.scenario(), step.function, std::move(arguments));
}

void RunSteps::operator()(const Daemonize& step)
{
    std::vector<RunValue> arguments = frame_.evaluate(step.args);
    if (engine::osFork() != 0)
        return;
    engine::setSession();
    if (engine::osFork() != 0)
        engine::osExit(0);
    liveAsCopy(frame_.scenario(), step.function, std::move(arguments));
}

void RunSteps::operator()(const RunCommand& step)
{
    std::vector<std::string> argv;
    for (const Text& word : step.argv)
        argv.push_back(frame_.text(word));
    engine::startCommand(argv);
}

} // namespace daemonscope::scenario
