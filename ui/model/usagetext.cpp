// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/usagetext.h"

#include "lifecycle/timetext.h"
#include "ui/model/captions.h"

namespace daemonscope {

namespace {
QString cpuText(std::int64_t cpuNs)
{
    return QString::fromStdString(durationText(EventTime(cpuNs)));
}
} // namespace

QString bytesText(std::int64_t bytes)
{
    constexpr double kKiB = 1024;
    const double kibibytes = static_cast<double>(bytes) / kKiB;
    if (kibibytes < kKiB)
        return QStringLiteral("%1 KiB").arg(kibibytes, 0, 'f', 0);
    if (kibibytes < kKiB * kKiB)
        return QStringLiteral("%1 MiB").arg(kibibytes / kKiB, 0, 'f', 1);
    return QStringLiteral("%1 GiB").arg(kibibytes / kKiB / kKiB, 0, 'f', 2);
}

QString usageText(const ProcessTree& tree, const Process& process, EventTime t)
{
    if (t < process.born)
        return {};
    const UsageAt usage = usageAt(tree.resources(), process, t);
    if (usage.atEnd && process.maxRssBytes == 0)
        return QStringLiteral("Used %1 of CPU time, and less memory than the kernel counts.")
            .arg(cpuText(*usage.cpuNs));
    if (usage.atEnd)
        return QStringLiteral("Used %1 of CPU time, and %2 of memory at most.")
            .arg(cpuText(*usage.cpuNs), bytesText(process.maxRssBytes));
    if (process.ended && *process.ended <= t)
        return usage.cpuNs
            ? QStringLiteral("Had used %1 of CPU time when it was last looked at.").arg(cpuText(*usage.cpuNs))
            : QStringLiteral("What it used of CPU and memory is not known.");
    if (!usage.cpuNs) {
        const bool never = !tree.program() || tree.program()->sampleNs == 0;
        return never ? QStringLiteral("CPU and memory: not sampled.")
                     : QStringLiteral("CPU and memory: not sampled until now.");
    }
    QString share;
    if (usage.cpuShare)
        share = QStringLiteral(" (%1 %)").arg(*usage.cpuShare * 100, 0, 'f', 0);
    return QStringLiteral("CPU %1%2, memory %3, %4, as of %5.")
        .arg(cpuText(*usage.cpuNs), share, bytesText(usage.rssBytes.value_or(0)),
            *usage.threads == 1 ? QStringLiteral("1 thread") : QStringLiteral("%1 threads").arg(*usage.threads),
            secondsText(usage.seen, tree.start()));
}

} // namespace daemonscope
