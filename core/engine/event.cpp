// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sharedblock.h"
#include "engine/sync.h"

#include <utility>

namespace daemonscope::engine {
namespace {

/// The semaphores of an Event and of the Condition in it (Lib/multiprocessing/synchronize.py).
enum EventPart : std::size_t {
    eventLock,     ///< guards the others
    sleepingCount, ///< those that have gone to sleep
    wokenCount,    ///< those of them that are awake again
    waitSemaphore, ///< what sleepers sleep on
    eventFlag,     ///< 1: set
    eventPartCount,
};

/// Holds the lock of an Event, and can let it go meanwhile.
class HeldEvent {
public:
    explicit HeldEvent(SharedBlock& block)
        : block_(block)
    {
        take();
    }
    // What was taken can be given back: post() does not throw then.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    ~HeldEvent()
    {
        if (held_)
            block_.post(eventLock);
    }
    HeldEvent(const HeldEvent&) = delete;
    HeldEvent& operator=(const HeldEvent&) = delete;

    /// Throws what a signal handler throws; the lock is not held then.
    void take() { held_ = block_.wait(eventLock, std::nullopt); }
    void letGo()
    {
        held_ = false;
        block_.post(eventLock);
    }

private:
    SharedBlock& block_;
    bool held_ = false;
};

bool tryPart(SharedBlock& block, EventPart part)
{
    return block.wait(part, std::chrono::nanoseconds(0));
}

bool flagIsSet(SharedBlock& block)
{
    if (!tryPart(block, eventFlag))
        return false;
    block.post(eventFlag);
    return true;
}

/// Condition.wait(). The lock is held before and after, except after an exception from take().
void sleepOnEvent(SharedBlock& block, HeldEvent& held, std::optional<std::chrono::nanoseconds> timeout)
{
    block.post(sleepingCount);
    held.letGo();
    try {
        block.wait(waitSemaphore, timeout);
    } catch (...) {
        block.post(wokenCount);
        held.take();
        throw;
    }
    block.post(wokenCount);
    held.take();
}

/// Condition.notify_all(). Waits for every sleeper to wake: if one of them was killed in its sleep, for ever, as in
/// Python.
void wakeSleepers(SharedBlock& block)
{
    // Those whose wait timed out since the last time have left by themselves.
    while (tryPart(block, wokenCount))
        tryPart(block, sleepingCount);
    std::size_t sleepers = 0;
    for (; tryPart(block, sleepingCount); ++sleepers)
        block.post(waitSemaphore);
    if (sleepers == 0)
        return;
    for (std::size_t woken = 0; woken < sleepers; ++woken)
        block.wait(wokenCount, std::nullopt);
    // A wake-up for one whose wait timed out just now would be another's later.
    while (tryPart(block, waitSemaphore)) { }
}

} // namespace

Event::Event(StartMethod method)
    : block_(SharedBlock::create(method, eventPartCount, 0))
{
    block_->post(eventLock);
}

Event::Event(std::unique_ptr<SharedBlock> block)
    : block_(std::move(block))
{
}

Event::~Event() = default;

void Event::set()
{
    const HeldEvent held(*block_);
    tryPart(*block_, eventFlag);
    block_->post(eventFlag);
    wakeSleepers(*block_);
}

void Event::clear()
{
    const HeldEvent held(*block_);
    tryPart(*block_, eventFlag);
}

bool Event::isSet() const
{
    const HeldEvent held(*block_);
    return flagIsSet(*block_);
}

bool Event::wait(std::optional<std::chrono::nanoseconds> timeout)
{
    HeldEvent held(*block_);
    if (flagIsSet(*block_))
        return true;
    sleepOnEvent(*block_, held, timeout);
    return flagIsSet(*block_);
}

} // namespace daemonscope::engine
