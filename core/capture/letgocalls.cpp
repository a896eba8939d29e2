// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/letgocalls.h"

#include "capture/pidnamespaces.h"
#include "capture/reopening.h"
#include "capture/seenkill.h"
#include "os/clock.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <algorithm>
#include <utility>

namespace daemonscope {

namespace {

std::int32_t groupOf(std::int32_t tid)
{
    const auto group = readThreadGroup(tid);
    return group.ok() ? group.value() : tid;
}

} // namespace

Result<std::unique_ptr<LetGoCalls>> LetGoCalls::create(
    RecordingWriter& recording, ProcessRegistry& processes, std::function<bool(std::uint64_t inode)> isProgramEnd)
{
    auto poller = Poller::create();
    if (!poller.ok())
        return poller.error();
    std::unique_ptr<LetGoCalls> made{
        new LetGoCalls{recording, processes, std::move(isProgramEnd), std::move(poller).value()}};
    made->thread_ = std::thread{[calls = made.get()] { calls->loop(); }};
    return made;
}

LetGoCalls::LetGoCalls(RecordingWriter& recording, ProcessRegistry& processes,
    std::function<bool(std::uint64_t inode)> isProgramEnd, Poller poller)
    : recording_(recording)
    , processes_(processes)
    , isProgramEnd_(std::move(isProgramEnd))
    , poller_(std::move(poller))
{
}

LetGoCalls::~LetGoCalls()
{
    finish();
}

void LetGoCalls::add(SyscallListener listener)
{
    const int descriptor = listener.descriptor();
    const std::lock_guard lock{mutex_};
    listeners_[descriptor] = std::make_shared<SyscallListener>(std::move(listener));
    poller_.watch(descriptor);
}

void LetGoCalls::loop()
{
    while (!ending_)
        poller_.wait(std::nullopt, [this](int descriptor) { handle(descriptor); });
}

void LetGoCalls::handle(int descriptor)
{
    std::shared_ptr<SyscallListener> listener;
    {
        const std::lock_guard lock{mutex_};
        listener = listeners_.at(descriptor);
    }
    while (const auto call = listener->next()) {
        if (!answer(*listener, *call))
            listener->letPass(*call);
    }
    if (!listener->hungUp())
        return;
    const std::lock_guard lock{mutex_};
    poller_.unwatch(descriptor);
    listeners_.erase(descriptor);
    hungUp_.notify_all();
}

bool LetGoCalls::answer(const SyscallListener& listener, const SyscallListener::Call& call)
{
    if (openCallOf(call.entry.number, call.entry.native) == OpenCall::None) {
        recordKill(listener, call);
        return false;
    }
    const auto reopening = findReopening(call.tid, call.entry, isProgramEnd_);
    return reopening && listener.waits(call) && listener.answerByDuplicate(call, reopening->fd, reopening->closeOnExec);
}

void LetGoCalls::recordKill(const SyscallListener& listener, const SyscallListener::Call& call)
{
    const std::int32_t sender = groupOf(call.tid);
    PidNamespaces spaces; // for this call only: nobody tells this thread in time which pids have got new owners
    auto seen = seeKill(call.tid, call.entry,
        {sender, [&](std::int32_t number) { return spaces.translate(sender, number, processes_.livePids()); }, groupOf,
            [&](std::int32_t group) { return membersOf(sender, group); },
            [this](std::int32_t pid) { return processes_.find(pid); }});
    if (!seen || !listener.waits(call))
        return;
    bool isNew = false;
    const ProcessId caller = processes_.findOrAdd(sender, isNew);
    recording_.append({monotonicNow(), caller, Witness::Kernel, std::move(seen->request)});
}

std::vector<ProcessId> LetGoCalls::membersOf(std::int32_t sender, std::int32_t group) const
{
    std::vector<ProcessId> members;
    for (const LiveProcess& process : processes_.live()) {
        if (group == kEverybody ? process.id.pid != sender : processGroupOf(process.id.pid) == group)
            members.push_back(process.id);
    }
    return members; // they come sorted by serial
}

bool LetGoCalls::waitUntilNobodyCalls(std::chrono::milliseconds limit)
{
    std::unique_lock lock{mutex_};
    return hungUp_.wait_for(lock, limit, [this] { return listeners_.empty(); });
}

void LetGoCalls::finish()
{
    if (!thread_.joinable())
        return;
    ending_ = true;
    poller_.wake();
    thread_.join();
}

} // namespace daemonscope
