// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a process went through: life, end, use, output, threads.
#include "lifecycle/endedby.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/verdicttext.h"
#include "lifecycle/visibletext.h"
#include "ui/model/captions.h"
#include "ui/model/inspectorparts.h"
#include "ui/model/shownstate.h"
#include "ui/model/usagetext.h"

#include <QLocale>

#include <algorithm>

namespace daemonscope::inspector {
namespace {

QString length(EventTime duration)
{
    return text(durationText(duration));
}

/// "500 ms, from 1.00 s to 1.50 s", "since 1.00 s" while it lasts, "0.2 ms, at 1.00 s".
QString stretch(const Subject& subject, EventTime from, const std::optional<EventTime>& to)
{
    const QString begin = subject.at(from);
    if (!subject.past(to))
        return QStringLiteral("since ") + begin;
    const QString end = subject.at(*to);
    constexpr EventTime kNoTime = std::chrono::microseconds(50); // shown as "0.0 ms"
    if (*to - from < kNoTime)
        return QStringLiteral("at ") + end;
    return length(*to - from)
        + (begin == end ? QStringLiteral(", at ") + end : QStringLiteral(", from %1 to %2").arg(begin, end));
}

void stops(const Subject& subject, Rows& rows)
{
    constexpr std::size_t kMostStops = 6;
    const QString label = QStringLiteral("Stopped");
    std::optional<EventTime> since;
    std::size_t count = 0;
    for (const Since<bool>& stop : subject.process.stops) {
        if (stop.time > subject.t)
            break;
        if (stop.value && !since)
            since = stop.time;
        if (stop.value || !since)
            continue;
        if (++count <= kMostStops)
            rows.add(label, stretch(subject, *since, stop.time), subject.evidence(Evidence::Kernel));
        since.reset();
    }
    if (count > kMostStops)
        rows.unknown(label, QStringLiteral("and %1 more times").arg(count - kMostStops));
    if (since)
        rows.add(label, stretch(subject, *since, subject.ended() ? subject.process.ended : std::nullopt),
            subject.evidence(Evidence::Kernel));
}

void orphaned(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    if (!subject.past(process.orphanedAt) || endNotSeen(subject.tree, process)
        || (process.ended && *process.ended - *process.orphanedAt < kOrphanLeast))
        return;
    rows.add(QStringLiteral("Orphan"), stretch(subject, *process.orphanedAt, process.ended),
        subject.evidence(Evidence::Kernel));
}

void reaped(const Subject& subject, Rows& rows)
{
    constexpr EventTime kAtOnce = std::chrono::milliseconds(1);
    const Process& process = subject.process;
    const QString label = QStringLiteral("Reaped");
    if (!subject.ended())
        return;
    if (!subject.past(process.reaped)) {
        const bool watched = subject.tree.program() && subject.tree.program()->reaping;
        if (process.reaped || watched) // else it is told among the parents that nobody knows
            rows.add(label, QStringLiteral("not yet; a zombie since %1").arg(subject.at(*process.ended)));
        return;
    }
    // The runtime sees an end only when it collects it.
    const EventTime after = *process.reaped - *process.ended;
    rows.add(label,
        process.endByRuntime ? subject.at(*process.reaped)
            : after < kAtOnce
            ? QStringLiteral("%1, at once").arg(subject.at(*process.reaped))
            : QStringLiteral("%1, after %2 as a zombie").arg(subject.at(*process.reaped), length(after)),
        subject.evidence(process.reapedByKernel ? Evidence::Kernel : Evidence::Runtime));
}

/// The words that originText() puts behind a signal's name, as words of their own.
QString afterName(std::string words)
{
    for (const char* opening :
        {"; known by ", "; known ", " from the kernel: ", " from ", ", which ", "; ", ", ", ": ", " with "}) {
        if (words.starts_with(opening)) {
            words.erase(0, std::char_traits<char>::length(opening));
            break;
        }
    }
    return text(visibleText(words, 400));
}

QString callAt(QString words, const SignalFact& fact)
{
    if (!fact.place.empty())
        words += QStringLiteral(" at ") + text(visibleText(fact.place));
    if (!fact.via.empty())
        words += QStringLiteral(" through ") + text(visibleText(fact.via, 80));
    return words;
}

/// How a signal was sent: who decided, in as few words as say it.
QString howText(const Subject& subject, const SignalFact* fact, const EndedBy& by)
{
    if (fact && by.process && !fromPoolAtExit(subject.tree, *fact)) {
        if (by.how == EndedHow::ExitSequence)
            return QStringLiteral("%1's exit sequence")
                .arg(QLatin1String(terms::actor(subject.tree.at(*by.process).runtime)));
        if (by.how == EndedHow::Terminate)
            return callAt(QStringLiteral("terminate()"), *fact);
        if (by.how == EndedHow::Kill)
            return callAt(QStringLiteral("kill()"), *fact);
        const bool plain = !fact->inferred && !fact->ownSiginfo && !fact->toGroup;
        if (by.how == EndedHow::OtherCall && fact->called && !fact->call.empty() && plain)
            return callAt(text(visibleText(fact->call, 40)), *fact);
    }
    return afterName(originText(subject.tree, subject.process, fact));
}

void killed(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    const EndedBy by = subject.tree.endedBy(process.index).value_or(EndedBy{});
    const SignalFact* fact = causeOf(process, endingSignal(process));
    const QString label = QStringLiteral("Ended by");
    const QString origin = afterName(originText(subject.tree, process, fact));
    const QString how = QStringLiteral("How");
    if (by.process) {
        if (*by.process == process.index)
            rows.add(label, QStringLiteral("itself"));
        else
            rows.link(label, subject.link(*by.process));
        rows.add(how, howText(subject, fact, by));
    } else if (by.how == EndedHow::Kernel) {
        rows.add(label, QStringLiteral("the kernel"));
        rows.add(how, origin);
    } else if (by.how == EndedHow::Unknown) {
        rows.unknown(label, origin);
    } else {
        rows.add(label, origin); // the terminal, daemonscope, or a process outside of the recording
    }
    if (const QString known = afterName(knownText(subject.tree, by.knownBy, by.process)); !known.isEmpty())
        rows.add(QStringLiteral("Known by"), known);
    const bool hasRuntime = process.role == Role::Child || process.role == Role::Main;
    if (hasRuntime && !process.told->exitSequenceBegun && !process.told->targetEnded)
        rows.add(QStringLiteral("Did not run"),
            QStringLiteral("finally blocks, atexit functions, its own exit sequence; what stood in buffers is lost"),
            subject.evidence(Evidence::Inferred));
}

/// Why a process that ended by itself did so, as far as its runtime told.
void exited(const Subject& subject, Rows& rows)
{
    const Process& process = subject.process;
    rows.add(QStringLiteral("Ended by"), QStringLiteral("itself"));
    const QString label = QStringLiteral("How");
    const QString told = subject.evidence(Evidence::Runtime);
    if (process.told->exception) {
        const QString message = text(visibleText(process.told->exception->message, 200));
        rows.add(label,
            QStringLiteral("uncaught ") + text(visibleText(process.told->exception->type, 80))
                + (message.isEmpty() ? QString() : QStringLiteral(": ") + message),
            told);
    } else if (process.told->targetEnded) {
        const std::string target = process.told->target.empty() ? "" : visibleText(process.told->target, 80) + "() ";
        rows.add(label, QStringLiteral("its target %1ended").arg(text(target)), told);
    } else if (process.told->mainCodeEnded) {
        rows.add(label, QStringLiteral("its code ended"), told);
    } else if (process.role == Role::Child || process.role == Role::Main) {
        rows.unknown(label, QStringLiteral("not told; its code was not seen to end, as after a hard exit"));
    }
}

QString exitText(const Process& process)
{
    const ExitStatus& exit = *process.exit;
    if (!exit.bySignal())
        return QStringLiteral("exit code %1").arg(exit.exitCode());
    return QStringLiteral("%1, exit code %2%3%4")
        .arg(text(terms::signalAndNumber(exit.signal())), QString(QChar(0x2212)))
        .arg(-exit.pythonCode())
        .arg(exit.coreDumped() ? QStringLiteral("; memory image (core) written") : QString());
}

QString bytesInFull(std::uint64_t bytes)
{
    constexpr std::uint64_t kSmall = 1024;
    if (bytes == 0)
        return QStringLiteral("nothing");
    const QString number = QLocale::c().toString(static_cast<qulonglong>(bytes));
    if (bytes < kSmall)
        return bytes == 1 ? QStringLiteral("1 byte") : QStringLiteral("%1 bytes").arg(number);
    return QStringLiteral("%1 bytes (%2)").arg(number, bytesText(static_cast<std::int64_t>(bytes)));
}

} // namespace

std::vector<InspectorRow> life(const Subject& subject)
{
    const Process& process = subject.process;
    Rows rows;
    const QString kernel = subject.evidence(kernelSaw(subject.tree) ? Evidence::Kernel : Evidence::Runtime);
    rows.add(QStringLiteral("Started"), subject.at(process.born), kernel);
    if (subject.past(process.told->mainCodeEnded))
        rows.add(QStringLiteral("Code ended"), subject.at(*process.told->mainCodeEnded),
            subject.evidence(Evidence::Runtime));
    if (subject.past(process.told->exitSequenceBegun))
        rows.add(QStringLiteral("Exit sequence"),
            stretch(subject, *process.told->exitSequenceBegun, process.told->exitSequenceEnded),
            subject.evidence(Evidence::Runtime));
    if (subject.ended()) {
        rows.add(QStringLiteral("Ended"), subject.at(*process.ended),
            subject.evidence(process.endByRuntime ? Evidence::Runtime
                    : process.exitByRuntime       ? Evidence::Both
                                                  : Evidence::Kernel));
        rows.add(QStringLiteral("Lifetime"), length(*process.ended - process.born));
    } else if (endUnseen(subject.feed, process, subject.t)
        || (endNotSeen(subject.tree, process) && subject.t >= subject.tree.latest())) {
        rows.unknown(QStringLiteral("Ended"), QStringLiteral("not known; its end was not seen"));
    } else {
        rows.add(QStringLiteral("Ended"), QStringLiteral("not yet"));
        rows.add(QStringLiteral("Lifetime"), QStringLiteral("%1 so far").arg(length(subject.t - process.born)));
    }
    stops(subject, rows);
    orphaned(subject, rows);
    reaped(subject, rows);
    return rows.take();
}

std::vector<InspectorRow> end(const Subject& subject)
{
    const Process& process = subject.process;
    Rows rows;
    if (!subject.ended())
        return {};
    const QString told = subject.evidence(process.endByRuntime ? Evidence::Runtime
            : process.exitByRuntime                            ? Evidence::Both
                                                               : Evidence::Kernel);
    if (!process.exit) {
        rows.unknown(QStringLiteral("Status"), QStringLiteral("not known; nobody saw how it ended"));
        return rows.take();
    }
    rows.add(QStringLiteral("Status"), exitText(process), told);
    if (process.exit->bySignal()) {
        rows.add(QStringLiteral("In a shell"), QString::number(process.exit->shellCode()));
        killed(subject, rows);
    } else {
        exited(subject, rows);
    }
    return rows.take();
}

std::vector<InspectorRow> use(const Subject& subject)
{
    const Process& process = subject.process;
    const UsageAt usage = usageAt(subject.tree.resources(), process, subject.t);
    Rows rows;
    const QString cpu = QStringLiteral("CPU time");
    const QString peak = QStringLiteral("Peak memory");
    const QString kernel = subject.evidence(Evidence::Kernel);
    if (!usage.cpuNs) {
        const bool sampled = subject.tree.program() && subject.tree.program()->sampleNs > 0;
        rows.unknown(QStringLiteral("CPU, memory"),
            subject.ended() ? QStringLiteral("not known")
                : sampled   ? QStringLiteral("not known; not sampled until now")
                            : QStringLiteral("not known; not sampled"));
        return rows.take();
    }
    const QString time = length(EventTime(*usage.cpuNs));
    if (usage.atEnd) {
        rows.add(cpu, time, kernel);
        if (process.maxRssBytes > 0)
            rows.add(peak, bytesText(process.maxRssBytes), kernel);
        else
            rows.add(peak, QStringLiteral("less than the kernel counts"), kernel);
        return rows.take();
    }
    if (subject.ended()) {
        rows.add(cpu, QStringLiteral("at least %1").arg(time), kernel);
        if (process.maxRssBytes > 0)
            rows.add(peak, QStringLiteral("at least %1").arg(bytesText(process.maxRssBytes)), kernel);
        else
            rows.unknown(peak, QStringLiteral("not known"));
        return rows.take();
    }
    rows.add(cpu,
        usage.cpuShare ? QStringLiteral("%1; %2 % of a processor").arg(time).arg(*usage.cpuShare * 100, 0, 'f', 0)
                       : time,
        kernel);
    rows.add(QStringLiteral("Memory"), bytesText(usage.rssBytes.value_or(0)), kernel);
    rows.add(QStringLiteral("Threads"), QString::number(usage.threads.value_or(0)), kernel);
    rows.add(QStringLiteral("As of"), subject.at(usage.seen));
    return rows.take();
}

std::vector<InspectorRow> output(const Subject& subject)
{
    const Process& process = subject.process;
    const auto& program = subject.tree.program();
    Rows rows;
    if (!program || program->outputMode == "inherit") {
        rows.unknown(QStringLiteral("Written"), QStringLiteral("not known; the output was not captured"));
        return rows.take();
    }
    if (!program->outputAttributed && process.index != 0) {
        rows.unknown(
            QStringLiteral("Written"), QStringLiteral("not known; the recording does not tell who wrote what"));
        return rows.take();
    }
    const OutputIndex& written = subject.feed.output();
    const std::size_t lines = written.countUntil(process.index, subject.t);
    const bool all =
        lines == written.linesOf(process.index).size() && (subject.ended() || subject.t >= subject.tree.latest());
    if (!all) {
        rows.add(QStringLiteral("Until now"),
            lines == 0
                ? QStringLiteral("nothing")
                : QStringLiteral("%1, stdout and stderr together").arg(text(terms::count(lines, "line", "lines"))));
        return rows.take();
    }
    rows.add(QStringLiteral("stdout"), bytesInFull(process.stdoutBytes));
    rows.add(QStringLiteral("stderr"), bytesInFull(process.stderrBytes));
    if (process.rare->droppedBytes > 0)
        rows.add(QStringLiteral("Not kept"),
            bytesInFull(process.rare->droppedBytes) + QStringLiteral(", by record --limit"));
    if (!program->outputAttributed)
        rows.add(QStringLiteral("Whose"),
            QStringLiteral("that of all processes; the recording does not tell who wrote what"));
    return rows.take();
}

std::vector<InspectorRow> threads(const Subject& subject)
{
    const Process& process = subject.process;
    Rows rows;
    for (const ThreadLife& thread : process.told->threads) {
        if (thread.started > subject.t || !rows.room())
            continue;
        // No thread outlives its process: one that did not say that it ended did so with it.
        const std::optional<EventTime> ended = thread.ended ? thread.ended : process.ended;
        const QString name = thread.name.empty() ? QStringLiteral("without a name") : shownText(thread.name, 60);
        rows.timed(subject.at(thread.started),
            QStringLiteral("%1, %2, %3")
                .arg(name, thread.daemon ? QStringLiteral("daemon") : QStringLiteral("non-daemon"),
                    subject.past(ended) ? QStringLiteral("to %1").arg(subject.at(*ended)) : QStringLiteral("runs")),
            subject.evidence(Evidence::Runtime));
    }
    return rows.take();
}

} // namespace daemonscope::inspector
