// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinetext.h"

#include "lifecycle/terms.h"
#include "lifecycle/verdict.h"
#include "ui/model/captions.h"

#include <QStringList>

namespace daemonscope::timelinetext {

namespace {

constexpr int kLongestName = 60;
constexpr int kLongestPlace = 40;

/// Of a path and line only what tells files of one program apart.
QString shortPlace(const std::string& place)
{
    const std::size_t slash = place.rfind('/');
    return shownText(slash == std::string::npos ? place : place.substr(slash + 1), kLongestPlace);
}

QString signed_(int code)
{
    // The typographic minus is as wide as a digit and can't be taken for a dash.
    return code < 0 ? QStringLiteral("−%1").arg(-code) : QString::number(code);
}

QString sentenceBegin(Runtime runtime)
{
    return runtime == Runtime::Engine ? QStringLiteral("The engine") : QStringLiteral("Python");
}

QString callName(const std::string& call)
{
    if (call.empty()) {
        return QStringLiteral("a call");
    }
    // "kill(2)" names a system call as manual pages do; what a runtime offers is a function.
    return call.ends_with(')') ? shownText(call, kLongestPlace) : shownText(call, kLongestPlace) + QStringLiteral("()");
}

QString atPlace(const QString& call, const LaneKill& kill)
{
    return kill.place.empty() ? call : QStringLiteral("%1 at %2").arg(call, shortPlace(kill.place));
}

} // namespace

QString name(const ProcessTree& tree, ProcessIndex process)
{
    const Process& its = tree.at(process);
    if (its.name.empty()) {
        return QStringLiteral("PID %1").arg(its.id.pid);
    }
    return shownText(its.name, kLongestName);
}

QString time(std::int64_t ns)
{
    return secondsText(EventTime(ns), EventTime{});
}

QString decider(const LaneKill& kill)
{
    switch (kill.how) {
    case EndedHow::ExitSequence:
        return QStringLiteral("%1's %2").arg(
            QLatin1String(terms::actor(kill.runtime)), QLatin1String(terms::kExitSequence));
    case EndedHow::Terminate:
        return atPlace(QStringLiteral("terminate()"), kill);
    case EndedHow::Kill:
        return atPlace(QStringLiteral("kill()"), kill);
    case EndedHow::OtherCall:
        return atPlace(callName(kill.call), kill);
    case EndedHow::ParentDeathSignal:
        return QStringLiteral("parent-death signal");
    case EndedHow::Terminal:
        return QStringLiteral("from the terminal");
    case EndedHow::Kernel:
        return QStringLiteral("from the kernel");
    case EndedHow::Outside:
        return QStringLiteral("from outside of the program");
    case EndedHow::Unknown:
        if (kill.killer >= 0) {
            return QStringLiteral("kill() or parent-death signal");
        }
        break;
    }
    return QString::fromLatin1(terms::kSenderUnknown);
}

QString end(const ProcessTree& tree, const TimelineLanes& lanes, ProcessIndex process, bool shortForm)
{
    const Process& its = tree.at(process);
    if (!its.ended) {
        return {};
    }
    const QString when = secondsText(*its.ended, tree.start());
    if (!its.exit) {
        return shortForm ? QStringLiteral("%1, exit unknown").arg(when)
                         : QStringLiteral("ended at %1, exit code unknown").arg(when);
    }
    if (its.exit->bySignal()) {
        const QString signal = QString::fromStdString(its.exit->signal().name());
        const LaneKill* kill = lanes.killOf(process);
        if (!shortForm) {
            const QString what = QStringLiteral("killed at %1: %2, exit code %3")
                                     .arg(when, QString::fromStdString(terms::signalAndNumber(its.exit->signal())),
                                         signed_(its.exit->pythonCode()));
            // Where an arrow comes from the sender it has the label.
            return kill == nullptr || kill->killer >= 0 ? what : QStringLiteral("%1, %2").arg(what, decider(*kill));
        }
        if (kill == nullptr) {
            return QStringLiteral("%1 %2").arg(signal, when);
        }
        return QStringLiteral("%1 %2, %3").arg(signal, when, decider(*kill));
    }
    const int code = its.exit->exitCode();
    if (shortForm) {
        return code == 0 ? when : QStringLiteral("%1, exit code %2").arg(when).arg(code);
    }
    return (its.role == Role::Main ? QStringLiteral("process ended at %1, exit code %2")
                                   : QStringLiteral("ended at %1, exit code %2"))
        .arg(when)
        .arg(code);
}

QString killedBriefly(const ProcessTree& tree, ProcessIndex process)
{
    const Process& its = tree.at(process);
    if (!its.ended || !its.exit) {
        return {};
    }
    return QStringLiteral("%1 %2").arg(
        QString::fromStdString(its.exit->signal().name()), secondsText(*its.ended, tree.start()));
}

QString work(const ProcessTree& tree, ProcessIndex process)
{
    const Process& its = tree.at(process);
    switch (its.role) {
    case Role::Main:
        return QStringLiteral("runs main's code");
    case Role::Child: {
        // That a function stands in the script itself goes without saying.
        const std::string_view main = "__main__.";
        const std::string target =
            its.told->target.starts_with(main) ? its.told->target.substr(main.size()) : its.told->target;
        return target.empty() ? QString() : QStringLiteral("runs %1()").arg(shownText(target, kLongestName));
    }
    case Role::Helper:
        return QStringLiteral("helps multiprocessing");
    case Role::Program:
        break;
    }
    QStringList words;
    for (const std::string& word : its.image->command) {
        words.append(shownText(word, kLongestName));
        if (words.size() >= 8) {
            break;
        }
    }
    return words.join(u' ');
}

QString waiting(const ProcessTree& tree, ProcessIndex child)
{
    return QStringLiteral("%1 %2").arg(
        QLatin1String(terms::kWaits), child < 0 ? QString::fromLatin1(terms::kSomeChild) : name(tree, child));
}

QString lane(const ProcessTree& tree, ProcessIndex process, EventTime t)
{
    const Process& its = tree.at(process);
    QStringList parts{
        name(tree, process), QStringLiteral("PID %1").arg(its.id.pid), QString::fromStdString(kindText(its, t))};
    if (its.born > t) {
        parts.append(QStringLiteral("not started yet"));
        return parts.join(QStringLiteral(", "));
    }
    parts.append(shownText(stateText(tree, process, t), 2 * kLongestName));
    const QString born = secondsText(its.born, tree.start());
    parts.append(its.ended && *its.ended <= t
            ? QStringLiteral("from %1 to %2").arg(born, secondsText(*its.ended, tree.start()))
            : QStringLiteral("since %1").arg(born));
    return parts.join(QStringLiteral(", "));
}

QString toolTip(const ProcessTree& tree, const TimelineLanes& lanes, const TimelineHit& hit, EventTime t)
{
    if (hit.process < 0 || hit.part == TimelineHit::Part::Nothing) {
        return {};
    }
    QStringList lines{lane(tree, hit.process, t)};
    const Process& its = tree.at(hit.process);
    switch (hit.part) {
    case TimelineHit::Part::Gutter:
    case TimelineHit::Part::End:
        if (its.ended && *its.ended <= t) {
            lines = {name(tree, hit.process) + QStringLiteral(": ") + end(tree, lanes, hit.process, false)};
            if (const LaneKill* kill = lanes.killOf(hit.process)) {
                const QString by = kill->killer >= 0
                    ? QStringLiteral("sent by %1 at %2: %3")
                          .arg(name(tree, kill->killer), time(kill->sentNs), decider(*kill))
                    : decider(*kill);
                lines.append(by);
            }
            break;
        }
        [[fallthrough]];
    case TimelineHit::Part::Lane:
    case TimelineHit::Part::Bar:
        break;
    case TimelineHit::Part::Waiting:
    case TimelineHit::Part::Stopped: {
        const EventTime at = tree.start() + EventTime(hit.timeNs);
        lines = {name(tree, hit.process) + QStringLiteral(" at ") + time(hit.timeNs) + QStringLiteral(": ")
            + shownText(stateText(tree, hit.process, at), 2 * kLongestName)};
        for (const JoinWait& wait : its.waits) {
            if (hit.part == TimelineHit::Part::Waiting && wait.begin <= at && (!wait.end || *wait.end >= at)) {
                const QString from = secondsText(wait.begin, tree.start());
                const QString until = wait.end && *wait.end <= t ? secondsText(*wait.end, tree.start()) : QString();
                const QString span = until.isEmpty() ? QStringLiteral("since %1").arg(from)
                                                     : QStringLiteral("from %1 to %2").arg(from, until);
                lines.append(waiting(tree, wait.child.value_or(-1)) + u' ' + span);
                lines.append(wait.atExit     ? sentenceBegin(its.runtime) + QStringLiteral("'s exit sequence joins it")
                        : wait.place.empty() ? QStringLiteral("join()")
                                             : QStringLiteral("join() at ") + shortPlace(wait.place));
                break;
            }
        }
        break;
    }
    case TimelineHit::Part::Nothing:
        break;
    }
    return lines.join(u'\n');
}

} // namespace daemonscope::timelinetext
