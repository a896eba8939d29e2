// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/pidnamespaces.h"

#include "os/procfs.h"
#include "os/self.h"

namespace daemonscope {

namespace {

/// How many processes that have ended are remembered: bounds memory, and a signal does not come that much later.
constexpr std::size_t kMostFormer = 1024;

std::uint64_t spaceOf(std::int32_t pid)
{
    const auto link = readProcLink(pid, "ns/pid");
    return link.ok() ? parseLinkNumber(link.value(), "pid") : 0;
}

} // namespace

PidNamespaces::PidNamespaces()
    : ownSpace_(spaceOf(currentProcess()))
{
}

const PidNamespaces::Place* PidNamespaces::placeOf(std::int32_t pid)
{
    const auto [entry, isNew] = places_.try_emplace(pid);
    std::optional<Place>& place = entry->second;
    if (isNew) {
        const std::uint64_t space = spaceOf(pid);
        if (space == 0 || space == ownSpace_)
            return nullptr;
        if (const auto status = readProcText(pid, "status"); status.ok()) {
            place = Place{space, parseNamespacePids(status.value())};
            if (place->pids.size() < 2)
                place.reset();
        }
    }
    return place ? &*place : nullptr;
}

std::int32_t PidNamespaces::translate(std::int32_t viewer, std::int32_t number, const std::vector<std::int32_t>& live)
{
    const Place* const seen = placeOf(viewer);
    if (!seen || number <= 0)
        return number;
    const Place here = *seen; // the map may move while others are asked about
    const auto isMeant = [&](const Place* place) {
        return place && place->space == here.space && place->pids.back() == number;
    };
    for (const std::int32_t pid : live) {
        if (isMeant(placeOf(pid)))
            return pid;
    }
    for (auto former = former_.rbegin(); former != former_.rend(); ++former) {
        if (isMeant(&former->place))
            return former->pid;
    }
    return 0;
}

void PidNamespaces::born(std::int32_t pid)
{
    if (!places_.empty())
        places_.erase(pid);
}

void PidNamespaces::ended(std::int32_t pid)
{
    if (places_.empty())
        return;
    auto node = places_.extract(pid);
    if (!node || !node.mapped())
        return;
    former_.push_back({std::move(*node.mapped()), pid});
    if (former_.size() > kMostFormer)
        former_.pop_front();
}

} // namespace daemonscope
