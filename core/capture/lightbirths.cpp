// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The light witness's first stage: whom each event is about. A pid says so only at the place where it stands in the
// stream, as the kernel uses it again; so this is done in order and at once, whoever needs it, and the slow rest later.

#include "capture/lightwitness.h"

#include "os/clock.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <utility>

namespace daemonscope {

void LightWitness::catchUp()
{
    bool someToTell = false;
    {
        const std::lock_guard lock{mutex_};
        take();
        someToTell = !queue_.empty();
    }
    if (someToTell)
        poller_.wake();
}

Outcome LightWitness::add(ProcessId process, bool launched)
{
    take(); // what was told before is not about it
    if (Outcome added = source_->add(process.pid); !added.ok())
        return added;
    Followed followed;
    followed.id = process;
    if (!tellsStatus_)
        followed.handle = openPidfd(process.pid);
    followed.seen = sinceBoot();
    const auto stat = readProcStat(process.pid);
    followed.parentPid = stat.ok() ? stat.value().parentPid : 0;
    followed.threads = {process.pid};
    for (const std::int32_t thread : threadsOf(process.pid))
        followed.threads.insert(thread);
    followed.launched = launched;
    live_.insert_or_assign(process.pid, std::move(followed));
    return Done{};
}

void LightWitness::take()
{
    std::vector<TaskEvent> events;
    source_->read(events);
    bool lost = false;
    for (const TaskEvent& event : events) {
        switch (event.kind) {
        case TaskEvent::Kind::Fork:
            onFork(event);
            break;
        case TaskEvent::Kind::Exec:
            if (const auto process = live_.find(event.pid); process != live_.end()) {
                // All other threads are gone, and the one that called exec has the process's number now (execve(2)).
                process->second.threads = {event.pid};
                goesOn(process->second, event.time);
                Told told;
                told.kind = Told::Kind::Executed;
                told.process = process->second.id;
                told.seen = process->second.seen;
                told.time = event.time;
                told.name = event.name;
                told.keepsCommand = std::exchange(process->second.launched, false);
                queue_.push_back(std::move(told));
            }
            break;
        case TaskEvent::Kind::Exit:
            onExit(event);
            break;
        case TaskEvent::Kind::Lost:
            lost = true;
            break;
        }
    }
    if (!lost || live_.empty())
        return;
    recording_.append({monotonicNow(), {}, Witness::Recorder,
        payload::Lost{"some births, execs and ends of processes",
            std::string{"the kernel told more of them over "} + source_->name()
                + " than its queue could hold; who was born and who ended meanwhile was looked up afterwards"}});
    endThose(thoseGone());
    findThoseMissed();
}

void LightWitness::onFork(const TaskEvent& event)
{
    if (event.pid != event.tid) {
        if (const auto process = live_.find(event.pid); process != live_.end())
            process->second.threads.insert(event.tid);
        return;
    }
    // The launcher makes no more children itself: one that it gets was made by its child, with CLONE_PARENT.
    if (live_.contains(event.parentPid) || (launcher_ != 0 && event.parentPid == launcher_))
        addProcess(event.pid, event.parentPid, event.time);
    if (const auto parent = live_.find(event.parentPid); parent != live_.end())
        goesOn(parent->second, event.time);
}

void LightWitness::onExit(const TaskEvent& event)
{
    const auto process = live_.find(event.pid);
    if (process == live_.end() || process->second.threads.erase(event.tid) == 0)
        return;
    // The first thread's end is not the process's: the last one's is, and its status.
    if (process->second.threads.empty())
        endProcess(event.pid, event.time, event.status, event.parentPid);
}

void LightWitness::addProcess(std::int32_t pid, std::int32_t parentPid, EventTime time)
{
    if (live_.contains(pid))
        endProcess(pid, time, std::nullopt); // its end was lost, or its pid were not free
    Followed process;
    process.id = processes_.announced(pid);
    process.parentPid = parentPid;
    process.seen = sinceBoot();
    process.threads = {pid};
    if (!tellsStatus_)
        process.handle = openPidfd(pid);
    if (launcher_ == 0)
        processes_.setLetGo(pid);
    if (!source_->tellsBirths()) [[maybe_unused]]
        const Outcome added = source_->add(pid); // else its end is looked for
    std::optional<ProcessId> parent;
    if (const auto found = live_.find(parentPid); found != live_.end()) {
        parent = found->second.id;
        catchUpWithExecs(*parent);
        found->second.children.insert(pid);
    }
    recording_.append({time, process.id, Witness::Kernel, payload::Born{parent, payload::Born::How::Unknown, 0}});
    live_.insert_or_assign(pid, std::move(process));
}

void LightWitness::catchUpWithExecs(ProcessId process)
{
    std::erase_if(queue_, [&](const Told& told) {
        if (told.kind != Told::Kind::Executed || told.process != process)
            return false;
        tellExecuted(told);
        return true;
    });
}

void LightWitness::endProcess(std::int32_t pid, EventTime time, std::optional<ExitStatus> status, std::int32_t parent)
{
    auto node = live_.extract(pid);
    Followed& process = node.mapped();
    if (const auto former = live_.find(process.parentPid); former != live_.end())
        former->second.children.erase(pid);
    Told told;
    told.kind = Told::Kind::Ended;
    told.process = process.id;
    told.seen = process.seen;
    told.time = time;
    told.formerParent = process.parentPid;
    told.parent = parent;
    if (const auto found = live_.find(parent); found != live_.end())
        told.parentId = found->second.id;
    told.status = status;
    told.handle = std::move(process.handle);
    queue_.push_back(std::move(told));
    for (const std::int32_t child : process.children) {
        const auto orphan = live_.find(child);
        if (orphan == live_.end())
            continue;
        Told lost;
        lost.kind = Told::Kind::LostParent;
        lost.process = orphan->second.id;
        lost.seen = orphan->second.seen;
        lost.time = time;
        lost.formerParent = pid;
        queue_.push_back(std::move(lost));
    }
}

std::vector<LightWitness::Gone> LightWitness::thoseGone() const
{
    std::vector<Gone> gone;
    for (const auto& [pid, process] : live_) {
        const auto stat = readProcStat(pid);
        if (!stat.ok()) {
            gone.push_back({process.id, std::nullopt});
            continue;
        }
        const bool dead = stat.value().state == 'Z' && stat.value().threads <= 1;
        const bool another = startOf(stat.value()) > process.seen;
        if (dead || another)
            gone.push_back({process.id, another ? std::nullopt : statusOfZombie(pid)});
    }
    return gone;
}

void LightWitness::endThose(const std::vector<Gone>& gone)
{
    for (const auto& [process, status] : gone) {
        if (const auto followed = live_.find(process.pid); followed != live_.end() && followed->second.id == process)
            endProcess(process.pid, monotonicNow(), status);
    }
}

void LightWitness::goesOn(Followed& process, EventTime time)
{
    if (std::exchange(process.stopped, false))
        recording_.append({time, process.id, Witness::Kernel, payload::Continued{}});
}

void LightWitness::findThoseGoingOn()
{
    for (auto& [pid, process] : live_) {
        if (!process.stopped)
            continue;
        if (const auto stat = readProcStat(pid); stat.ok() && stat.value().state != 'T')
            goesOn(process, monotonicNow());
    }
}

void LightWitness::findThoseMissed()
{
    const std::vector<std::int32_t> all = runningProcesses();
    // A parent may come after its child in the list; then one more round finds the child.
    for (bool found = true; found;) {
        found = false;
        for (const std::int32_t pid : all) {
            // Beside a tracer, the other processes of the recording are its.
            if (live_.contains(pid) || (launcher_ == 0 && processes_.isAnnounced(pid)))
                continue;
            const auto stat = readProcStat(pid);
            if (!stat.ok() || stat.value().state == 'Z' || !live_.contains(stat.value().parentPid))
                continue;
            addProcess(pid, stat.value().parentPid, monotonicNow());
            for (const std::int32_t thread : threadsOf(pid))
                live_.at(pid).threads.insert(thread);
            found = true;
        }
    }
}

} // namespace daemonscope
