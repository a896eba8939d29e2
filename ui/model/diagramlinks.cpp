// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/diagramlinks.h"

#include <map>
#include <tuple>

namespace daemonscope {

namespace {

/// A shorter wait is no time at all in the times that are shown.
constexpr EventTime kShortestWait = std::chrono::milliseconds(10);

class Links {
public:
    Links(const ProcessTree& tree, const DiagramNodes& nodes)
        : tree_(tree)
        , nodes_(nodes)
        , t_(nodes.time())
    {
    }

    std::vector<DiagramLink> all()
    {
        for (const Process& process : tree_.processes()) {
            if (process.born <= t_ && !process.waits.empty())
                addWaits(process);
        }
        for (const Process& process : tree_.processes()) {
            if (process.ended && *process.ended <= t_ && process.exit && process.exit->bySignal())
                addKill(process);
        }
        return std::move(links_);
    }

private:
    void addWaits(const Process& process)
    {
        const bool ended = process.ended && *process.ended <= t_;
        const bool few = nodes_.size() <= DiagramNodes::kSteady;
        for (std::size_t i = 0; i < process.waits.size() && process.waits[i].begin <= t_; ++i) {
            const JoinWait& wait = process.waits[i];
            if (!wait.child)
                continue;
            const bool now = !ended && (!wait.end || t_ < *wait.end);
            const EventTime end = wait.end ? *wait.end : process.ended.value_or(t_);
            if (!now && (!few || end - wait.begin < kShortestWait))
                continue;
            DiagramLink link;
            link.what = now ? DiagramLink::What::Waits : DiagramLink::What::Waited;
            link.actor = process.index;
            link.target = *wait.child;
            link.wait = static_cast<std::int32_t>(i);
            add(link);
        }
    }

    void addKill(const Process& process)
    {
        const auto by = tree_.endedBy(process.index);
        if (!by || !by->process)
            return;
        DiagramLink link;
        link.what = DiagramLink::What::Kill;
        link.actor = *by->process;
        link.target = process.index;
        add(link);
    }

    void add(DiagramLink link)
    {
        link.from = nodes_.nodeOf(link.actor);
        link.to = nodes_.nodeOf(link.target);
        if (link.from < 0 || link.to < 0 || link.from == link.to || !nodes_.at(link.to).born())
            return;
        const bool kill = link.what == DiagramLink::What::Kill;
        const auto [known, isNew] = known_.try_emplace(std::tuple(link.from, link.to, kill), links_.size());
        if (isNew) {
            links_.push_back(link);
            return;
        }
        // Of several waits for one process the one that goes on is told, else the last.
        DiagramLink& before = links_[known->second];
        if (before.target != link.target)
            ++before.count;
        else if (!kill && before.what == DiagramLink::What::Waited)
            before = link;
    }

    const ProcessTree& tree_;
    const DiagramNodes& nodes_;
    const EventTime t_;
    std::vector<DiagramLink> links_;
    /// By sender, target, and whether it is a kill.
    std::map<std::tuple<std::int32_t, std::int32_t, bool>, std::size_t> known_;
};

} // namespace

std::vector<DiagramLink> diagramLinks(const ProcessTree& tree, const DiagramNodes& nodes)
{
    return Links(tree, nodes).all();
}

} // namespace daemonscope
