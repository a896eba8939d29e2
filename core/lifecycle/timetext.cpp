// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/timetext.h"

#include <cstdint>
#include <cstdio>

namespace daemonscope {
namespace {

/// `ns` in units of `unitNs`, rounded half up.
std::int64_t roundedTo(std::int64_t ns, std::int64_t unitNs)
{
    const std::int64_t shifted = ns + unitNs / 2;
    const std::int64_t quotient = shifted / unitNs;
    return shifted % unitNs < 0 ? quotient - 1 : quotient;
}

/// `count` hundredths or tenths as a decimal number.
std::string decimalText(std::int64_t count, std::int64_t base, int digits, const char* unit)
{
    char buffer[48];
    const std::int64_t magnitude = count < 0 ? -count : count;
    std::snprintf(buffer, sizeof buffer, "%s%lld.%0*lld %s", count < 0 ? "-" : "",
        static_cast<long long>(magnitude / base), digits, static_cast<long long>(magnitude % base), unit);
    return buffer;
}

} // namespace

std::string timeText(EventTime sinceStart)
{
    return decimalText(roundedTo(sinceStart.count(), 10'000'000), 100, 2, "s");
}

std::string preciseTimeText(EventTime sinceStart)
{
    return decimalText(roundedTo(sinceStart.count(), 1'000), 1'000'000, 6, "s");
}

std::string durationText(EventTime length)
{
    const std::int64_t tenths = roundedTo(length.count(), 100'000);
    if (tenths < 100)
        return decimalText(tenths, 10, 1, "ms");
    const std::int64_t milliseconds = roundedTo(length.count(), 1'000'000);
    if (milliseconds < 1000)
        return std::to_string(milliseconds) + " ms";
    return timeText(length);
}

} // namespace daemonscope
