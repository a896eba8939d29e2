// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/context.h"

#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"

#include <array>
#include <utility>

namespace daemonscope::engine {
namespace {

constexpr std::array<std::pair<std::string_view, StartMethod>, 3> knownMethods{
    std::pair{std::string_view("fork"), StartMethod::Fork},
    std::pair{std::string_view("spawn"), StartMethod::Spawn},
    std::pair{std::string_view("forkserver"), StartMethod::ForkServer},
};

StartMethod methodNamed(std::string_view name)
{
    for (const auto& [known, method] : knownMethods) {
        if (known == name)
            return method;
    }
    throw ValueError("cannot find context for '" + std::string(name) + "'");
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK std::string_view startMethodName(StartMethod method)
{
    for (const auto& [name, known] : knownMethods) {
        if (known == method)
            return name;
    }
    return {};
}

DAEMONSCOPE_IN_EACH_FORK Context& Context::standard()
{
    DAEMONSCOPE_DATA_IN_EACH_FORK static constinit Context context{std::nullopt};
    return context;
}

Context& Context::of(std::string_view method)
{
    return of(methodNamed(method));
}

DAEMONSCOPE_IN_EACH_FORK Context& Context::of(StartMethod method)
{
    DAEMONSCOPE_DATA_IN_EACH_FORK static constinit Context fork{StartMethod::Fork};
    DAEMONSCOPE_DATA_IN_EACH_FORK static constinit Context spawn{StartMethod::Spawn};
    DAEMONSCOPE_DATA_IN_EACH_FORK static constinit Context forkServer{StartMethod::ForkServer};
    switch (method) {
    case StartMethod::Spawn:
        return spawn;
    case StartMethod::ForkServer:
        return forkServer;
    case StartMethod::Fork:
        break;
    }
    return fork;
}

ProcessPtr Context::process(ProcessOptions options, Where where)
{
    auto made = std::make_shared<Process>(std::move(options), where);
    made->body().context = this;
    announce(*made, where);
    return made;
}

std::shared_ptr<Lock> Context::lock()
{
    return std::make_shared<Lock>(startMethod());
}

std::shared_ptr<Event> Context::event()
{
    return std::make_shared<Event>(startMethod());
}

std::shared_ptr<Queue> Context::queue()
{
    return std::make_shared<Queue>(startMethod());
}

DAEMONSCOPE_IN_EACH_FORK StartMethod Context::startMethod()
{
    int settled = method_.load();
    if (settled == unsettled && method_.compare_exchange_strong(settled, static_cast<int>(StartMethod::Fork)))
        return StartMethod::Fork;
    return static_cast<StartMethod>(settled);
}

void Context::setStartMethod(std::string_view method, bool force)
{
    if (this != &standard())
        throw ValueError("cannot set start method of concrete context");
    constexpr auto alreadySet = "context has already been set";
    if (!force && method_.load() != unsettled)
        throw RuntimeError(alreadySet);
    const int chosen = static_cast<int>(methodNamed(method));
    int before = unsettled;
    if (force)
        method_.store(chosen);
    else if (!method_.compare_exchange_strong(before, chosen))
        throw RuntimeError(alreadySet);
}

void setStartMethod(std::string_view method, bool force)
{
    Context::standard().setStartMethod(method, force);
}

DAEMONSCOPE_IN_EACH_FORK StartMethod startMethod()
{
    return Context::standard().startMethod();
}

std::vector<std::string> allStartMethods()
{
    std::vector<std::string> names;
    names.reserve(knownMethods.size());
    for (const auto& [name, method] : knownMethods)
        names.emplace_back(name);
    return names;
}

ProcessPtr process(ProcessOptions options, Where where)
{
    return Context::standard().process(std::move(options), where);
}

} // namespace daemonscope::engine
