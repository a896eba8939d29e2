// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/timesorter.h"

#include <algorithm>

namespace daemonscope::cli {

Outcome TimeSorter::add(EventTime time, std::string line)
{
    bytes_ += line.size();
    heap_.push_back({time, next_++, std::move(line)});
    std::push_heap(heap_.begin(), heap_.end(), &later);
    while (heap_.size() > kMostLines || bytes_ > kMostBytes)
        release();
    return flush(kChunkBytes);
}

Outcome TimeSorter::finish()
{
    while (!heap_.empty()) {
        release();
        if (Outcome printed = flush(kChunkBytes); !printed.ok())
            return printed;
    }
    return flush(0);
}

void TimeSorter::release()
{
    std::pop_heap(heap_.begin(), heap_.end(), &later);
    bytes_ -= heap_.back().text.size();
    chunk_ += heap_.back().text;
    heap_.pop_back();
}

Outcome TimeSorter::flush(std::size_t keep)
{
    if (chunk_.size() <= keep)
        return Done{};
    Outcome printed = print_(chunk_);
    chunk_.clear();
    return printed;
}

} // namespace daemonscope::cli
