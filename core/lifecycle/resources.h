// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"
#include "lifecycle/facts.h"

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace daemonscope {

struct Process;

/// What a process had used when the recorder looked at it.
struct ResourceSample {
    EventTime begin{}; ///< of the stretch that this sample ends: the look before it; `time` itself if there was none
    EventTime time{};  ///< of the look
    std::int64_t cpuNs = 0; ///< since its birth
    std::int64_t rssBytes = 0;
    std::int32_t threads = 0;
};

/// The samples of all processes. A process that was never looked at costs nothing here. Bounded: a process keeps at
/// most kMostOfOne samples, all of them together about kMostOfAll; beyond that, every second one goes, and the next one
/// stands for the stretch of both.
class Resources {
public:
    static constexpr std::size_t kMostOfOne = 4096;
    static constexpr std::size_t kMostOfAll = std::size_t{1} << 20;
    /// So many are kept of each process at least, however many processes there are.
    static constexpr std::size_t kLeastOfOne = 16;

    void add(ProcessIndex process, ResourceSample sample);

    /// By time; empty for a process that was never looked at.
    [[nodiscard]] std::span<const ResourceSample> of(ProcessIndex process) const;
    /// The most memory that any look found, also one that is not kept; none for a process that was never looked at.
    [[nodiscard]] std::optional<std::int64_t> peakRssBytes(ProcessIndex process) const;
    [[nodiscard]] std::size_t size() const { return total_; }

private:
    struct Series {
        std::vector<ResourceSample> samples;
        std::int64_t peakRssBytes = 0;
    };
    void thin(Series& series);
    void thinAll();

    std::unordered_map<ProcessIndex, Series> series_;
    std::size_t total_ = 0;
    std::size_t mostOfOne_ = kMostOfOne; ///< becomes less when there are too many in all
};

/// What is known of a process's use at a time.
struct UsageAt {
    std::optional<std::int64_t> cpuNs;    ///< since its birth
    std::optional<std::int64_t> rssBytes; ///< none before the first look, and after the end
    std::optional<std::int32_t> threads;
    /// CPU time a second in the last stretch between two looks: 1 is one processor. None without two looks, and after
    /// the end.
    std::optional<double> cpuShare;
    EventTime seen{};   ///< when that was so: the look, or the end
    bool atEnd = false; ///< the exact values that the kernel gave at the process's end
};

/// The use of a process at time `t`: that of the last look up to `t`, or of its end. All is left open where nobody had
/// looked.
UsageAt usageAt(const Resources& resources, const Process& process, EventTime t);

} // namespace daemonscope
