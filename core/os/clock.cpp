// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace daemonscope {

namespace {

std::chrono::nanoseconds readClock(clockid_t clock)
{
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

} // namespace

// "hot" puts it beside what else each forked child of the engine runs through (engine/forkpath.h).
[[gnu::hot]] std::chrono::nanoseconds monotonicNow()
{
    return readClock(CLOCK_MONOTONIC);
}

std::chrono::nanoseconds wallClockNow()
{
    return readClock(CLOCK_REALTIME);
}

std::chrono::nanoseconds sinceBoot()
{
    return readClock(CLOCK_BOOTTIME);
}

std::chrono::nanoseconds threadCpuTime()
{
    return readClock(CLOCK_THREAD_CPUTIME_ID);
}

std::string rfc3339(std::chrono::nanoseconds sinceEpoch)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(sinceEpoch);
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(sinceEpoch - seconds).count();
    const std::time_t time = seconds.count();
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 32> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(millis));
    return std::string{date.data()} + fraction.data();
}

} // namespace daemonscope
