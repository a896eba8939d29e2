// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/summary.h"

#include "lifecycle/visibletext.h"
#include "ui/model/kind.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>

namespace daemonscope {

namespace {

/// "lesson daemon-cut-off (engine, fork)" for the engine's command on a lesson's scenario; empty for any other command.
QString lessonText(const std::vector<std::string>& argv)
{
    static const QRegularExpression command(QStringLiteral(
        "^(?:.*/)?daemonscope-engine\n.*/[0-9]+-([^/\n]+)/scenario\\.yaml(?:\n--start-method\n([a-z]+))?$"));
    QStringList words;
    for (const std::string& word : argv)
        words << QString::fromStdString(visibleText(word, 4096));
    const QRegularExpressionMatch match = command.match(words.join(QLatin1Char('\n')));
    if (!match.hasMatch())
        return {};
    const QString method = match.captured(2);
    return QStringLiteral("lesson %1 (engine%2)")
        .arg(match.captured(1), method.isEmpty() ? QString() : QStringLiteral(", ") + method);
}

} // namespace

QString programText(const ProcessTree& tree)
{
    if (!tree.program())
        return {};
    std::vector<std::string> words = tree.program()->argv;
    if (const QString lesson = lessonText(words); !lesson.isEmpty())
        return lesson;
    for (std::string& word : words) {
        // Only what is a path and nothing else: an option's value or a piece of code stays as it is.
        const std::size_t slash = word.rfind('/');
        if (word.starts_with('/') && slash + 1 < word.size() && word.find(' ') == std::string::npos)
            word.erase(0, slash + 1);
    }
    return QString::fromStdString(visibleCommand(words, 120));
}

QString summaryText(const ProcessTree& tree, EventTime t, bool cutShort)
{
    std::array<int, static_cast<std::size_t>(Mark::Unseen) + 1> counts{};
    int all = 0;
    int daemons = 0;
    for (const Process& process : tree.processes()) {
        if (process.foldedInto || process.born > t)
            continue;
        ++all;
        daemons += kindAt(process, t) == Kind::Daemon ? 1 : 0;
        const bool unseen = cutShort && !process.ended && t >= tree.latest();
        ++counts[static_cast<std::size_t>(unseen ? Mark::Unseen : markAt(process, t))];
    }
    if (all == 0)
        return tree.program() ? QStringLiteral("Nothing runs yet.")
                              : QStringLiteral("Open a recording, or run a program.");
    QStringList parts;
    const auto add = [&](Mark mark, const QString& word) {
        if (const int count = counts[static_cast<std::size_t>(mark)])
            parts << QStringLiteral("%1 %2").arg(count).arg(word);
    };
    add(Mark::Running, QStringLiteral("running"));
    add(Mark::Waiting, QStringLiteral("waiting for a child"));
    add(Mark::Stopped, QStringLiteral("stopped"));
    add(Mark::Finished, QStringLiteral("finished"));
    add(Mark::Failed, QStringLiteral("ended with an error"));
    add(Mark::Killed, QStringLiteral("killed"));
    add(Mark::Gone, QStringLiteral("ended, nobody saw how"));
    add(Mark::Unseen, QStringLiteral("of which the end was not seen"));
    QString head = all == 1 ? QStringLiteral("1 process") : QStringLiteral("%1 processes").arg(all);
    if (daemons == 1)
        head += QStringLiteral(", 1 of them a daemon");
    else if (daemons > 1)
        head += QStringLiteral(", %1 of them daemons").arg(daemons);
    return head + QStringLiteral(": ") + parts.join(QStringLiteral(", ")) + QLatin1Char('.');
}

std::vector<EventTime> moments(const ProcessTree& tree)
{
    std::vector<EventTime> times;
    const auto add = [&](const std::optional<EventTime>& time) {
        if (time)
            times.push_back(*time);
    };
    for (const Process& process : tree.processes()) {
        if (process.foldedInto)
            continue;
        add(process.born);
        add(process.ended);
        add(process.told->mainCodeEnded);
        add(process.told->exceptionTime);
        for (const JoinWait& wait : process.waits) {
            add(wait.begin);
            add(wait.end);
        }
        for (const SignalFact& signal : process.signalsReceived)
            add(signal.time);
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    return times;
}

} // namespace daemonscope
