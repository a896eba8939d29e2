// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Programs that trace others, as gdb and strace do: they work as without the recorder, and what they trace is followed.

#include "trial.h"
#include "trialfacts.h"

#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <thread>

using daemonscope::Event;
using trial::fixture;
using trial::RecordingFacts;
using trial::Words;
namespace payload = daemonscope::payload;

namespace {

QByteArray losses(const RecordingFacts& facts)
{
    QByteArray text;
    for (const Event& event : facts.events) {
        if (const auto* lost = std::get_if<payload::Lost>(&event.payload))
            text += QByteArray::fromStdString(lost->what + ": " + lost->why) + '\n';
    }
    return text;
}

bool isThere(pid_t pid)
{
    QFile stat{QString::fromStdString("/proc/" + std::to_string(pid) + "/stat")};
    return stat.open(QIODevice::ReadOnly) && !stat.readAll().contains(") Z ");
}

} // namespace

class DebuggersTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }
    /// Starts a debugger whose tracee stays, with a child of its own, and finds out who they are.
    std::unique_ptr<trial::Trial> linger(const Words& options, std::array<pid_t, 2>& pids)
    {
        auto trial = std::make_unique<trial::Trial>(bench_.recorded({{fixture("debuggers"), "linger"}}, options));
        if (!trial->readUntil("lingering ") || !trial->readUntil("\n"))
            return nullptr;
        const QByteArray output = trial->output();
        const QByteArrayList words = output.mid(output.indexOf("lingering ")).split('\n').first().split(' ');
        if (words.size() != 3)
            return nullptr;
        pids = {words.at(1).toInt(), words.at(2).toInt()};
        return trial;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void asWithout_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<QByteArray>("tree");
        QTest::addColumn<int>("letGo");
        const QByteArray work = " unknown(1) signal 9; unknown(1) signal 15; unknown(1) exit 4";
        QTest::newRow("asks only") << QByteArray{"ask"}
                                   << QByteArray{"launch exit 0; fork(0) exit 0; fork(0) exit 0; fork(0) signal 9; "
                                                 "fork(0) signal 9"}
                                   << 4;
        QTest::newRow("traceme") << QByteArray{"traceme"} << "launch exit 7; fork(0) exit 7;" + work << 1;
        QTest::newRow("seize") << QByteArray{"seize"} << "launch exit 7; fork(0) exit 7;" + work << 1;
        QTest::newRow("attach") << QByteArray{"attach"} << QByteArray{"launch exit 0; fork(0) exit 0"} << 1;
        QTest::newRow("attach to the program")
            << QByteArray{"parent"} << QByteArray{"launch exit 0; fork(0) exit 0"} << 1;
        QTest::newRow("ends early") << QByteArray{"early"} << "launch exit 3; fork(0) exit 7;" + work << 1;
        QTest::newRow("no tracer") << QByteArray{"work"}
                                   << QByteArray{"launch exit 7; fork(0) signal 9; fork(0) signal 15; fork(0) exit 4"}
                                   << 0;
    }
    void asWithout()
    {
        QFETCH(const QByteArray, how);
        QFETCH(const QByteArray, tree);
        QFETCH(const int, letGo);
        const trial::Setup setup{{fixture("debuggers"), how.toStdString()}};
        const trial::Outcome without = trial::run(setup);
        const trial::Outcome with = bench_.record(setup);
        QCOMPARE(with.out, without.out);
        QCOMPARE(with.err, without.err);
        QCOMPARE(with.end(), without.end());
        const RecordingFacts found = facts();
        QCOMPARE(found.flaw(), QByteArray{});
        QCOMPARE(losses(found).count("let go of it"), letGo);
        if (letGo > 0 && !losses(found).contains("cn_proc"))
            QSKIP("without cn_proc the kernel does not tell all of what was let go of");
        QCOMPARE(found.tree(), tree);
    }

    /// Births, execs, ends, stops and who kills whom: of the one that was let go, and of what comes of it.
    void lettingGoKeepsTheStory()
    {
        QCOMPARE(bench_.record({{fixture("debuggers"), "seize"}}).end(), QByteArray{"exit 7"});
        const RecordingFacts found = facts();
        if (!losses(found).contains("cn_proc"))
            QSKIP("without cn_proc the kernel does not tell all of what was let go of");
        const trial::ProcessFacts& tracee = found.at(1);
        QCOMPARE(tracee.execs.size(), std::size_t{1});
        QCOMPARE(tracee.execs.front().argv.back(), std::string{"work"});
        QCOMPARE(tracee.stops, std::vector<int>{SIGSTOP});
        QCOMPARE(tracee.continues, 1);
        QCOMPARE(tracee.kills.size(), std::size_t{2});
        QVERIFY(tracee.kills.at(0).target == found.at(2).id);
        QCOMPARE(tracee.kills.at(0).signal, SIGKILL);
        QVERIFY(tracee.kills.at(1).target == found.at(3).id);
        QCOMPARE(tracee.out.count("/dev/stdout: open"), 1);
        QCOMPARE(tracee.err, QByteArray{"/dev/stderr: open\n"});
        QCOMPARE(found.at(4).out, QByteArray{"from a shell\nand re-opened\n"});
        const auto reaped = std::count_if(found.events.begin(), found.events.end(),
            [](const Event& event) { return std::holds_alternative<payload::Reaped>(event.payload); });
        QCOMPARE(reaped, 5);
    }

    void withoutTheKernelsWord_data()
    {
        QTest::addColumn<QByteArray>("denied");
        QTest::addColumn<QByteArray>("means");
        QTest::newRow("perf") << QByteArray{"netlink"} << QByteArray{"perf"};
        QTest::newRow("pidfd") << QByteArray{"netlink,perf"} << QByteArray{"saw its end only"};
    }
    void withoutTheKernelsWord()
    {
        QFETCH(const QByteArray, denied);
        QFETCH(const QByteArray, means);
        for (const char* how : {"traceme", "seize", "attach", "early"}) {
            const trial::Setup setup{{fixture("debuggers"), how}};
            const trial::Outcome without = trial::run(setup);
            trial::Setup recorded = bench_.recorded(setup);
            recorded.command.insert(recorded.command.begin(), {fixture("deny"), denied.toStdString()});
            const trial::Outcome with = trial::run(recorded);
            QCOMPARE(with.out, without.out);
            QCOMPARE(with.end(), without.end());
            const RecordingFacts found = facts();
            QVERIFY2(losses(found).contains(means) || means == "perf", losses(found).constData());
            QVERIFY(found.processes.size() >= 2);
            for (const std::uint32_t serial : {0U, 1U}) {
                QCOMPARE(found.at(serial).births, 1);
                QCOMPARE(found.at(serial).ends, 1);
            }
            QCOMPARE(found.state, daemonscope::RecordingReader::State::Closed);
        }
    }

    void refusalIsTold()
    {
        const trial::Outcome outcome = bench_.record({{fixture("debuggers"), "filter"}});
        QCOMPARE(outcome.out, QByteArray{"seize: Operation not permitted\n"});
        QCOMPARE(outcome.err.count('\n'), 1);
        QVERIFY2(outcome.err.contains("wanted to trace another and could not"), outcome.err.constData());
        const QByteArray lost = losses(facts());
        QCOMPARE(lost.count('\n'), 1);
        QVERIFY2(lost.contains("seccomp"), lost.constData());
    }

    void strace()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("strace")).isEmpty())
            QSKIP("strace is not installed");
        const std::string trace = bench_.path("trace");
        const trial::Setup setup{{"strace", "-f", "-e", "trace=execve,kill,openat", "-o", trace, "sh", "-c",
            "sh -c 'kill -KILL $$'; echo $?; echo to stderr > /dev/stderr; exit 5"}};
        const auto story = [&] {
            QFile file{QString::fromStdString(trace)};
            if (!file.open(QIODevice::ReadOnly))
                return QByteArrayList{};
            QByteArrayList lines;
            for (const QByteArray& line : file.readAll().split('\n')) {
                const QByteArray words = line.mid(line.indexOf(' ')).trimmed();
                // Addresses and pids differ from run to run.
                lines << words.left(words.startsWith("kill(") || words.startsWith("---") ? 4
                        : words.startsWith("execve(")                                    ? words.indexOf(", 0x")
                                                                                         : words.size());
            }
            std::sort(lines.begin(), lines.end());
            return lines;
        };
        const trial::Outcome without = trial::run(setup);
        const QByteArrayList expected = story();
        QVERIFY(expected.size() > 4);
        const trial::Outcome with = bench_.record(setup);
        QCOMPARE(with.out, without.out);
        QCOMPARE(with.err, without.err);
        QCOMPARE(with.end(), QByteArray{"exit 5"});
        QCOMPARE(story(), expected);
        QVERIFY(facts().endedBy("signal 9") || losses(facts()).contains("let go"));
    }

    void killedRecorderLeavesNothing()
    {
        std::array<pid_t, 2> pids{};
        const auto trial = linger({"--output=pipe"}, pids);
        QVERIFY(trial);
        ::kill(trial->pid(), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(!isThere(pids[0]) && !isThere(pids[1]), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), 30000);
    }

    /// A signal to the recorder asks the program to end, and what is left gets SIGKILL.
    void stopEndsTheTracedToo()
    {
        std::array<pid_t, 2> pids{};
        const auto trial = linger({"--output=pipe", "--grace", "200ms"}, pids);
        QVERIFY(trial);
        ::kill(trial->pid(), SIGTERM);
        const trial::Outcome outcome = trial->finish();
        QVERIFY(!outcome.timedOut);
        QCOMPARE(outcome.end(), QByteArray{"signal 15"});
        QVERIFY(!isThere(pids[0]));
        QVERIFY(!isThere(pids[1]));
        const RecordingFacts found = facts();
        QCOMPARE(found.state, daemonscope::RecordingReader::State::Closed);
        if (losses(found).contains("cn_proc"))
            QCOMPARE(found.ends(), QByteArray{"signal 15, signal 9, signal 9"});
    }
};

QTEST_GUILESS_MAIN(DebuggersTest)
#include "tst_debuggers.moc"
