// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/semaphorewait.h"

#include "engine/errors.h"
#include "engine/state.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void* address); // NOLINT(bugprone-reserved-identifier): the sanitizer's name
#endif

namespace daemonscope::engine {
namespace {

using WaitClock = std::chrono::steady_clock; // CLOCK_MONOTONIC
using WaitDeadline = std::optional<WaitClock::time_point>;

constexpr auto signalCheckInterval = std::chrono::milliseconds(50);

WaitDeadline waitDeadline(std::optional<std::chrono::nanoseconds> timeout)
{
    const auto now = WaitClock::now();
    if (!timeout || *timeout >= WaitClock::time_point::max() - now)
        return std::nullopt;
    return now + *timeout;
}

timespec asTimespec(WaitClock::time_point point)
{
    const auto sinceStart = std::chrono::duration_cast<std::chrono::nanoseconds>(point.time_since_epoch());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(sinceStart);
    timespec time{};
    time.tv_sec = seconds.count();
    time.tv_nsec = (sinceStart - seconds).count();
    return time;
}

/// One wait, at most until `limit`. 0, or an errno value.
int waitSemaphoreOnce(sem_t& semaphore, const WaitDeadline& limit)
{
    if (!limit)
        return ::sem_wait(&semaphore) == 0 ? 0 : errno;
    const timespec until = asTimespec(*limit);
    if (::sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until) != 0)
        return errno;
#if defined(__SANITIZE_THREAD__)
    // The sanitizer knows what sem_post() means, but not this way of waiting for it.
    __tsan_acquire(&semaphore);
#endif
    return 0;
}

} // namespace

bool takeSemaphore(sem_t& semaphore, std::optional<std::chrono::nanoseconds> timeout)
{
    runPendingSignalHandlers();
    if (::sem_trywait(&semaphore) == 0)
        return true;
    if (timeout && timeout->count() <= 0)
        return false;
    const WaitDeadline deadline = waitDeadline(timeout);
    const bool runsHandlers = inMainThread();
    for (;;) {
        WaitDeadline limit = deadline;
        if (runsHandlers) {
            const auto nextCheck = WaitClock::now() + signalCheckInterval;
            limit = deadline ? std::min(*deadline, nextCheck) : nextCheck;
        }
        const int error = waitSemaphoreOnce(semaphore, limit);
        if (error == 0)
            return true;
        if (error != EINTR && error != ETIMEDOUT)
            throw OSError(error);
        runPendingSignalHandlers();
        if (deadline && WaitClock::now() >= *deadline)
            return false;
    }
}

} // namespace daemonscope::engine
