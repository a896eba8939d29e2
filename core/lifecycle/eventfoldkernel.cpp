// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include "lifecycle/commandname.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <string_view>
#include <utility>

namespace daemonscope {

void EventFold::operator()(const payload::Born& born)
{
    Process& process = self();
    if (!state_.unborn[static_cast<std::size_t>(self_)])
        return; // born once
    state_.unborn[static_cast<std::size_t>(self_)] = false;
    process.born = event_.time;
    const std::optional<ProcessIndex> parent = ensure(born.parent);
    Process& child = self();
    if (parent && *parent < self_) {
        child.kernelParent = parent;
        const Process& forker = at(*parent);
        child.forkerName = forker.name;
        if (child.image->command.empty()) {
            // A fork without an exec goes on as the same program.
            child.image = forker.image;
            child.runtime = forker.runtime;
            if (child.role == Role::Program && !child.image->command.empty())
                child.name = commandName(child.image->command);
        }
        if (!child.parent)
            setParent(self_, parent);
    } else if (child.image->command.empty() && tree_.program_ && self_ == 0) {
        child.image = imageOf({tree_.program_->argv, child.image->executable, tree_.program_->workingDirectory});
        if (child.role == Role::Program && !child.image->command.empty())
            child.name = commandName(child.image->command);
    }
    noteSelf();
}

Shared<Image> EventFold::imageOf(Image image)
{
    // Programs are executed again and again; a few of the latest are enough to find most of them.
    std::size_t hash = std::hash<std::string_view>{}(image.executable);
    for (const std::string& word : image.command)
        hash = hash * 31 + std::hash<std::string_view>{}(word);
    Shared<Image>& known = state_.recentImages.at(hash % state_.recentImages.size());
    if (*known != image)
        known = Shared<Image>(std::move(image));
    return known;
}

void EventFold::operator()(const payload::Executed& executed)
{
    Process& process = self();
    process.execs.push_back(event_.time);
    if (!process.told->place.empty())
        process.told.edit().place.clear();
    const Image& before = *process.image;
    process.image = imageOf({executed.argv.empty() ? before.command : executed.argv,
        executed.executable.empty() ? before.executable : executed.executable,
        executed.workingDirectory.empty() ? before.workingDirectory : executed.workingDirectory});
    noteSelf();
    // A multiprocessing child stays its parent's Process object whatever it executes.
    if (process.role == Role::Child)
        return;
    const std::string helper = helperName(executed.argv);
    if (!helper.empty()) {
        becomeHelper(process, helper);
        return;
    }
    if (process.role == Role::Main) {
        // Another program from now on; if that has a runtime too, the runtime will say so.
        setFlag(process, std::nullopt);
        process.daemon.reset();
        process.daemonOrigin.reset();
    }
    process.role = Role::Program;
    process.runtime = Runtime::Python;
    if (std::string name = commandName(process.image->command); !name.empty())
        process.name = std::move(name);
}

void EventFold::operator()(const payload::Stopped&)
{
    self().stops.push_back({event_.time, true});
    noteSelf();
}

void EventFold::operator()(const payload::Continued&)
{
    self().stops.push_back({event_.time, false});
    noteSelf();
}

void EventFold::operator()(const payload::Exited& exited)
{
    std::optional<ExitStatus> status;
    if (!exited.statusUnknown)
        status = exited.bySignal ? ExitStatus::signal(Signal(exited.code), exited.coreDumped)
                                 : ExitStatus::code(exited.code);
    Process& process = self();
    // The end of a process that is no child of the recorder's comes without them, or with what /proc said last of its
    // CPU time.
    if (exited.usageAtEnd) {
        process.cpuNs = exited.cpuNs;
        process.maxRssBytes = std::max(process.maxRssBytes, exited.maxRssBytes);
        process.usageAtEnd = true;
    } else {
        process.cpuNs = std::max(process.cpuNs, exited.cpuNs);
    }
    endProcess(self_, status, false);
    if (auto told = state_.collectedEarly.extract(self_)) {
        told.mapped().time = std::max(told.mapped().time, event_.time);
        collected(self_, told.mapped());
    }

    if (status == ExitStatus::signal(Signal{SIGKILL}))
        killedInGroup();
}

void EventFold::operator()(const payload::Reparented& reparented)
{
    self().rare.edit().adoption = Adoption{event_.time, ensure(reparented.adopter), reparented.adopterPid};
    noteSelf();
}

void EventFold::operator()(const payload::Reaped& reaped)
{
    Process& process = self();
    if (process.reapedByKernel)
        return; // collected once
    const std::optional<ProcessIndex> by = ensure(reaped.by);
    Process& child = self();
    const bool told = child.reapedByRuntime; // and by whom, too
    child.reapedByKernel = true;
    child.reapDiscarded = reaped.discarded;
    child.reaperUnknown = reaped.byUnknown && !told;
    if (!told || event_.time < *child.reaped)
        child.reaped = event_.time;
    if (!reaped.byUnknown)
        child.reapedBy = by;
    noteSelf();
}

void EventFold::operator()(const payload::ParentDeathSignalSet& set)
{
    self().rare.edit().parentDeathSignals.push_back({event_.time, set.signal});
    noteSelf();
}

void EventFold::operator()(const payload::ParentThreadEnded&)
{
    self().rare.edit().parentThreadEnded = event_.time;
    noteSelf();
}

void EventFold::operator()(const payload::PidNamespaceSeen& seen)
{
    const std::optional<ProcessIndex> leader = ensure(seen.leader);
    self().rare.edit().pidSpace = seen.space;
    self().rare.edit().pidSpaceLeader = leader;
    noteSelf();
}

} // namespace daemonscope
