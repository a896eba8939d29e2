// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"
#include "os/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace daemonscope::cli {

/// Puts lines that are nearly in order of time into it, with bounded memory: a line waits until so many later ones have
/// come that none before it is to be expected. One that is late by more than that comes late.
class TimeSorter {
public:
    explicit TimeSorter(std::function<Outcome(const std::string&)> print)
        : print_(std::move(print))
    {
    }

    /// An error is that of the printing.
    Outcome add(EventTime time, std::string line);
    Outcome finish();

private:
    struct Line {
        EventTime time{};
        std::uint64_t number = 0; ///< lines of the same time stay in their order
        std::string text;
    };
    static bool later(const Line& a, const Line& b) { return a.time != b.time ? a.time > b.time : a.number > b.number; }
    void release();
    Outcome flush(std::size_t keep);

    static constexpr std::size_t kMostLines = 100'000;
    static constexpr std::size_t kMostBytes = 64UL << 20;
    static constexpr std::size_t kChunkBytes = 64UL << 10;

    std::function<Outcome(const std::string&)> print_;
    std::vector<Line> heap_; ///< the earliest first
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 0;
    std::string chunk_; ///< to be printed
};

} // namespace daemonscope::cli
