// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/target.h"
#include "engine/forkpath.h"

#include <map>
#include <mutex>

namespace daemonscope::engine {
namespace {

// Functions, not objects: targets are registered while other static objects are being made.
DAEMONSCOPE_IN_EACH_FORK std::mutex& registryMutex()
{
    static constinit std::mutex mutex;
    return mutex;
}
DAEMONSCOPE_IN_EACH_FORK std::map<std::string, Target>& registry()
{
    static auto* targets = new std::map<std::string, Target>;
    return *targets;
}
DAEMONSCOPE_IN_EACH_FORK std::function<Target(const std::string&)>& registryResolver()
{
    static auto* resolver = new std::function<Target(const std::string&)>;
    return *resolver;
}

} // namespace

Target registerTarget(std::string name, Target::Function function)
{
    Target target(name, std::move(function));
    const std::lock_guard lock(registryMutex());
    registry()[std::move(name)] = target;
    return target;
}

DAEMONSCOPE_IN_EACH_FORK Target findTarget(const std::string& name)
{
    std::function<Target(const std::string&)> resolver;
    {
        const std::lock_guard lock(registryMutex());
        if (const auto found = registry().find(name); found != registry().end())
            return found->second;
        resolver = registryResolver();
    }
    return resolver ? resolver(name) : Target();
}

void setTargetResolver(std::function<Target(const std::string& name)> resolver)
{
    const std::lock_guard lock(registryMutex());
    registryResolver() = std::move(resolver);
}

} // namespace daemonscope::engine
