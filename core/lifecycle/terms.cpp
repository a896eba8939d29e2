// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/terms.h"

#include "lifecycle/visibletext.h"

namespace daemonscope::terms {
namespace {

constexpr std::size_t kMaximumName = 60;

} // namespace

std::string waitsFor(const std::string& name)
{
    return std::string(kWaits) + " " + name;
}

std::string ended(const std::optional<ExitStatus>& exit)
{
    if (!exit)
        return "ended";
    if (exit->bySignal())
        return "killed by " + exit->signal().name();
    return "finished, exit " + std::to_string(exit->exitCode());
}

std::string signalAndNumber(Signal signal)
{
    const std::string name = signal.name();
    const std::string number = std::to_string(signal.number());
    return name.starts_with("SIG") ? name + " (" + number + ")" : name;
}

std::string spellings(ExitStatus exit, Runtime runtime)
{
    const int code = exit.pythonCode();
    return std::string(noun(runtime)) + ": " + (code < 0 ? "−" + std::to_string(-code) : std::to_string(code))
        + ", shell: " + std::to_string(exit.shellCode());
}

const char* actor(Runtime runtime)
{
    return runtime == Runtime::Engine ? "the engine" : "Python";
}

const char* noun(Runtime runtime)
{
    return runtime == Runtime::Engine ? "engine" : "Python";
}

Runtime runtimeAbout(const ProcessTree& tree, const Process& process)
{
    const Process* above = &process;
    while (above->role == Role::Program && above->parent)
        above = &tree.at(*above->parent);
    return above->runtime;
}

const char* kind(Role role, std::optional<bool> daemon)
{
    switch (role) {
    case Role::Main:
        return daemon.value_or(false) ? kMainDaemon : kMain;
    case Role::Child:
        return daemon.value_or(false) ? kDaemon : kNonDaemon;
    case Role::Helper:
        return kHelper;
    case Role::Program:
        break;
    }
    return kProgram;
}

std::string name(const Process& process)
{
    if (process.name.empty())
        return "process " + std::to_string(process.id.pid);
    return visibleText(process.name, kMaximumName);
}

std::string nameBeside(const Process& process, const Process& beside)
{
    const bool same = process.index != beside.index && process.name == beside.name;
    return same ? name(process) + " (pid " + std::to_string(process.id.pid) + ")" : name(process);
}

std::string nameAndKind(const Process& process)
{
    switch (process.role) {
    case Role::Child:
        return name(process) + " (" + kind(process.role, daemonFlag(process)) + ")";
    case Role::Helper:
        return name(process) + " (" + kHelper + ")";
    case Role::Main:
    case Role::Program:
        break;
    }
    return name(process);
}

std::string count(std::size_t number, const char* singular, const char* plural)
{
    return std::to_string(number) + " " + (number == 1 ? singular : plural);
}

} // namespace daemonscope::terms
