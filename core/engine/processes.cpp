// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/state.h"

#include <unistd.h>

#include <mutex>
#include <utility>

// The processes around this one: its children, its parent, itself.
namespace daemonscope::engine {

DAEMONSCOPE_IN_EACH_FORK void reapEndedChildren()
{
    RuntimeState& runtime = state();
    if (isOnlyThread() && runtime.children.empty())
        return;
    const std::lock_guard lock(runtime.mutex);
    std::erase_if(runtime.children,
        [](const ProcessPtr& child) { return child->body().popen && child->body().popen->poll(false).has_value(); });
}

ProcessPtr currentProcess()
{
    return state().current;
}

DAEMONSCOPE_IN_EACH_FORK std::vector<ProcessPtr> activeChildren()
{
    reapEndedChildren();
    RuntimeState& runtime = state();
    if (isOnlyThread() && runtime.children.empty())
        return {};
    const std::lock_guard lock(runtime.mutex);
    return {runtime.children.begin(), runtime.children.end()};
}

std::shared_ptr<ParentProcess> parentProcess()
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    if (!runtime.parent && runtime.parentSentinel >= 0) {
        const ProcessBody& body = runtime.current->body();
        runtime.parent =
            std::make_shared<ParentProcess>(body.parentName, body.parentPid, std::exchange(runtime.parentSentinel, -1));
    }
    return runtime.parent;
}

ParentProcess::ParentProcess(std::string name, int pid, int sentinel)
    : name_(std::move(name))
    , pid_(pid)
    , sentinel_(sentinel)
{
}

ParentProcess::~ParentProcess()
{
    ::close(sentinel_);
}

bool ParentProcess::isAlive() const
{
    return !waitReadable(sentinel_, std::chrono::nanoseconds(0));
}

void ParentProcess::terminate() const
{
    throw AttributeError("'NoneType' object has no attribute 'terminate'");
}

void ParentProcess::kill() const
{
    throw AttributeError("'NoneType' object has no attribute 'kill'");
}

void ParentProcess::join(std::optional<std::chrono::nanoseconds> timeout) const
{
    waitReadable(sentinel_, timeout);
}

} // namespace daemonscope::engine
