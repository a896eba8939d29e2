// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/resources.h"

#include "lifecycle/process.h"

#include <algorithm>

namespace daemonscope {

void Resources::add(ProcessIndex process, ResourceSample sample)
{
    Series& series = series_[process];
    series.peakRssBytes = std::max(series.peakRssBytes, sample.rssBytes);
    // The recorder looks in order; anything else is a damaged recording.
    if (!series.samples.empty() && sample.time <= series.samples.back().time)
        return;
    sample.begin = std::min(sample.begin, sample.time);
    if (!series.samples.empty())
        sample.begin = std::max(sample.begin, series.samples.back().time);
    series.samples.push_back(sample);
    ++total_;
    if (series.samples.size() > mostOfOne_)
        thin(series);
    if (total_ > kMostOfAll && mostOfOne_ > kLeastOfOne)
        thinAll();
}

void Resources::thin(Series& series)
{
    std::vector<ResourceSample>& samples = series.samples;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        // The first one stays, as the last one does: of each pair after the first, the second.
        if (i % 2 == 1 && i + 1 < samples.size())
            continue;
        ResourceSample sample = samples[i];
        if (i >= 2 && i % 2 == 0)
            sample.begin = samples[i - 1].begin;
        samples[kept++] = sample;
    }
    total_ -= samples.size() - kept;
    samples.resize(kept);
    samples.shrink_to_fit();
}

void Resources::thinAll()
{
    while (total_ > kMostOfAll / 2 && mostOfOne_ > kLeastOfOne) {
        mostOfOne_ /= 2;
        for (auto& [process, series] : series_) {
            if (series.samples.size() > mostOfOne_)
                thin(series);
        }
    }
}

std::span<const ResourceSample> Resources::of(ProcessIndex process) const
{
    const auto found = series_.find(process);
    return found == series_.end() ? std::span<const ResourceSample>() : found->second.samples;
}

std::optional<std::int64_t> Resources::peakRssBytes(ProcessIndex process) const
{
    const auto found = series_.find(process);
    return found == series_.end() ? std::nullopt : std::optional(found->second.peakRssBytes);
}

UsageAt usageAt(const Resources& resources, const Process& process, EventTime t)
{
    UsageAt usage;
    if (t < process.born)
        return usage;
    if (process.ended && *process.ended <= t) {
        usage.seen = *process.ended;
        usage.atEnd = process.usageAtEnd;
        if (process.usageAtEnd || process.cpuNs > 0 || !resources.of(process.index).empty())
            usage.cpuNs = process.cpuNs;
        return usage;
    }
    const std::span<const ResourceSample> samples = resources.of(process.index);
    const auto after = std::upper_bound(samples.begin(), samples.end(), t,
        [](EventTime time, const ResourceSample& sample) { return time < sample.time; });
    if (after == samples.begin())
        return usage;
    const auto last = std::prev(after);
    usage.cpuNs = last->cpuNs;
    usage.rssBytes = last->rssBytes;
    usage.threads = last->threads;
    usage.seen = last->time;
    if (last == samples.begin())
        return usage;
    // Up to the begin of its stretch, the look before it held.
    const auto cpu = static_cast<double>(last->cpuNs - std::prev(last)->cpuNs);
    const auto stretch = static_cast<double>((last->time - last->begin).count());
    if (stretch > 0)
        usage.cpuShare = std::max(0.0, cpu / stretch);
    return usage;
}

} // namespace daemonscope
