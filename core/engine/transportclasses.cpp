// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transportclasses.h"

#include <map>
#include <mutex>

namespace daemonscope::engine {
namespace {

using ProcessFactory = ProcessPtr (*)();

// Functions, not objects: classes are registered while other static objects are being made.
std::mutex& classesMutex()
{
    static auto* mutex = new std::mutex;
    return *mutex;
}
std::map<std::string, ProcessFactory>& processClasses()
{
    static auto* classes = new std::map<std::string, ProcessFactory>;
    return *classes;
}

ProcessFactory factoryOf(const std::string& name)
{
    const std::lock_guard lock(classesMutex());
    const auto found = processClasses().find(name);
    return found == processClasses().end() ? nullptr : found->second;
}

} // namespace

void registerProcessClass(std::string name, ProcessPtr (*factory)())
{
    const std::lock_guard lock(classesMutex());
    processClasses()[std::move(name)] = factory;
}

ProcessPtr makeRegistered(const std::string& name)
{
    const ProcessFactory factory = factoryOf(name);
    return factory ? factory() : nullptr;
}

bool isRegistered(const std::string& name)
{
    return factoryOf(name) != nullptr;
}

} // namespace daemonscope::engine
