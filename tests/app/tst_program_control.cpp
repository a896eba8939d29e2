// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a program that is being recorded, over the control socket; and what its processes use, as the
// sampler sees it.

#include "lifecycle/verdict.h"
#include "os/procfs.h"
#include "os/socket.h"
#include "trial.h"
#include "trialfacts.h"
#include "trialtree.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace daemonscope;
using trial::fixture;
using trial::RecordingFacts;

namespace {

constexpr int kLimitMs = 120000;

QByteArray statesOf(const std::vector<pid_t>& pids)
{
    QByteArray states;
    for (const pid_t pid : pids) {
        const auto stat = readProcStat(pid);
        states += stat.ok() ? stat.value().state : '?';
    }
    return states;
}

} // namespace

class ProgramControlTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }
    [[nodiscard]] ProcessTree tree() const { return trial::processTreeOf(bench_.recording()); }
    [[nodiscard]] std::string socket() const
    {
        const RecordingFacts recorded = facts();
        return std::get<payload::RecordingStarted>(recorded.events.front().payload).controlSocket;
    }
    [[nodiscard]] QByteArray ask(const std::string& command) const
    {
        auto peer = connectSeqpacket(socket());
        if (!peer.ok())
            return QByteArray::fromStdString(peer.error().message);
        const auto answer = askPacket(peer.value().socket.get(), command, std::chrono::seconds{60});
        return QByteArray::fromStdString(answer.ok() ? answer.value() : answer.error().message);
    }
    /// The program's processes that live, by /proc.
    [[nodiscard]] std::vector<pid_t> living(const trial::Trial& trial) const
    {
        std::vector<pid_t> pids = bench_.leftovers();
        std::erase(pids, trial.pid());
        return pids;
    }
    /// The number behind a word of the program's output.
    static pid_t pidBehind(const trial::Trial& trial, const QByteArray& word)
    {
        const QByteArray rest = trial.output().mid(trial.output().indexOf(word + ' ') + word.size() + 1);
        return rest.left(rest.indexOf('\n')).toInt();
    }
    [[nodiscard]] std::optional<ProcessId> idOf(pid_t pid) const
    {
        for (const auto& [serial, process] : facts().processes) {
            if (process.id.pid == pid)
                return process.id;
        }
        return std::nullopt;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void everyRunHasAPrivateSocket()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits")}})};
        QVERIFY(trial.readUntil("ready"));
        const std::filesystem::path path = socket();
        QCOMPARE(int(std::filesystem::status(path).permissions()), 0600);
        QCOMPARE(int(std::filesystem::status(path.parent_path()).permissions()), 0700);
        QVERIFY(ask("nonsense").startsWith("error: unknown command"));
        QVERIFY(ask("stop").startsWith("ok"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 35"}); // it handles SIGTERM
        QVERIFY(!std::filesystem::exists(path.parent_path()));
    }

    void stopKillsTheWholeTreeAfterTheGrace()
    {
        trial::Trial trial{bench_.recorded({{fixture("stubborn")}}, {"--output=pipe", "--grace=300ms"})};
        QVERIFY(trial.readUntil("ready"));
        QCOMPARE(living(trial).size(), std::size_t{5});
        QVERIFY(ask("stop").startsWith("ok"));
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QVERIFY(bench_.leftovers().empty());
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.flaw(), QByteArray{});
        QCOMPARE(recorded.ends(), QByteArray{"signal 9, signal 9, exit 0, signal 9, signal 9, signal 9"});
        const ProcessTree told = tree();
        for (const ProcessIndex process : {0, 1, 3, 4, 5}) {
            const QString verdict = QString::fromStdString(daemonscope::verdict(told, process).text);
            QVERIFY2(verdict.contains(QStringLiteral("SIGKILL from daemonscope")), qPrintable(verdict));
        }
        // The program's own group was asked first; those that left it were not.
        const auto asked = [&](std::uint32_t serial) {
            const auto& signals = recorded.at(serial).signals;
            return std::any_of(signals.begin(), signals.end(), [&](const payload::SignalDelivered& signal) {
                return signal.signal == SIGTERM && signal.senderPid == trial.pid();
            });
        };
        QVERIFY(!asked(4) && !asked(5));
    }

    void freezeHoldsAForkStorm()
    {
        trial::Trial trial{bench_.recorded({{fixture("forkstorm")}})};
        QVERIFY(trial.readUntil("ready"));
        for (int round = 0; round < 3; ++round) {
            const std::size_t before = facts().processes.size();
            QTRY_VERIFY_WITH_TIMEOUT(facts().processes.size() > before + 50, kLimitMs); // the storm is on
            const QByteArray answer = ask("freeze");
            QVERIFY2(answer.startsWith("ok: "), answer.constData());
            const std::vector<pid_t> frozen = living(trial);
            QVERIFY(frozen.size() >= 6);
            for (const char state : statesOf(frozen))
                QVERIFY2(QByteArray{"TtDZ"}.contains(state), statesOf(frozen).constData());
            const std::size_t births = facts().processes.size();
            QVERIFY(ask("freeze").startsWith("ok: ")); // looks again for some time
            QCOMPARE(living(trial), frozen);
            QCOMPARE(facts().processes.size(), births);
            QVERIFY(tree().frozenAt(tree().latest()));
            QVERIFY(ask("resume").startsWith("ok: "));
            QTRY_VERIFY_WITH_TIMEOUT(facts().processes.size() > births + 50, kLimitMs);
        }
        QCOMPARE(ask("kill"), QByteArray{"ok"});
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
        QCOMPARE(facts().flaw(), QByteArray{});
    }

    void resumeLeavesStoppedWhatWasStoppedBefore()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits"), "tree"}})};
        QVERIFY(trial.readUntil("ready") && trial.readUntil("child") && trial.readUntil("orphan"));
        const auto child = idOf(pidBehind(trial, "child"));
        const auto orphan = idOf(pidBehind(trial, "orphan"));
        QVERIFY(child && orphan);
        ::kill(child->pid, SIGSTOP);
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(child->serial).stops.size(), std::size_t{1}, kLimitMs);
        QCOMPARE(ask("freeze"), QByteArray{"ok: 2 processes frozen, 1 had been stopped before"});
        QCOMPARE(facts().at(0).stops.size(), std::size_t{1});
        QCOMPARE(facts().at(orphan->serial).stops.size(), std::size_t{1});
        QCOMPARE(ask("resume"), QByteArray{"ok: 2 processes resumed"});
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(0).continues, 1, kLimitMs);
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(orphan->serial).continues, 1, kLimitMs);
        QCOMPARE(facts().at(child->serial).continues, 0);
        QVERIFY(QByteArray{"tT"}.contains(statesOf({child->pid})));
        // A stopped program can still be asked to stop.
        QVERIFY(ask("stop").startsWith("ok"));
        QCOMPARE(trial.finish().end(), QByteArray{"signal 15"});
        QVERIFY(bench_.leftovers().empty());
    }

    void aSignalReachesTheOneThatWasMeant()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits"), "tree"}})};
        QVERIFY(trial.readUntil("ready") && trial.readUntil("child") && trial.readUntil("orphan"));
        const auto child = idOf(pidBehind(trial, "child"));
        QVERIFY(child);
        const std::string pid = std::to_string(child->pid);
        QVERIFY(ask("signal " + pid + " " + std::to_string(child->serial + 1) + " SIGTERM")
                    .startsWith("error: no process"));
        QVERIFY(ask("signal 1 0 SIGTERM").startsWith("error: no process"));
        QCOMPARE(ask("signal " + pid + " " + std::to_string(child->serial) + " SIGUSR2"), QByteArray{"ok"});
        QTRY_VERIFY_WITH_TIMEOUT(facts().at(child->serial).exited.has_value(), kLimitMs);
        QVERIFY(ask("signal " + pid + " " + std::to_string(child->serial) + " SIGTERM").startsWith("error: "));
        QCOMPARE(living(trial).size(), std::size_t{2});
        const auto told = tree();
        const QString verdict =
            QString::fromStdString(daemonscope::verdict(told, static_cast<int>(child->serial)).text);
        QVERIFY2(verdict.contains(QStringLiteral("SIGUSR2 from daemonscope, which was asked to send it")),
            qPrintable(verdict));
        QCOMPARE(ask("kill"), QByteArray{"ok"});
        trial.finish();
    }

    void samplesShowWhoUsesWhat()
    {
        trial::Trial trial{bench_.recorded({{fixture("usage")}}, {"--output=pipe", "--sample-rate=20"})};
        QVERIFY(trial.readUntil("ready"));
        const auto burner = idOf(pidBehind(trial, "burner"));
        const auto holder = idOf(pidBehind(trial, "holder"));
        QVERIFY(burner && holder);
        const auto last = [&](const ProcessId& id) {
            const ProcessTree told = tree();
            const auto samples = told.resources().of(static_cast<ProcessIndex>(id.serial));
            return samples.empty() ? ResourceSample{} : samples.back();
        };
        QTRY_VERIFY_WITH_TIMEOUT(last(*burner).cpuNs >= 200'000'000, kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(last(*holder).rssBytes >= 64 << 20, kLimitMs);
        QVERIFY(last(*burner).rssBytes < 64 << 20);
        QVERIFY(last(*holder).cpuNs < last(*burner).cpuNs);
        QCOMPARE(ask("kill"), QByteArray{"ok"});
        trial.finish();
        // At the end, the kernel's own values.
        const ProcessTree told = tree();
        QVERIFY(told.at(static_cast<ProcessIndex>(burner->serial)).usageAtEnd);
        QVERIFY(told.at(static_cast<ProcessIndex>(burner->serial)).cpuNs >= 200'000'000);
        QVERIFY(told.at(static_cast<ProcessIndex>(holder->serial)).maxRssBytes >= 64 << 20);
    }

    void noSamplesIfNobodyWantsThem()
    {
        QCOMPARE(bench_.record({{"sleep", "0.3"}}, {"--sample-rate=0"}).exitCode, 0);
        for (const Event& event : facts().events)
            QVERIFY(!std::holds_alternative<payload::ResourceSampled>(event.payload));
        QCOMPARE(bench_.record({{"true"}}, {"--sample-rate=1000"}).exitCode, 2);
        QCOMPARE(bench_.record({{"true"}}, {"--grace=soon"}).exitCode, 2);
    }
};

QTEST_GUILESS_MAIN(ProgramControlTest)
#include "tst_program_control.moc"
