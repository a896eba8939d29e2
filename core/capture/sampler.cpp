// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/sampler.h"

#include "os/clock.h"

namespace daemonscope {

namespace {

/// How many processes are asked of the registry at a time: it is locked no longer than that takes.
constexpr std::size_t kBatch = 64;
/// The part of the time that a tick may take.
constexpr int kBudgetDivisor = 20;

bool isSame(const ProcUsage& a, const ProcUsage& b)
{
    return a.cpu == b.cpu && a.rssBytes == b.rssBytes && a.threads == b.threads;
}

} // namespace

Sampler::Sampler(
    RecordingWriter& recording, ProcessRegistry& processes, std::chrono::nanoseconds interval, ReadStat read)
    : recording_(recording)
    , processes_(processes)
    , interval_(interval)
    , read_(std::move(read))
{
}

Sampler::~Sampler()
{
    finish();
}

void Sampler::start()
{
    if (interval_ > std::chrono::nanoseconds::zero())
        thread_ = std::thread{[this] { loop(); }};
}

void Sampler::finish()
{
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    endRequested_.notify_all();
    thread_.join();
}

void Sampler::loop()
{
    auto next = std::chrono::steady_clock::now() + interval_;
    for (;;) {
        {
            std::unique_lock lock{mutex_};
            if (endRequested_.wait_until(lock, next, [this] { return ending_; }))
                return;
        }
        if (!tick(interval_ / kBudgetDivisor) && !saidBehind_) {
            saidBehind_ = true;
            recording_.append({monotonicNow(), {}, Witness::Recorder,
                payload::Lost{"CPU and memory of every process at every tick",
                    "there are so many processes that each is looked at less often than was asked for"}});
        }
        // After a long pause of the machine there is nothing to catch up with.
        next = std::max(next + interval_, std::chrono::steady_clock::now());
    }
}

bool Sampler::tick(std::chrono::nanoseconds budget)
{
    const std::chrono::nanoseconds end = threadCpuTime() + budget;
    for (;;) {
        const std::vector<LiveProcess> batch = processes_.liveAfter(last_, kBatch);
        for (const LiveProcess& process : batch) {
            look(process);
            last_ = process.id.serial;
        }
        if (batch.size() < kBatch) {
            endRound();
            return true;
        }
        if (threadCpuTime() >= end)
            return false;
    }
}

void Sampler::look(const LiveProcess& process)
{
    const EventTime now = monotonicNow();
    const auto stat = read_(process.id.pid);
    // The dead keep their numbers, which their end tells exactly.
    if (!stat.ok() || stat.value().state == 'Z' || stat.value().state == 'X')
        return;
    // Begun after the process was announced: its pid is another one's now.
    if (startOf(stat.value()) > process.seen)
        return;
    const auto [entry, isNew] = looks_.try_emplace(process.id.serial);
    Look& last = entry->second;
    if (!isNew && last.startTicks != stat.value().startTicks)
        return;
    last.present = true;
    const ProcUsage usage = usageOf(stat.value());
    const bool changed = isNew || !isSame(usage, last.usage);
    // The first look without a change is told too: from then on "nothing has changed" is known, not supposed.
    if (changed || last.changed) {
        const std::int64_t sinceLook = isNew ? 0 : (now - last.time).count();
        recording_.append({now, process.id, Witness::Kernel,
            payload::ResourceSampled{usage.cpu.count(), usage.rssBytes, usage.threads, sinceLook}});
    }
    last.changed = changed;
    last.usage = usage;
    last.time = now;
    last.startTicks = stat.value().startTicks;
}

void Sampler::endRound()
{
    last_.reset();
    std::erase_if(looks_, [](const auto& entry) { return !entry.second.present; });
    for (auto& [serial, look] : looks_)
        look.present = false;
}

} // namespace daemonscope
