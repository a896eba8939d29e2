// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Without ptrace: the program can still be controlled, sampled, given a terminal, and ended with its recorder.

#include "os/procfs.h"
#include "os/socket.h"
#include "ptytrial.h"
#include "trial.h"
#include "trialfacts.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace daemonscope;
using trial::fixture;
using trial::RecordingFacts;
using trial::Words;

namespace {

constexpr int kLimitMs = 120000;

/// What a run without ptrace can be, and what makes it so.
struct Way {
    QByteArray denied; ///< by the kernel, as the fixture "deny" takes it; empty: nothing
    Words options;
};

} // namespace

class LightControlTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }
    [[nodiscard]] std::optional<payload::RecordingStarted> started() const
    {
        const RecordingFacts recorded = facts();
        const auto* found = recorded.events.empty()
            ? nullptr
            : std::get_if<payload::RecordingStarted>(&recorded.events.front().payload);
        return found ? std::optional{*found} : std::nullopt;
    }
    [[nodiscard]] bool kernelTells() const { return started() && started()->kernelWitness; }
    [[nodiscard]] QByteArray ask(const std::string& command) const
    {
        auto peer = connectSeqpacket(started()->controlSocket);
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
        // The recorder's own, which ends them if it is killed; until it has run, it has the recorder's name.
        std::erase_if(pids, [](pid_t pid) {
            const auto stat = readProcStat(pid);
            return !stat.ok() || stat.value().comm == "dscope-keeper" || stat.value().comm == "daemonscope-rec";
        });
        return pids;
    }
    [[nodiscard]] trial::Setup recorded(const Words& command, const Way& way) const
    {
        trial::Setup setup = bench_.recorded({command}, way.options);
        if (!way.denied.isEmpty())
            setup.command.insert(setup.command.begin(), {fixture("deny"), way.denied.toStdString()});
        return setup;
    }
    static void ways(const QByteArray& output, bool withoutAny = true)
    {
        QTest::addColumn<QByteArray>("denied");
        QTest::addColumn<QByteArrayList>("options");
        QTest::newRow("asked for") << QByteArray{} << QByteArrayList{output, "--no-ptrace"};
        QTest::newRow("ptrace refused") << QByteArray{"ptrace"} << QByteArrayList{output};
        QTest::newRow("ptrace and cn_proc refused") << QByteArray{"ptrace,netlink"} << QByteArrayList{output};
        if (withoutAny)
            QTest::newRow("all refused") << QByteArray{"ptrace,netlink,perf"} << QByteArrayList{output};
    }
    static Way fetchedWay()
    {
        QFETCH(const QByteArray, denied);
        QFETCH(const QByteArrayList, options);
        Way way{denied, {}};
        for (const QByteArray& option : options)
            way.options.push_back(option.toStdString());
        return way;
    }

