// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/whytext.h"

#include "lifecycle/terms.h"
#include "ui/model/captions.h"
#include "ui/model/kind.h"
#include "ui/model/shownstate.h"

namespace daemonscope {

std::optional<ProcessIndex> subjectAt(const ProcessTree& tree, std::optional<ProcessIndex> selection, EventTime t)
{
    if (selection && static_cast<std::size_t>(*selection) < tree.size())
        return selection;
    // A daemon's death is what people ask about; then any kill; then the main process.
    std::optional<ProcessIndex> killed;
    std::optional<ProcessIndex> main;
    std::optional<ProcessIndex> first;
    for (const Process& process : tree.processes()) {
        if (process.foldedInto || process.born > t)
            continue;
        if (!first)
            first = process.index;
        if (!main && process.role == Role::Main)
            main = process.index;
        if (markAt(process, t) != Mark::Killed)
            continue;
        if (process.daemon.value_or(false))
            return process.index;
        if (!killed)
            killed = process.index;
    }
    return killed ? killed : main ? main : first;
}

bool verdictKnown(const ProcessTree& tree, const Process& process, EventTime t)
{
    return process.ended ? *process.ended <= t : t >= tree.latest();
}

QString whyText(const RecordingFeed& feed, ProcessIndex index, EventTime t)
{
    const ProcessTree& tree = feed.tree();
    const Process& process = tree.at(index);
    if (process.born > t)
        return QStringLiteral("%1 has not started yet at this time.").arg(shownText(process.name));
    return verdictKnown(tree, process, t)
        ? QString::fromStdString(verdict(tree, index).text)
        : QStringLiteral("%1 at this time: %2.").arg(shownText(process.name), shownState(feed, index, t));
}

std::vector<Clause> factsAt(const ProcessTree& tree, ProcessIndex index, EventTime t, std::size_t maximum)
{
    std::vector<Clause> facts;
    for (Clause& clause : verdict(tree, index).chain) {
        if (clause.known <= t && facts.size() < maximum)
            facts.push_back(std::move(clause));
    }
    return facts;
}

QString evidenceText(Evidence evidence, Runtime runtime)
{
    switch (evidence) {
    case Evidence::Kernel:
        return QStringLiteral("seen by the kernel");
    case Evidence::Runtime:
        return QStringLiteral("reported by ") + QLatin1String(terms::actor(runtime));
    case Evidence::Both:
        return QStringLiteral("kernel and ") + QLatin1String(terms::noun(runtime));
    case Evidence::Inferred:
        return QStringLiteral("inferred");
    case Evidence::Unknown:
        return QStringLiteral("not known");
    }
    return {};
}

} // namespace daemonscope
