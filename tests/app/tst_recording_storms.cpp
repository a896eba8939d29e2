// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing is missing: 10,000 short processes, and processes that are killed in the middle of a fork. strace, where it
// is installed, is the second opinion.

#include "trial.h"
#include "trialfacts.h"

#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <map>

using trial::fixture;
using trial::ProcessFacts;
using trial::RecordingFacts;
using trial::Words;

namespace {

/// "4711 exit 3", sorted: a pid may come more than once.
using Ends = std::vector<QByteArray>;

Ends endsIn(const RecordingFacts& facts)
{
    Ends ends;
    for (const auto& [serial, process] : facts.processes)
        ends.push_back(QByteArray::number(process.id.pid) + ' ' + process.end());
    std::sort(ends.begin(), ends.end());
    return ends;
}

/// The ends that `strace -f -e trace=process -o FILE` wrote down.
Ends endsIn(const QByteArray& straceLog)
{
    Ends ends;
    const QByteArrayList lines = straceLog.split('\n');
    for (const QByteArray& line : lines) {
        const QByteArray pid = line.left(line.indexOf(' '));
        if (const auto at = line.indexOf("+++ exited with "); at >= 0)
            ends.push_back(pid + " exit " + QByteArray::number(line.mid(at + 16).split(' ').front().toInt()));
        else if (line.contains("+++ killed by SIGKILL"))
            ends.push_back(pid + " signal 9");
        else if (line.contains("+++ killed by "))
            ends.push_back(pid + " signal ?");
    }
    std::sort(ends.begin(), ends.end());
    return ends;
}

/// What the kill storm's main process collected, which is every other process.
Ends endsIn(const QByteArrayList& report)
{
    Ends ends;
    for (const QByteArray& line : report) {
        if (!line.isEmpty() && !line.startsWith("ran ") && !line.startsWith("made "))
            ends.push_back(line);
    }
    std::sort(ends.begin(), ends.end());
    return ends;
}

Ends missingFrom(const Ends& seen, const Ends& all)
{
    Ends missing;
    std::set_difference(all.begin(), all.end(), seen.begin(), seen.end(), std::back_inserter(missing));
    return missing;
}

Ends without(Ends ends, const QByteArray& one)
{
    ends.erase(std::find(ends.begin(), ends.end(), one));
    return ends;
}

} // namespace

class RecordingStormsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;
    trial::Outcome outcome_;

    RecordingFacts record(const Words& command)
    {
        outcome_ = bench_.record({command});
        RecordingFacts facts = RecordingFacts::read(bench_.recording());
        [&] { QCOMPARE(facts.flaw(), QByteArray{}); }();
        return facts;
    }

    [[nodiscard]] QByteArray strace(const Words& command, QByteArray& out) const
    {
        const std::string log = bench_.path("strace.log");
        Words words{"strace", "-f", "-e", "trace=process,kill", "-o", log};
        words.insert(words.end(), command.begin(), command.end());
        out = trial::run({words}).out;
        QFile file{QString::fromStdString(log)};
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray{};
    }

    static bool hasStrace() { return !QStandardPaths::findExecutable(QStringLiteral("strace")).isEmpty(); }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void tenThousandShortChildren_data()
    {
        QTest::addColumn<std::string>("window");
        QTest::newRow("one at a time") << std::string{"1"};
        QTest::newRow("two hundred at a time") << std::string{"200"};
    }

    void tenThousandShortChildren()
    {
        QFETCH(const std::string, window);
        constexpr std::uint32_t kChildren = 10000;
        const RecordingFacts facts = record({fixture("children"), std::to_string(kChildren), window});
        QCOMPARE(facts.processes.size(), std::size_t{kChildren + 1});
        for (std::uint32_t index = 0; index < kChildren; ++index) {
            const ProcessFacts& child = facts.at(index + 1);
            QCOMPARE(child.end(), "exit " + QByteArray::number(index % 251));
            QVERIFY(child.parent.has_value());
            QCOMPARE(child.parent.value(), facts.at(0).id);
        }
        QCOMPARE(outcome_.out.left(12), QByteArray{"10000 ended,"});
    }

    void asManyAsStraceSees()
    {
        if (!hasStrace())
            QSKIP("strace is not installed");
        const Words command{fixture("children"), "2000", "20"};
        const RecordingFacts facts = record(command);
        QByteArray out;
        const Ends seen = endsIn(strace(command, out));
        QCOMPARE(out, outcome_.out);
        const auto byEnd = [](const Ends& ends) {
            std::map<QByteArray, int> counts;
            for (const QByteArray& end : ends)
                ++counts[end.mid(end.indexOf(' ') + 1)];
            return counts;
        };
        QCOMPARE(byEnd(endsIn(facts)), byEnd(seen));
    }

    void killedInTheMiddleOfAFork()
    {
        const Words command{fixture("killstorm"), "150"};
        const RecordingFacts facts = record(command);
        const QByteArrayList report = outcome_.out.split('\n');
        QCOMPARE(outcome_.end(), QByteArray{"exit 0"});
        const Ends all = endsIn(report);
        QVERIFY(all.size() >= 150);
        const Ends recorded = without(endsIn(facts), QByteArray::number(facts.at(0).id.pid) + " exit 0");
        QCOMPARE(missingFrom(recorded, all), Ends{});
        QCOMPARE(missingFrom(all, recorded), Ends{});
        int orphans = 0;
        for (const auto& [serial, process] : facts.processes)
            orphans += process.parent ? 0 : 1;
        qInfo("%d of %d processes have no known parent", orphans - 1, static_cast<int>(facts.processes.size()));

        if (!hasStrace())
            return;
        QByteArray out;
        const Ends seen = endsIn(strace(command, out));
        const Ends straceAll = endsIn(out.split('\n'));
        qInfo("strace did not see %d of %d ends", static_cast<int>(missingFrom(seen, straceAll).size()),
            static_cast<int>(straceAll.size()));
    }

    /// With few pids to choose from they are used again while the recording goes on.
    void pidsAreUsedAgain()
    {
        QFile limit{QStringLiteral("/proc/sys/kernel/pid_max")};
        QVERIFY(limit.open(QIODevice::ReadOnly));
        constexpr int kTooMany = 40000;
        const int pids = limit.readAll().trimmed().toInt();
        if (pids > kTooMany)
            QSKIP("this machine has too many pids to see one twice");
        const std::string storm =
            fixture("killstorm") + " 20 >/dev/null; " + fixture("children") + " 1000 >/dev/null; ";
        // From well before the first storm's pids, as other programs take some, too.
        std::string storms;
        for (int i = 0; i < 5; ++i)
            storms += storm;
        const RecordingFacts facts = record(
            {"sh", "-c", storm + fixture("pidburner") + ' ' + std::to_string(pids - 5000) + "; " + storms + "exit 3"});
        QCOMPARE(outcome_.end(), QByteArray{"exit 3"});
        std::map<std::int32_t, int> uses;
        for (const auto& [serial, process] : facts.processes)
            ++uses[process.id.pid];
        QVERIFY(std::any_of(uses.begin(), uses.end(), [](const auto& use) { return use.second > 1; }));
    }
};

QTEST_GUILESS_MAIN(RecordingStormsTest)
#include "tst_recording_storms.moc"