private Q_SLOTS:
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void killedRecorderLeavesNothing_data() { ways("--output=pipe"); }
    void killedRecorderLeavesNothing()
    {
        trial::Trial trial{recorded({fixture("stubborn")}, fetchedWay())};
        QVERIFY(trial.readUntil("ready"));
        QCOMPARE(living(trial).size(), std::size_t{5});
        ::kill(trial.pid(), SIGKILL);
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
        QCOMPARE(facts().error, std::string{});
        QCOMPARE(facts().state, RecordingReader::State::Abandoned);
    }

    void stopKillsTheWholeTree_data() { ways("--output=pipe", false); }
    void stopKillsTheWholeTree()
    {
        Way way = fetchedWay();
        way.options.emplace_back("--grace=300ms");
        trial::Trial trial{recorded({fixture("stubborn")}, way)};
        QVERIFY(trial.readUntil("ready"));
        if (!kernelTells()) {
            ::kill(trial.pid(), SIGKILL);
            QSKIP("by the means that are left here this kernel tells nothing of processes");
        }
        QVERIFY(ask("stop").startsWith("ok"));
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.flaw(), QByteArray{});
        QCOMPARE(recorded.processes.size(), std::size_t{6});
        QCOMPARE(recorded.at(0).end(), QByteArray{"signal 9"});
        if (started()->kernelMeans == "cn_proc")
            QCOMPARE(recorded.ends(), QByteArray{"signal 9, signal 9, exit 0, signal 9, signal 9, signal 9"});
    }

    void freezeAndResume_data() { ways("--output=pipe", false); }
    void freezeAndResume()
    {
        trial::Trial trial{recorded({fixture("stubborn")}, fetchedWay())};
        QVERIFY(trial.readUntil("ready"));
        if (!kernelTells()) {
            ::kill(trial.pid(), SIGKILL);
            QSKIP("by the means that are left here this kernel tells nothing of processes");
        }
        QTRY_COMPARE_WITH_TIMEOUT(facts().processes.size(), std::size_t{6}, kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(facts().at(2).exited.has_value(), kLimitMs); // who was between
        QCOMPARE(ask("freeze"), QByteArray{"ok: 5 processes frozen"});
        for (const pid_t pid : living(trial))
            QCOMPARE(readProcStat(pid).value().state, 'T');
        QCOMPARE(ask("resume"), QByteArray{"ok: 5 processes resumed"});
        for (const pid_t pid : living(trial))
            QTRY_VERIFY_WITH_TIMEOUT(readProcStat(pid).value().state != 'T', kLimitMs);
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(0).continues, 1, kLimitMs);
        QCOMPARE(facts().at(0).stops, std::vector<int>{SIGSTOP});
        const ProcessId third = facts().at(3).id;
        QCOMPARE(ask("signal " + std::to_string(third.pid) + " 3 SIGKILL"), QByteArray{"ok"});
        QTRY_VERIFY_WITH_TIMEOUT(facts().at(3).exited.has_value(), kLimitMs);
        QCOMPARE(ask("kill"), QByteArray{"ok"});
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QCOMPARE(facts().flaw(), QByteArray{});
    }

    void samples()
    {
        trial::Trial trial{bench_.recorded({{fixture("usage")}}, {"--output=pipe", "--no-ptrace", "--sample-rate=20"})};
        QVERIFY(trial.readUntil("ready"));
        if (!kernelTells()) {
            ::kill(trial.pid(), SIGKILL);
            QSKIP("this kernel tells nothing of processes without ptrace");
        }
        const auto most = [this](std::uint32_t serial) {
            payload::ResourceSampled found;
            for (const Event& event : facts().events) {
                const auto* sample = std::get_if<payload::ResourceSampled>(&event.payload);
                if (sample && event.process.serial == serial) {
                    found.cpuNs = std::max(found.cpuNs, sample->cpuNs);
                    found.rssBytes = std::max(found.rssBytes, sample->rssBytes);
                }
            }
            return found;
        };
        constexpr std::uint32_t kBurner = 1;
        constexpr std::uint32_t kHolder = 2;
        QTRY_VERIFY_WITH_TIMEOUT(most(kBurner).cpuNs >= 200'000'000, kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(most(kHolder).rssBytes >= 64 << 20, kLimitMs);
        QCOMPARE(ask("kill"), QByteArray{"ok"});
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
    }

    void ownTerminal_data() { ways("--output=pty"); }
    void ownTerminal()
    {
        const Way way = fetchedWay();
        trial::PtyTrial trial{
            recorded({"sh", "-c",
                         "for f in 0 1 2; do test -t $f && echo $f; done; (exit 4); echo ready; read x; "
                         "echo got $x >/dev/tty; exit 7"},
                way)};
        QVERIFY(trial.readUntil("0\r\n1\r\n2\r\nready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), kLimitMs);
        trial.type("hello\r");
        QVERIFY(trial.readUntil("hello\r\ngot hello\r\n"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 7"});
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.flaw(), QByteArray{});
        QCOMPARE(recorded.at(0).end(), QByteArray{"exit 7"}); // its host knows
        QVERIFY(recorded.at(0).out.endsWith("got hello\r\n"));
        QCOMPARE(recorded.processes.size(), std::size_t{kernelTells() ? 2U : 1U});
        if (started()->kernelMeans == "cn_proc")
            QCOMPARE(recorded.at(1).end(), QByteArray{"exit 4"});
    }

    void aTerminalsProgramIsNotFound_data() { ways("--output=pty"); }
    void aTerminalsProgramIsNotFound()
    {
        trial::Setup setup = recorded({"/nonexistent/program"}, fetchedWay());
        QCOMPARE(trial::run(setup).end(), QByteArray{"exit 127"});
        QVERIFY(!QFile::exists(QString::fromStdString(bench_.recording())));
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
    }
};

QTEST_GUILESS_MAIN(LightControlTest)
#include "tst_lightcontrol.moc"
