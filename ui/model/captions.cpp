// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/captions.h"

#include "lifecycle/timetext.h"
#include "lifecycle/visibletext.h"

#include <algorithm>
#include <iterator>

namespace daemonscope {

namespace {
QString nameOf(const Process& process)
{
    return shownText(process.name, 24);
}

Caption killCaption(const ProcessTree& tree, const Process& process)
{
    const std::optional<EndedBy> by = tree.endedBy(process.index);
    const QString signal = QString::fromStdString(process.exit->signal().name());
    QString text = QStringLiteral("%1 was killed by %2").arg(nameOf(process), signal);
    if (by && by->process && *by->process != process.index)
        text += QStringLiteral(" from %1").arg(nameOf(tree.at(*by->process)));
    return {0, *process.ended, process.index, Caption::What::Killed, text + QLatin1Char('.')};
}

Caption endCaption(const Process& process)
{
    const QString text = process.exit
        ? QStringLiteral("%1 ended by itself, exit code %2.").arg(nameOf(process)).arg(process.exit->pythonCode())
        : QStringLiteral("%1 ended; how is not known.").arg(nameOf(process));
    return {0, *process.ended, process.index, Caption::What::Ended, text};
}

/// Whether somebody's exit sequence waited for this process to end.
bool waitedForAtExit(const ProcessTree& tree, ProcessIndex process)
{
    const std::optional<ProcessIndex> parent = tree.at(process).parent;
    if (!parent)
        return false;
    const auto& waits = tree.at(*parent).waits;
    return std::any_of(
        waits.begin(), waits.end(), [&](const JoinWait& wait) { return wait.atExit && wait.child == process; });
}
} // namespace

std::vector<Caption> captions(const ProcessTree& tree, EventTime t, std::size_t limit)
{
    // Kept apart by importance, as there is room for few: what ended a process from outside comes first.
    std::vector<Caption> codeEnds;
    std::vector<Caption> kills;
    std::vector<Caption> mainEnds;
    std::vector<Caption> waitedFor;
    for (const Process& process : tree.processes()) {
        if (process.foldedInto)
            continue;
        if (process.role == Role::Main && process.told->mainCodeEnded && *process.told->mainCodeEnded <= t) {
            codeEnds.push_back({0, *process.told->mainCodeEnded, process.index, Caption::What::MainCodeEnded,
                QStringLiteral("The code of %1 ended.").arg(nameOf(process))});
        }
        if (!process.ended || *process.ended > t)
            continue;
        if (process.exit && process.exit->bySignal())
            kills.push_back(killCaption(tree, process));
        else if (process.role == Role::Main || (process.index == 0 && tree.children(0).size() != 1))
            mainEnds.push_back(endCaption(process));
        else if (waitedForAtExit(tree, process.index))
            waitedFor.push_back(endCaption(process));
    }
    std::vector<Caption> chosen;
    const auto take = [&](std::vector<Caption>& from, std::size_t most) {
        std::stable_sort(from.begin(), from.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
        for (std::size_t i = 0; i < std::min(most, from.size()) && chosen.size() < limit; ++i)
            chosen.push_back(from[i]);
    };
    take(kills, limit > 3 ? limit - 3 : 1);
    take(mainEnds, 1);
    take(codeEnds, 1);
    take(waitedFor, limit);
    std::stable_sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < chosen.size(); ++i)
        chosen[i].number = static_cast<int>(i + 1);
    return chosen;
}

QString secondsText(EventTime time, EventTime start)
{
    return QString::fromStdString(timeText(time - start));
}

QString shownText(const std::string& hostile, int maxLength)
{
    return QString::fromStdString(visibleText(hostile, static_cast<std::size_t>(maxLength)));
}

} // namespace daemonscope
