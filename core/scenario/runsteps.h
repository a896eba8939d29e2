// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/runframe.h"
#include "scenario/scenario.h"

#include <string>
#include <vector>

/// Internal to the interpreter: takes the steps of one call of a function, one operator() for each kind of step.
namespace daemonscope::scenario {

class RunSteps {
public:
    explicit RunSteps(RunFrame& frame)
        : frame_(frame)
    {
    }
    /// Each step is told to daemonscope before it is taken, and signal handlers run between them, as between Python's
    /// instructions.
    void run(const Steps& steps);

    // Runs of steps.
    void operator()(const Repeat& step);
    void operator()(const Forever& step);
    void operator()(const RepeatUntilSet& step);
    void operator()(const Try& step);
    void operator()(const WithLock& step);
    void operator()(const Call& step);
    void operator()(const Comment&) { }

    // Processes and threads.
    void operator()(const CreateProcess& step);
    void operator()(const CreateThread& step);
    void operator()(const Start& step);
    void operator()(const Join& step);
    void operator()(const Terminate& step);
    void operator()(const Kill& step);
    void operator()(const Close& step);
    void operator()(const SetDaemon& step);
    void operator()(const SetStartMethod& step);
    void operator()(const Exit& step);
    void operator()(const OsExit& step);
    void operator()(const Raise& step);

    // What is shared.
    void operator()(const MakeShared& step);
    void operator()(const Acquire& step);
    void operator()(const Release& step);
    void operator()(const SetEvent& step);
    void operator()(const WaitEvent& step);
    void operator()(const Put& step);
    void operator()(const Get& step);

    // The operating system.
    void operator()(const Print& step);
    void operator()(const Sleep& step);
    void operator()(const OnSignal& step);
    void operator()(const SendSignal& step);
    void operator()(const OpenFile& step);
    void operator()(const WriteFile& step);
    void operator()(const CountLines& step);
    void operator()(const RawFork& step);
    void operator()(const Daemonize& step);
    void operator()(const RunCommand& step);

private:
    [[nodiscard]] std::optional<std::chrono::nanoseconds> timeout(const std::optional<Duration>& duration) const;
    RunFrame& frame_;
};

/// Calls a function; `arguments` may hold more than a process can be given. Throws RecursionError for calls that are
/// too deep.
void callFunction(const Scenario& scenario, const std::string& name, std::vector<RunValue> arguments);

} // namespace daemonscope::scenario
