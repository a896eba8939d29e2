// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/diagramtext.h"

#include "lifecycle/terms.h"
#include "lifecycle/verdict.h"
#include "ui/model/captions.h"
#include "ui/model/shownstate.h"
#include "ui/model/timelinetext.h"

#include <QStringList>

namespace daemonscope::diagramtext {

namespace {

/// "daemon" and "daemons".
QString counted(int number, Kind kind)
{
    const auto words = [&](const char* singular, const char* plural) {
        return QString::fromStdString(terms::count(static_cast<std::size_t>(number), singular, plural));
    };
    switch (kind) {
    case Kind::Main:
        return words("main process", "main processes");
    case Kind::NonDaemon:
        return words("non-daemon", "non-daemons");
    case Kind::Daemon:
        return words("daemon", "daemons");
    case Kind::Helper:
        return words("helper", "helpers");
    case Kind::Program:
        break;
    }
    return words("program", "programs");
}

} // namespace

QString name(const ProcessTree& tree, const DiagramNode& node)
{
    const QString first = timelinetext::name(tree, node.process);
    return node.stack() ? QStringLiteral("%1 \u2026 %2").arg(first, timelinetext::name(tree, node.last)) : first;
}

QString kind(const ProcessTree& tree, const DiagramNode& node, EventTime t)
{
    return node.stack() ? counted(node.members, node.kind) : QString::fromStdString(kindText(tree.at(node.process), t));
}

QString state(const RecordingFeed& feed, const DiagramNode& node, EventTime t)
{
    if (node.waitsForSome)
        return QString::fromStdString(terms::waitsFor(terms::kSomeChild));
    return shownState(feed, node.process, t);
}

QString detail(const ProcessTree& tree, const DiagramNode& node)
{
    if (!node.stack())
        return QStringLiteral("PID %1").arg(tree.at(node.process).id.pid);
    return node.below == 0 ? QString() : QStringLiteral("%1 below").arg(node.below);
}

QString card(const RecordingFeed& feed, const DiagramNode& node, EventTime t)
{
    if (!node.stack())
        return timelinetext::lane(feed.tree(), node.process, t);
    QStringList parts{name(feed.tree(), node), kind(feed.tree(), node, t), state(feed, node, t)};
    if (node.below > 0)
        parts.append(QStringLiteral("with %1 processes below them").arg(node.below));
    return parts.join(QStringLiteral(", "));
}

QString toolTip(const RecordingFeed& feed, const DiagramNode& node, EventTime t)
{
    const ProcessTree& tree = feed.tree();
    QStringList lines{card(feed, node, t)};
    if (node.mark == Mark::Killed) {
        const LaneKill kill = laneKill(tree, tree.at(node.process));
        lines.append(kill.killer < 0 || kill.killer == node.process
                ? timelinetext::decider(kill)
                : QStringLiteral("sent by %1: %2")
                      .arg(timelinetext::name(tree, kill.killer), timelinetext::decider(kill)));
    }
    if (node.stack())
        lines.append(QStringLiteral("Click to see each of them."));
    return lines.join(u'\n');
}

QString label(const ProcessTree& tree, const DiagramLink& link)
{
    switch (link.what) {
    case DiagramLink::What::Kill:
        return QString::fromStdString(tree.at(link.target).exit->signal().name());
    case DiagramLink::What::Waits:
        return QString::fromLatin1(terms::kWaits);
    case DiagramLink::What::Waited:
        break;
    }
    return QString::fromLatin1(terms::kWaited);
}

QString explanation(const ProcessTree& tree, const DiagramLink& link)
{
    if (link.what == DiagramLink::What::Kill)
        return timelinetext::decider(laneKill(tree, tree.at(link.target)));
    if (link.count > 1)
        return {};
    const Process& actor = tree.at(link.actor);
    const JoinWait& wait = actor.waits[static_cast<std::size_t>(link.wait)];
    const QString from = secondsText(wait.begin, tree.start());
    if (link.what == DiagramLink::What::Waits)
        return QStringLiteral("since %1").arg(from);
    const QString end = secondsText(wait.end ? *wait.end : actor.ended.value_or(wait.begin), tree.start());
    const qsizetype unit = from.indexOf(u' ');
    const bool sameUnit = unit > 0 && from.mid(unit) == end.mid(end.indexOf(u' '));
    return QStringLiteral("%1 to %2").arg(sameUnit ? from.left(unit) : from, end);
}

QString summary(const DiagramNodes& nodes)
{
    int counts[5] = {};
    for (const DiagramNode& node : nodes.all()) {
        if (node.born())
            counts[static_cast<int>(node.kind)] += node.members;
    }
    QStringList kinds;
    for (const Kind kind : {Kind::Main, Kind::NonDaemon, Kind::Daemon, Kind::Helper, Kind::Program}) {
        if (counts[static_cast<int>(kind)] > 0)
            kinds.append(counted(counts[static_cast<int>(kind)], kind));
    }
    return QStringLiteral("%1: %2").arg(
        QString::fromStdString(terms::count(static_cast<std::size_t>(nodes.bornCount()), "process", "processes")),
        kinds.join(QStringLiteral(", ")));
}

} // namespace daemonscope::diagramtext
