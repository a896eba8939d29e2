// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/lightwitness.h"

#include "capture/executedfacts.h"
#include "os/clock.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <algorithm>

namespace daemonscope {

namespace {

/// How often it is looked whether the followed still live: a loss may go unnoticed, and perf leaves processes that gain
/// rights.
constexpr std::chrono::milliseconds kLookInterval{1000};
/// Looking takes at most this part of the time.
constexpr int kLookShare = 20;
/// How long the kernel may take to give an orphan its new parent, and how often it is asked.
constexpr std::chrono::seconds kAdoptionPatience{1};
constexpr std::chrono::milliseconds kAdoptionNap{5};

/// What /proc says of a process that was known at `seen`; nothing if it is gone, also where its pid is another one's.
std::optional<ProcStat> statOf(std::int32_t pid, std::chrono::nanoseconds seen)
{
    auto stat = readProcStat(pid);
    return stat.ok() && startOf(stat.value()) <= seen ? std::optional{std::move(stat).value()} : std::nullopt;
}

/// How a process ended of which the kernel told the end only. It may still be on its way to be a zombie.
std::optional<ExitStatus> findStatus(std::int32_t pid, std::chrono::nanoseconds seen, const UniqueFd& handle)
{
    constexpr std::chrono::milliseconds kPatience{200};
    constexpr std::chrono::milliseconds kNap{1};
    for (const EventTime begin = monotonicNow(); monotonicNow() - begin < kPatience;
         std::this_thread::sleep_for(kNap)) {
        if (!statOf(pid, seen))
            return collectedStatus(handle);
        if (auto status = statusOfZombie(pid))
            return status;
    }
    return std::nullopt;
}

} // namespace

Result<std::unique_ptr<LightWitness>> LightWitness::create(RecordingWriter& recording, ProcessRegistry& processes,
    Callbacks callbacks, std::unique_ptr<TaskEventSource> source)
{
    auto poller = Poller::create();
    if (!poller.ok())
        return poller.error();
    return std::unique_ptr<LightWitness>{
        new LightWitness{recording, processes, std::move(callbacks), std::move(source), std::move(poller).value()}};
}

LightWitness::LightWitness(RecordingWriter& recording, ProcessRegistry& processes, Callbacks callbacks,
    std::unique_ptr<TaskEventSource> source, Poller poller)
    : recording_(recording)
    , processes_(processes)
    , callbacks_(std::move(callbacks))
    , source_(std::move(source))
    , poller_(std::move(poller))
    , tellsStatus_(source_->tellsStatus())
{
    for (const int descriptor : source_->descriptors())
        poller_.watch(descriptor);
    processes_.askBeforeUnknown([this] { catchUp(); });
}

// What could be thrown in it comes from std::thread and std::mutex, of which nothing is to be expected then.
LightWitness::~LightWitness() // NOLINT(bugprone-exception-escape)
{
    processes_.askBeforeUnknown({});
    finish();
}

Outcome LightWitness::follow(ProcessId program)
{
    const std::lock_guard lock{mutex_};
    Outcome added = add(program, true);
    if (added.ok())
        launcher_ = live_.at(program.pid).parentPid;
    return added;
}

Outcome LightWitness::takeOver(ProcessId process, bool stopped)
{
    const std::lock_guard lock{mutex_};
    Outcome added = add(process, false);
    if (added.ok())
        live_.at(process.pid).stopped = stopped;
    return added;
}

void LightWitness::parentEnded(std::int32_t pid, std::int32_t parentPid)
{
    {
        const std::lock_guard lock{mutex_};
        const auto orphan = live_.find(pid);
        if (orphan == live_.end() || orphan->second.parentPid != parentPid)
            return;
        Told lost;
        lost.kind = Told::Kind::LostParent;
        lost.process = orphan->second.id;
        lost.seen = orphan->second.seen;
        lost.time = monotonicNow();
        lost.formerParent = parentPid;
        queue_.push_back(std::move(lost));
    }
    poller_.wake();
}

std::optional<ProcessId> LightWitness::relative(std::int32_t pid) const
{
    return pid > 0 && processes_.lives(pid) ? processes_.find(pid) : std::nullopt;
}

void LightWitness::start()
{
    nextLook_ = monotonicNow() + kLookInterval;
    thread_ = std::thread{[this] { loop(); }};
}

void LightWitness::loop()
{
    while (!ending_) {
        poller_.wait(undecided_.empty() ? kLookInterval : kAdoptionNap, [](int) {});
        {
            const std::lock_guard lock{mutex_};
            take();
        }
        tellAll();
        lookAround();
    }
}

void LightWitness::tellAll()
{
    std::unique_lock lock{mutex_};
    while (!queue_.empty()) {
        Told told = std::move(queue_.front());
        queue_.pop_front();
        if (told.kind == Told::Kind::Executed) {
            tellExecuted(told);
            // Others may want to go on between two.
            lock.unlock();
            lock.lock();
            continue;
        }
        telling_ = true;
        lock.unlock();
        tell(std::move(told));
        lock.lock();
        telling_ = false;
    }
    told_.notify_all();
}

void LightWitness::tell(Told told)
{
    switch (told.kind) {
    case Told::Kind::Executed:
        break; // done already
    case Told::Kind::Ended:
        tellEnded(told);
        break;
    case Told::Kind::LostParent:
        if (!tellNewParent(told))
            undecided_.push_back(std::move(told));
        break;
    }
}

void LightWitness::tellExecuted(const Told& told)
{
    const std::int32_t pid = told.process.pid;
    payload::Executed executed = readExecuted(pid);
    const auto stat = statOf(pid, told.seen);
    if (executed.argv.empty() || !stat) {
        // It has ended. What is left of it, until it is collected, is the kernel's short name.
        std::string name = told.name;
        if (name.empty() && stat)
            name = stat->comm;
        executed = {};
        executed.unreadable = "it had ended before its command line could be read";
        if (!name.empty() && !told.keepsCommand) {
            executed.unreadable += "; shown is the kernel's short name for it";
            executed.argv.push_back(std::move(name));
        }
    }
    recording_.append({told.time, told.process, Witness::Kernel, std::move(executed)});
}

void LightWitness::tellEnded(const Told& told)
{
    const std::int32_t pid = told.process.pid;
    callbacks_.beforeEnd(told.process);
    auto exited = callbacks_.collect ? callbacks_.collect(told.process) : std::nullopt;
    if (!exited) {
        exited.emplace();
        const auto status = told.status ? told.status : findStatus(pid, told.seen, told.handle);
        // A zombie's files can still be read; once it is collected they are gone.
        if (const auto stat = statOf(pid, told.seen); stat && stat->state == 'Z')
            exited->cpuNs = usageOf(*stat).cpu.count();
        exited->statusUnknown = !status;
        if (status) {
            exited->bySignal = status->bySignal();
            exited->code = status->bySignal() ? status->signal().number() : status->exitCode();
            exited->coreDumped = status->coreDumped();
        }
    }
    // It may have got another parent so late that its own end was told with it.
    const std::int32_t parent = told.parent != 0 ? told.parent : told.formerParent;
    const auto parentId = told.parentId ? told.parentId : relative(parent);
    if (told.formerParent != 0 && parent != told.formerParent)
        recording_.append({told.time, told.process, Witness::Kernel, payload::Reparented{parentId, parent}});
    recording_.append({told.time, told.process, Witness::Kernel, *exited});
    processes_.ended(told.process);
    if (callbacks_.ended)
        callbacks_.ended(told.process, parent, parentId);
}

bool LightWitness::tellNewParent(const Told& told)
{
    const auto stat = statOf(told.process.pid, told.seen);
    if (!stat || stat->state == 'Z')
        return true; // it has ended, too
    const std::int32_t adopter = stat->parentPid;
    if (adopter == told.formerParent)
        return monotonicNow() - told.time > kAdoptionPatience;
    std::optional<ProcessId> family;
    {
        const std::lock_guard lock{mutex_};
        const auto orphan = live_.find(told.process.pid);
        if (orphan == live_.end() || orphan->second.id != told.process)
            return true;
        orphan->second.parentPid = adopter;
        if (const auto found = live_.find(adopter); found != live_.end()) {
            family = found->second.id;
            found->second.children.insert(told.process.pid);
        }
    }
    if (!family)
        family = relative(adopter);
    recording_.append({monotonicNow(), told.process, Witness::Kernel, payload::Reparented{family, adopter}});
    return true;
}

void LightWitness::lookAround()
{
    std::erase_if(undecided_, [this](const Told& told) { return tellNewParent(told); });
    const EventTime begin = monotonicNow();
    if (begin < nextLook_)
        return;
    {
        const std::lock_guard lock{mutex_};
        const std::vector<Gone> gone = thoseGone();
        take(); // of most of them the end has been told by now, and how they ended
        endThose(gone);
        findThoseGoingOn();
        if (!source_->tellsBirths())
            findThoseMissed();
    }
    const EventTime end = monotonicNow();
    nextLook_ = end + std::max<EventTime>(kLookInterval, kLookShare * (end - begin));
    tellAll();
}

void LightWitness::waitUntilAllEnded()
{
    std::unique_lock lock{mutex_};
    told_.wait(lock, [this] { return live_.empty() && queue_.empty() && !telling_; });
}

void LightWitness::finish()
{
    if (!thread_.joinable())
        return; // never started
    ending_ = true;
    poller_.wake();
    thread_.join();
    {
        const std::lock_guard lock{mutex_};
        take();
    }
    tellAll();
}

} // namespace daemonscope
