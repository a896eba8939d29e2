// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who a process is: identity, daemon flag, parents, children.
#include "lifecycle/terms.h"
#include "lifecycle/verdicttext.h"
#include "lifecycle/visibletext.h"
#include "ui/model/captions.h"
#include "ui/model/inspectorparts.h"
#include "ui/model/shownstate.h"

#include <algorithm>

namespace daemonscope::inspector {
namespace {

constexpr std::size_t kLongestCommand = 400;

QString atPlace(const std::string& place)
{
    return place.empty() ? QString() : QStringLiteral(" at ") + text(visibleText(place));
}

/// What the kernel tells, where it was watched.
QString fromKernel(const Subject& subject)
{
    return subject.evidence(kernelSaw(subject.tree) ? Evidence::Kernel : Evidence::Inferred);
}

QString roleText(const Process& process)
{
    switch (process.role) {
    case Role::Main:
        return QStringLiteral("main process of multiprocessing");
    case Role::Child:
        return QStringLiteral("child process of multiprocessing");
    case Role::Helper:
        return QStringLiteral("helper of multiprocessing");
    case Role::Program:
        break;
    }
    return QStringLiteral("program; not known to use multiprocessing");
}

QString flagText(const Process& process, bool value)
{
    const bool cpp = process.runtime == Runtime::Engine;
    const QString word = QLatin1String(value ? (cpp ? "true" : "True") : (cpp ? "false" : "False"));
    return QStringLiteral("daemon=%1: it is %2daemon").arg(word, value ? QStringLiteral("a ") : QStringLiteral("no "));
}

QString runtimeText(const Subject& subject)
{
    const Process& process = subject.process;
    const QString version = text(visibleText(process.told->version, 40));
    if (version.isEmpty() || !subject.past(process.told->interpreterStarted))
        return {};
    return (process.runtime == Runtime::Engine ? QStringLiteral("daemonscope engine ") : QStringLiteral("Python "))
        + version;
}

/// The moment from which the process has had the flag that its main's own word gave it.
bool setByItself(const Subject& subject)
{
    const auto& changes = subject.process.told->daemonChanges;
    return !changes.empty() && changes.front().time <= subject.t;
}

void origin(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    const QString label = QStringLiteral("Comes from");
    const QString told = subject.evidence(Evidence::Runtime);
    const bool main = process.role == Role::Main;
    if (main && !setByItself(subject)) {
        rows.add(label, QStringLiteral("default: a main process is no daemon"), subject.evidence(Evidence::Inferred));
        return;
    }
    if (!process.daemonOrigin) {
        rows.unknown(label, QStringLiteral("not known; what set it was not seen"));
        return;
    }
    const QString place = atPlace(process.told->daemonSetAt);
    switch (*process.daemonOrigin) {
    case DaemonOrigin::Default:
        rows.add(label, QStringLiteral("default: nothing set it"), told);
        break;
    case DaemonOrigin::Constructor:
        rows.add(label, QStringLiteral("constructor") + place, told);
        break;
    case DaemonOrigin::Property:
        rows.add(label,
            (main ? QStringLiteral("property: set by itself") : QStringLiteral("property: set before the start"))
                + place,
            told);
        break;
    case DaemonOrigin::Inherited:
        rows.add(label, QStringLiteral("inherited from the process that made it"), told);
        break;
    }
}

void forkedBy(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    const QString label = QStringLiteral("Forked by");
    if (!process.kernelParent) {
        if (process.role == Role::Child)
            rows.unknown(label, QStringLiteral("not known"));
        return;
    }
    const InspectorLink forker = subject.link(*process.kernelParent);
    const bool child = process.role == Role::Child && process.parent;
    const bool same = child && forker.process == subject.link(*process.parent).process;
    QString words = same ? QStringLiteral("the same process") : QString();
    const std::string before = visibleText(process.forkerName, 60);
    const auto interpreter = subject.tree.at(*process.kernelParent).told->interpreterStarted;
    const auto& execs = subject.tree.at(*process.kernelParent).execs;
    const bool wasAnother =
        (interpreter && *interpreter > process.born) || (!execs.empty() && execs.back() > process.born);
    if (wasAnother && !before.empty() && text(before) != forker.name)
        words = QStringLiteral("then called ") + text(before);
    rows.link(label, forker, words, fromKernel(subject));
}

void startedBy(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    const QString label = QStringLiteral("Started by");
    if (process.role == Role::Child) {
        if (process.parent)
            rows.link(label, subject.link(*process.parent),
                QStringLiteral("with start()") + atPlace(process.told->startedAt), subject.evidence(Evidence::Runtime));
        else
            rows.unknown(label, QStringLiteral("not known"));
        return;
    }
    if (process.index == 0 && !process.kernelParent) {
        rows.add(label, QStringLiteral("daemonscope"), fromKernel(subject));
        return;
    }
    if (!process.parent && !process.kernelParent) {
        rows.unknown(label, QStringLiteral("not known"));
        return;
    }
    // The parent by whom the tree shows it, where that is not simply the one that forked it.
    if (process.parent
        && (!process.kernelParent
            || subject.link(*process.parent).process != subject.link(*process.kernelParent).process))
        rows.link(QStringLiteral("Parent"), subject.link(*process.parent), {}, subject.evidence(Evidence::Inferred));
}

void adoptedBy(const Subject& subject, Rows& rows)
{
    if (!subject.process.rare->adoption || subject.process.rare->adoption->time > subject.t)
        return;
    const Adoption& adoption = *subject.process.rare->adoption;
    const QString label = QStringLiteral("Adopted by");
    const QString when = QStringLiteral("at ") + subject.at(adoption.time);
    const QString told = subject.evidence(Evidence::Kernel);
    if (adoption.adopter)
        rows.link(label, subject.link(*adoption.adopter), when, told);
    else if (adoption.adopterPid == 1)
        rows.add(label, QStringLiteral("init (process 1), outside of the recording, ") + when, told);
    else if (adoption.adopterPid > 0)
        rows.add(
            label, QStringLiteral("process %1, outside of the recording, %2").arg(adoption.adopterPid).arg(when), told);
    else
        rows.add(label, QStringLiteral("a process outside of the recording, ") + when, told);
}

void reapedBy(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    const QString label = QStringLiteral("Reaped by");
    if (!subject.ended())
        return;
    if (!subject.past(process.reaped)) {
        const bool watched = subject.tree.program() && subject.tree.program()->reaping;
        rows.unknown(label,
            process.reaped || watched ? QStringLiteral("nobody until now")
                                      : QStringLiteral("not known; who collects the ended was not seen"));
        return;
    }
    const QString told = subject.evidence(process.reapedByKernel && process.reapedByRuntime ? Evidence::Both
            : process.reapedByRuntime                                                       ? Evidence::Runtime
                                                                                            : Evidence::Kernel);
    if (process.reapDiscarded) {
        rows.add(label, text(collectionText(subject.tree, process)), told);
    } else if (process.reaperUnknown) {
        rows.unknown(label, QStringLiteral("its parent, or who adopted it; which of them was not seen"));
    } else if (process.reapedBy) {
        const InspectorLink reaper = subject.link(*process.reapedBy);
        const bool same = process.parent && reaper.process == subject.link(*process.parent).process;
        rows.link(label, reaper, same ? QStringLiteral("its parent") : QString(), told);
    } else {
        rows.add(label, QStringLiteral("a process outside of the recording"), told);
    }
}

} // namespace

std::vector<InspectorRow> identity(const Subject& subject)
{
    const Process& process = subject.process;
    const Image& image = *process.image;
    Rows rows;
    rows.mono(QStringLiteral("PID"), QString::number(process.id.pid));
    rows.mono(QStringLiteral("Id in reports"), QString::number(process.index));
    rows.add(QStringLiteral("Role"), roleText(process));
    if (process.role == Role::Child && !process.told->target.empty())
        rows.mono(QStringLiteral("Target"), text(visibleText(process.told->target, 80)) + QStringLiteral("()"),
            subject.evidence(Evidence::Runtime));
    if (const QString runtime = runtimeText(subject); !runtime.isEmpty())
        rows.add(QStringLiteral("Runtime"), runtime, subject.evidence(Evidence::Runtime));
    const QString notKnown = QStringLiteral("not known");
    const bool later = !process.execs.empty() && process.execs.back() > subject.t;
    if (later) {
        rows.unknown(QStringLiteral("Command"),
            QStringLiteral("not kept for this time; it executes another one at %1")
                .arg(subject.at(process.execs.back())));
        return rows.take();
    }
    if (image.command.empty())
        rows.unknown(QStringLiteral("Command"), notKnown);
    else
        rows.mono(QStringLiteral("Command"), text(visibleCommand(image.command, kLongestCommand))).detail =
            process.execs.empty() && process.kernelParent ? QStringLiteral("as that of the process that forked it")
                                                          : QString();
    if (image.executable.empty())
        rows.unknown(QStringLiteral("Executable"), notKnown);
    else
        rows.mono(QStringLiteral("Executable"), text(visibleText(image.executable, kLongestCommand)));
    if (image.workingDirectory.empty())
        rows.unknown(QStringLiteral("Working directory"), notKnown);
    else
        rows.mono(QStringLiteral("Working directory"), text(visibleText(image.workingDirectory, kLongestCommand)));
    return rows.take();
}

std::vector<InspectorRow> daemonFlag(const Subject& subject)
{
    const Process& process = subject.process;
    Rows rows;
    if (process.role == Role::Program || process.role == Role::Helper) {
        rows.unknown(QStringLiteral("Value"),
            process.role == Role::Helper
                ? QStringLiteral("none; it has no meaning for a helper")
                : QStringLiteral("none; it has no meaning for a program that is not of multiprocessing"));
        return rows.take();
    }
    std::optional<bool> value = statusAt(process, subject.t).daemon;
    if (!value)
        value = process.daemon; // before its runtime had told of it
    if (!value) {
        rows.unknown(QStringLiteral("Value"), QStringLiteral("not known"));
        return rows.take();
    }
    rows.add(QStringLiteral("Value"), flagText(process, *value), subject.evidence(Evidence::Runtime));
    origin(subject, rows);
    for (const Since<bool>& change : process.told->daemonChanges) {
        if (change.time <= subject.t && rows.room())
            rows.add(QStringLiteral("Changed"),
                QStringLiteral("%1 since %2, while it ran")
                    .arg(flagText(process, change.value), subject.at(change.time)),
                subject.evidence(Evidence::Runtime));
    }
    return rows.take();
}

std::vector<InspectorRow> parents(const Subject& subject)
{
    const Process& process = subject.process;
    Rows rows;
    startedBy(subject, rows);
    forkedBy(subject, rows);
    adoptedBy(subject, rows);
    reapedBy(subject, rows);
    if (process.startMethod)
        rows.add(QStringLiteral("Start method"), QLatin1String(word(*process.startMethod)),
            subject.evidence(Evidence::Runtime));
    else if (process.role == Role::Child)
        rows.unknown(QStringLiteral("Start method"), QStringLiteral("not known"));
    return rows.take();
}

std::vector<InspectorRow> children(const Subject& subject)
{
    Rows rows;
    for (const ProcessIndex index : subject.tree.children(subject.process.index)) {
        const Process& child = subject.tree.at(index);
        if (child.born > subject.t || !rows.room())
            continue;
        const QString kind = text(kindText(child, subject.t));
        rows.link(subject.at(child.born), subject.link(index),
                QStringLiteral("%1, %2").arg(kind, shownState(subject.feed, index, subject.t)))
            .timed = true;
    }
    return rows.take();
}

} // namespace daemonscope::inspector
