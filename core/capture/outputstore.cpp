// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/outputstore.h"

#include <algorithm>

namespace daemonscope {

namespace {

std::uint64_t roomLeft(const std::optional<std::uint64_t>& limit, std::uint64_t used)
{
    return !limit ? UINT64_MAX : *limit > used ? *limit - used : 0;
}

} // namespace

void OutputStore::append(EventTime time, ProcessId process, payload::Stream stream, std::string_view bytes)
{
    if (!limits_.perProcess && !limits_.total) {
        recording_.appendOutput(time, process, stream, bytes);
        return;
    }
    const std::lock_guard lock{mutex_};
    Entry& entry = processes_.try_emplace(process.serial, Entry{process, {}}).first->second;
    const std::uint64_t room =
        std::min(roomLeft(limits_.perProcess, entry.account.kept), roomLeft(limits_.total, kept_));
    const std::string_view kept =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
    if (!kept.empty())
        recording_.appendOutput(time, process, stream, kept);
    entry.account.kept += kept.size();
    kept_ += kept.size();
    if (kept.size() < bytes.size())
        drop(time, process, stream, entry.account.dropped.at(static_cast<std::size_t>(stream)),
            bytes.size() - kept.size());
}

void OutputStore::drop(EventTime time, ProcessId process, payload::Stream stream, Count& count, std::uint64_t size)
{
    count.total += size;
    if (count.total >= 2 * count.told)
        tell(time, process, stream, count);
}

void OutputStore::tell(EventTime time, ProcessId process, payload::Stream stream, Count& count)
{
    if (count.total > count.told) {
        recording_.append({time, process, Witness::Output, payload::OutputDropped{stream, count.total - count.told}});
    }
    count.told = count.total;
}

void OutputStore::tellAll(EventTime time, ProcessId process, Account& account)
{
    for (const payload::Stream stream : {payload::Stream::Stdout, payload::Stream::Stderr})
        tell(time, process, stream, account.dropped.at(static_cast<std::size_t>(stream)));
}

void OutputStore::ended(EventTime time, ProcessId process)
{
    const std::lock_guard lock{mutex_};
    const auto found = processes_.find(process.serial);
    if (found == processes_.end())
        return;
    tellAll(time, process, found->second.account);
    processes_.erase(found);
}

void OutputStore::finish(EventTime time)
{
    const std::lock_guard lock{mutex_};
    for (auto& [serial, entry] : processes_)
        tellAll(time, entry.id, entry.account);
    processes_.clear();
}

} // namespace daemonscope
