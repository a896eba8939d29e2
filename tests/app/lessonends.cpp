// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessonends.h"

#include <map>

namespace trial {

namespace {
/// -1: the first ended clearly before the second, 1: after it, 0: about at the same time.
int order(std::chrono::nanoseconds first, std::chrono::nanoseconds second)
{
    return first + kClearlyApart <= second ? -1 : second + kClearlyApart <= first ? 1 : 0;
}
} // namespace

QByteArrayList daemonsAgainstOthers(const ProcessEnds& daemons, const ProcessEnds& others)
{
    if (daemons.empty() || others.empty())
        return {};
    QByteArrayList wrong;
    for (const ProcessEnd& daemon : daemons) {
        for (const ProcessEnd& other : others) {
            if (daemon.time >= other.time)
                wrong << "its daemon " + daemon.label + " ended after " + other.label;
        }
    }
    return wrong.isEmpty() ? QByteArrayList{"its daemons ended before its other children"} : wrong;
}

QByteArrayList reversedEnds(const ProcessEnds& one, const ProcessEnds& other)
{
    std::map<QByteArray, std::chrono::nanoseconds> times;
    for (const ProcessEnd& end : other)
        times[end.label] = end.time;
    QByteArrayList reversed;
    for (const ProcessEnd& a : one) {
        for (const ProcessEnd& b : one) {
            if (!times.contains(a.label) || !times.contains(b.label))
                continue;
            if (order(a.time, b.time) < 0 && order(times.at(a.label), times.at(b.label)) > 0)
                reversed << a.label + " ends before " + b.label + " in the first, after it in the second";
        }
    }
    return reversed;
}

} // namespace trial
