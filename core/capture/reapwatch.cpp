// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/reapwatch.h"

#include "os/clock.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <algorithm>
#include <csignal>
#include <vector>

namespace daemonscope {

namespace {

/// While processes end, the thread looks so often; a zombie that it meets twice gets a descriptor.
constexpr std::chrono::milliseconds kSoon{5};
/// So often it looks at zombies that stay; less often if they are very many.
constexpr std::chrono::milliseconds kSlow{250};
constexpr std::size_t kManyZombies = 10000;
/// Descriptors are few.
constexpr std::size_t kMostPidfds = 128;
/// How many looks that find nobody the thread takes before it waits to be woken: waking it costs more than a look.
constexpr int kQuietLooks = 20;
/// How long the end of a recording is delayed for processes that their outside parents have yet to collect.
constexpr std::chrono::milliseconds kLastMoment{20};

} // namespace

Result<std::unique_ptr<ReapWatch>> ReapWatch::create(RecordingWriter& recording)
{
    auto poller = Poller::create();
    if (!poller.ok())
        return poller.error();
    std::unique_ptr<ReapWatch> made{new ReapWatch{recording, std::move(poller).value()}};
    made->thread_ = std::thread{[watch = made.get()] { watch->loop(); }};
    return made;
}

ReapWatch::ReapWatch(RecordingWriter& recording, Poller poller)
    : recording_(recording)
    , poller_(std::move(poller))
{
}

ReapWatch::~ReapWatch()
{
    finish();
}

void ReapWatch::ended(ProcessId process, const Parent& parent, std::optional<std::int64_t> faults)
{
    bool wake = false;
    {
        const std::lock_guard lock{mutex_};
        const auto zombie =
            zombies_.insert_or_assign(process.pid, Zombie{process, parent, monotonicNow(), faults, {}}).first;
        Family& family = families_[parent.pid];
        if (!pidIsTaken(process.pid)) {
            // Its parent is quick, or the kernel has not kept it for one that ignores its children.
            if (parent.id && parseIgnores(parentStatus_.read(parent.pid), SIGCHLD)) {
                record(zombie->second, true, false);
                forget(zombie);
            } else if (parent.hasEnded) {
                record(zombie->second, false, true);
                if (family.pids.empty())
                    families_.erase(parent.pid); // nobody tells of its end any more
                forget(zombie);
            } else {
                gone(zombie);
            }
            return;
        }
        family.pids.push_back(process.pid);
        ++young_;
        wake = std::exchange(idle_, false);
    }
    if (wake)
        poller_.wake();
}

void ReapWatch::look(std::int32_t parent)
{
    const std::lock_guard lock{mutex_};
    const auto family = families_.find(parent);
    if (family == families_.end())
        return;
    // The oldest and the latest, as long as there is something to find: a parent may keep thousands.
    std::deque<std::int32_t>& pids = family->second.pids;
    const auto takeIfGone = [this](std::int32_t pid) {
        const auto zombie = zombies_.find(pid);
        if (zombie == zombies_.end())
            return true;
        if (!isGone(zombie->second))
            return false;
        gone(zombie);
        return true;
    };
    while (!pids.empty() && takeIfGone(pids.front()))
        pids.pop_front();
    while (!pids.empty() && takeIfGone(pids.back()))
        pids.pop_back();
}

bool ReapWatch::hasZombies(std::int32_t parent)
{
    const std::lock_guard lock{mutex_};
    const auto family = families_.find(parent);
    return family != families_.end() && !family->second.pids.empty();
}

void ReapWatch::parentEnded(std::int32_t parent, std::optional<std::uint64_t> collectedFaults, const FindParent& find)
{
    const std::lock_guard lock{mutex_};
    const auto family = families_.extract(parent);
    if (!family)
        return;
    std::vector<Zombies::iterator> gone;
    Family collectedLast = {};
    std::optional<Parent> adopter; // one for all children of a process
    for (const std::int32_t pid : family.mapped().pids) {
        const auto zombie = zombies_.find(pid);
        if (zombie == zombies_.end() || zombie->second.parent.pid != parent)
            continue;
        if (isGone(zombie->second)) {
            gone.push_back(zombie);
            collectedLast.addFaults(zombie->second);
            continue;
        }
        if (!adopter)
            adopter = find(pid);
        zombie->second.parent = *adopter;
        families_[adopter->pid].pids.push_back(pid);
    }
    const auto collected = static_cast<std::int64_t>(collectedFaults.value_or(0)) - family.mapped().faults;
    const bool comparable = collectedFaults && family.mapped().faultsKnown;
    const bool byParent = comparable && collectedLast.faultsKnown && collected == collectedLast.faults;
    const bool byAdopter = comparable && collected == 0 && adopter;
    for (const Zombies::iterator zombie : gone) {
        if (byAdopter)
            zombie->second.parent = *adopter;
        record(zombie->second, false, !byParent && !byAdopter);
        forget(zombie);
    }
}

void ReapWatch::reused(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (const auto zombie = zombies_.find(pid); zombie != zombies_.end())
        gone(zombie);
}

bool ReapWatch::isGone(const Zombie& zombie)
{
    return zombie.pidfd.valid() ? isCollected(zombie.pidfd) : !pidIsTaken(zombie.id.pid);
}

void ReapWatch::gone(Zombies::iterator zombie)
{
    record(zombie->second, false, false);
    if (const auto family = families_.find(zombie->second.parent.pid); family != families_.end())
        family->second.addFaults(zombie->second);
    forget(zombie);
}

void ReapWatch::Family::addFaults(const Zombie& zombie)
{
    faults += zombie.faults.value_or(0);
    faultsKnown = faultsKnown && zombie.faults.has_value();
}

void ReapWatch::forget(Zombies::iterator zombie)
{
    if (zombie->second.pidfd.valid())
        byPidfd_.erase(zombie->second.pidfd.get());
    zombies_.erase(zombie);
}

void ReapWatch::record(const Zombie& zombie, bool discarded, bool byUnknown)
{
    recording_.append({monotonicNow(), zombie.id, Witness::Kernel,
        payload::Reaped{byUnknown ? std::nullopt : zombie.parent.id, discarded, byUnknown}});
}

void ReapWatch::watch(Zombie& zombie)
{
    if (zombie.pidfd.valid() || byPidfd_.size() >= kMostPidfds)
        return;
    zombie.pidfd = openPidfd(zombie.id.pid);
    if (!zombie.pidfd.valid())
        return;
    byPidfd_[zombie.pidfd.get()] = zombie.id.pid;
    poller_.watchHangUp(zombie.pidfd.get());
}

void ReapWatch::lookAtAll()
{
    const EventTime old = monotonicNow() - kSoon;
    for (auto next = zombies_.begin(); next != zombies_.end();) {
        const auto zombie = next++;
        if (isGone(zombie->second))
            gone(zombie);
        else if (zombie->second.since <= old)
            watch(zombie->second);
    }
    quietLooks_ = young_ == 0 ? quietLooks_ + 1 : 0;
    young_ = 0;
    if (zombies_.empty()) {
        for (auto& [pid, family] : families_)
            family.pids.clear();
    }
}

std::optional<std::chrono::milliseconds> ReapWatch::pause() const
{
    if (young_ > 0 || quietLooks_ < kQuietLooks)
        return kSoon;
    if (!zombies_.empty())
        return kSlow * static_cast<int>(1 + zombies_.size() / kManyZombies);
    return std::nullopt;
}

void ReapWatch::loop()
{
    std::optional<std::chrono::milliseconds> limit;
    while (!ending_) {
        bool hungUp = false;
        poller_.wait(limit, [&](int fd) {
            const std::lock_guard lock{mutex_};
            hungUp = true;
            const auto pid = byPidfd_.find(fd);
            const auto zombie = pid == byPidfd_.end() ? zombies_.end() : zombies_.find(pid->second);
            if (zombie != zombies_.end())
                gone(zombie);
        });
        const std::lock_guard lock{mutex_};
        if (!hungUp)
            lookAtAll();
        limit = pause();
        idle_ = limit != kSoon;
    }
}

void ReapWatch::finish()
{
    if (!thread_.joinable())
        return;
    const EventTime latest = monotonicNow() + kLastMoment;
    const auto isLeft = [this] {
        const std::lock_guard lock{mutex_};
        lookAtAll();
        return !zombies_.empty();
    };
    while (isLeft() && monotonicNow() < latest)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    ending_ = true;
    poller_.wake();
    thread_.join();
}

} // namespace daemonscope
