// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the recorder records of nasty programs is what they did: births, parents, ends, signals with their senders, and
// who wrote which bytes.

#include "trial.h"
#include "trialfacts.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

using trial::fixture;
using trial::ProcessFacts;
using trial::RecordingFacts;
using trial::Words;

class RecordingTruthTest : public QObject {
    Q_OBJECT

private:
    /// Records the command; fails the test if the recording breaks a rule that holds for all.
    RecordingFacts record(const trial::Setup& setup, const Words& options = {"--output=pipe"})
    {
        outcome_ = bench_.record(setup, options);
        RecordingFacts facts = RecordingFacts::read(bench_.recording());
        [&] { QCOMPARE(facts.flaw(), QByteArray{}); }();
        return facts;
    }

    trial::Bench bench_;
    trial::Outcome outcome_;

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void tree_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        QTest::addColumn<QByteArray>("tree");
        QTest::addColumn<QByteArray>("signalStory");
        const auto row = [](const char* name, const QByteArrayList& command, const char* tree,
                             const char* signalStory = "") {
            QTest::newRow(name) << command << QByteArray{tree} << QByteArray{signalStory};
        };
        row("double fork", {"doublefork"}, "launch exit 0; fork(0) exit 2; fork(1) exit 3");
        row("orphan", {"orphan"}, "launch exit 1; fork(0) exit 4");
        row("exec chain", {"execchain", "5"}, "launch exit 5");
        row("exec in a thread", {"threadexec"}, "launch exit 6");
        row("a name with blanks and brackets", {"bad name) R 1 ("}, "launch exit 0; fork(0) exit 7");
        row("closed stdout", {"closedstdout"}, "launch exit 8; fork(0) exit 0");
        row("no newline", {"nonewline"}, "launch exit 0; fork(0) exit 0");
        row("SIGTERM ignored", {"ignoreterm"}, "launch exit 0; fork(0) signal 9",
            "0 sends 15 to 1 by kill; 1 got 15 from 0; 1 got 23 from 0; 0 kills 1 by kill");
        row("vfork and posix_spawn", {"spawners"},
            "launch exit 0; vfork(0) exit 0; vfork(0) exit 0; vfork(0) exit 1; vfork(0) exit 1; "
            "vfork(0) exit 127; vfork(0) exit 127");
        row("clone with another exit signal", {"clonesignal"},
            "launch exit 0; fork(0) exit 10; clone(0) exit 11; clone(0) exit 12", "0 got 10 from the kernel");
        row("threads", {"threads"}, "launch exit 0; fork(0) exit 9");
        row("stop and continue", {"stopcont"}, "launch exit 0; fork(0) signal 15",
            "1 got 19 from 1; 1 got 18 from 0; 1 got 20 from 0; 0 sends 15 to 1 by kill; 1 got 15 from 0");
        row("killed by a sibling", {"sibling"}, "launch exit 0; fork(0) signal 9; fork(0) exit 0", "2 kills 1 by kill");
        row("killed by a sibling through a pidfd", {"sibling", "pidfd"},
            "launch exit 0; fork(0) signal 9; fork(0) exit 0", "2 kills 1 by pidfd_send_signal");
        row("killed by a sibling with tgkill", {"sibling", "tgkill"}, "launch exit 0; fork(0) signal 9; fork(0) exit 0",
            "2 kills 1 by tgkill");
        row("abort", {"ends", "abort"}, "launch signal 6", "0 got 6 from 0");
        row("abort in a child", {"ends", "abort", "child"}, "launch exit 0; fork(0) signal 6", "1 got 6 from 1");
        row("SIGSEGV", {"ends", "segv"}, "launch signal 11", "0 got 11 from the kernel");
        row("SIGPIPE", {"ends", "sigpipe", "child"}, "launch exit 0; fork(0) signal 13", "1 got 13 from 1");
        row("SIGALRM", {"ends", "alarm"}, "launch signal 14", "0 got 14 from the kernel");
        row("SIGKILL to itself", {"ends", "kill"}, "launch signal 9", "0 kills 0 by kill");
        row("real-time signal", {"ends", "rt"}, "launch signal 37", "0 got 37 from 0");
        row("exit code", {"ends", "255"}, "launch exit 255");
        row("parent-death signal", {"pdeathsig"}, "launch exit 0; fork(0) exit 0; fork(1) signal 15",
            "2 got 15 from 1");
        row("all descriptors closed", {"closeall"}, "launch exit 10; fork(0) exit 9");
        row("group ended by SIGTERM", {"groupkill", "15"},
            "launch exit 0; fork(0) signal 15; fork(0) signal 15; fork(0) signal 15", nullptr);
        row("group ended by SIGKILL", {"groupkill", "9"},
            "launch exit 0; fork(0) signal 9; fork(0) signal 9; fork(0) signal 9", "0 kills a group by kill");
        row("exec fails", {"execfail"}, "launch exit 127");
        row("children in another order", {"order"},
            "launch exit 0; fork(0) exit 0; fork(0) exit 1; fork(0) exit 2; fork(0) exit 3; fork(0) exit 4");
    }

    void tree()
    {
        QFETCH(const QByteArrayList, command);
        QFETCH(const QByteArray, tree);
        QFETCH(const QByteArray, signalStory);
        Words words;
        for (const QByteArray& word : command)
            words.push_back(words.empty() ? fixture(word.toStdString()) : word.toStdString());
        const RecordingFacts facts = record({words});
        QCOMPARE(facts.tree(), tree);
        if (!signalStory.isNull())
            QCOMPARE(facts.signalStory(), signalStory);
        QCOMPARE(outcome_.end(), facts.at(0).end());
    }

    void everyMemberOfAGroupIsToldItsSender()
    {
        const RecordingFacts facts = record({{fixture("groupkill"), "15"}});
        for (const std::uint32_t serial : {1U, 2U, 3U}) {
            QCOMPARE(facts.at(serial).signals.size(), std::size_t{1});
            QCOMPARE(facts.at(serial).signals[0].sender.value(), facts.at(0).id);
        }
    }

    void orphansGetTheirNewParent()
    {
        for (const char* const name : {"doublefork", "orphan"}) {
            const RecordingFacts facts = record({{fixture(name)}});
            const ProcessFacts& orphan = facts.processes.rbegin()->second;
            QCOMPARE(orphan.reparented.size(), std::size_t{1});
            QVERIFY(!orphan.reparented[0].adopter);
            QVERIFY(orphan.reparented[0].adopterPid > 0);
            const ProcessFacts& parent = facts.at(orphan.parent->serial);
            QVERIFY2(orphan.endedAt > parent.endedAt, "it outlives its parent");
        }
        const RecordingFacts facts = record({{fixture("doublefork"), "adopt"}});
        // Main's own end gives the service another parent again, but the service may be gone before that is seen.
        QVERIFY(!facts.at(2).reparented.empty());
        QCOMPARE(facts.at(2).reparented[0].adopter.value(), facts.at(0).id);
    }

    void stopsAndContinues()
    {
        const RecordingFacts facts = record({{fixture("stopcont")}});
        QCOMPARE(facts.at(1).stops, (std::vector<int>{SIGSTOP, SIGTSTP}));
        QCOMPARE(facts.at(1).continues, 2);
        QVERIFY(facts.at(0).stops.empty());
    }

    void execsWithTheirArguments()
    {
        const RecordingFacts facts = record({{fixture("execchain"), "2", "an odd\nname"}});
        const auto& execs = facts.at(0).execs;
        QCOMPARE(execs.size(), std::size_t{3});
        QCOMPARE(execs[0].argv, (Words{fixture("execchain"), "2", "an odd\nname"}));
        QCOMPARE(execs[1].argv, (Words{"an odd\nname", "1"}));
        for (const auto& exec : execs) {
            QCOMPARE(exec.executable, QFile{QString::fromStdString(fixture("execchain"))}.fileName().toStdString());
            QVERIFY(exec.unreadable.empty());
            QCOMPARE(exec.workingDirectory, QDir::currentPath().toStdString());
        }
        QCOMPARE(record({{fixture("threadexec")}}).at(0).execs.size(), std::size_t{2});
        QCOMPARE(record({{fixture("execfail")}}).at(0).execs.size(), std::size_t{1});
        const RecordingFacts odd = record({{fixture("bad name) R 1 (")}});
        QCOMPARE(odd.at(0).execs.at(0).executable, fixture("bad name) R 1 ("));
    }

    void everyProcessHasItsOwnOutput()
    {
        const RecordingFacts facts = record({{fixture("nonewline")}});
        QCOMPARE(facts.at(0).out, QByteArray{"parent, then the end without a newline"});
        QCOMPARE(facts.at(1).out, QByteArray("child\0\xff\x1b[31m\r, ", 15));
        const RecordingFacts orphan = record({{fixture("orphan")}});
        QCOMPARE(orphan.at(0).out, QByteArray{});
        QCOMPARE(orphan.at(1).out, QByteArray{"child: begins\nchild: my parent is gone\n"});
        QCOMPARE(orphan.at(1).err, QByteArray{"child: an error message, too\n"});
        const RecordingFacts shell = record({{"sh", "-c", "echo me; /bin/echo other; (echo third >&2)"}});
        QCOMPARE(shell.at(0).out, QByteArray{"me\n"});
        QCOMPARE(shell.at(1).out, QByteArray{"other\n"});
        QCOMPARE(shell.at(2).err, QByteArray{"third\n"});
    }

    void outputOfAPipelineIsTheLastOnes()
    {
        const RecordingFacts facts = record({{"sh", "-c", "seq 3 | tr 123 abc"}});
        QCOMPARE(facts.processes.size(), std::size_t{3});
        QCOMPARE(facts.at(1).out, QByteArray{});
        QCOMPARE(facts.at(2).out, QByteArray{"a\nb\nc\n"});
    }

    void floodFromManyProcesses_data()
    {
        QTest::addColumn<bool>("errors");
        QTest::newRow("stdout") << false;
        QTest::newRow("stderr") << true;
    }

    void floodFromManyProcesses()
    {
        QFETCH(const bool, errors);
        constexpr int kProcesses = 5;
        constexpr int kKibibytes = 2048;
        Words command{fixture("flood"), std::to_string(kProcesses), std::to_string(kKibibytes)};
        if (errors)
            command.emplace_back("stderr");
        const RecordingFacts facts = record({command});
        QCOMPARE(facts.ends(), QByteArray{"exit 0, exit 0, exit 0, exit 0, exit 0, exit 0"});
        QByteArray all;
        for (int index = 0; index < kProcesses; ++index) {
            const QByteArray piece = QByteArray(1023, static_cast<char>('A' + index)) + '\n';
            const ProcessFacts& process = facts.at(static_cast<std::uint32_t>(index + 1));
            QVERIFY2((errors ? process.err : process.out) == piece.repeated(kKibibytes), piece.left(1).constData());
            QVERIFY((errors ? process.out : process.err).isEmpty());
        }
        QCOMPARE((errors ? outcome_.err : outcome_.out).size(), qsizetype{kProcesses} * kKibibytes * 1024);
    }

    void writtenByPath_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        const auto shell = [](const char* name, const char* interpreter) {
            QTest::newRow(name) << QByteArrayList{interpreter, "-c",
                "echo out >/dev/stdout; echo err >/dev/stderr; echo out >/proc/self/fd/1; echo err >>/dev/fd/2"};
        };
        shell("dash", "dash");
        shell("bash", "bash");
        QTest::newRow("tee") << QByteArrayList{"sh", "-c",
            "echo out | tee /dev/stderr | sed s/out/err/ >/dev/null; echo err | tee /dev/stderr >/dev/null"};
        QTest::newRow("dd") << QByteArrayList{"dd", "if=/dev/zero", "of=/dev/stdout", "bs=5", "count=1", "status=none"};
        QTest::newRow("Python") << QByteArrayList{QByteArray::fromStdString(trial::python()), "-c",
            "for path in '/dev/stdout', '/dev/stderr', '/dev/fd/1':\n    with open(path, 'w') as file:\n"
            "        file.write('written\\n')"};
    }

    void writtenByPath()
    {
        QFETCH(const QByteArrayList, command);
        Words words;
        for (const QByteArray& word : command)
            words.push_back(word.toStdString());
        const trial::Outcome plain = trial::run({words});
        const RecordingFacts facts = record({words});
        QByteArray out;
        QByteArray err;
        for (const auto& [serial, process] : facts.processes) {
            out += process.out;
            err += process.err;
        }
        QCOMPARE(out, plain.out);
        QCOMPARE(err, plain.err);
        QVERIFY(!out.isEmpty() || !err.isEmpty());
        QCOMPARE(outcome_.out, plain.out);
        QCOMPARE(outcome_.err, plain.err);
        QCOMPARE(outcome_.end(), plain.end());
    }

    void yesIsEndedBySigpipe()
    {
        const RecordingFacts facts = record({{"sh", "-c", "yes | head -n 1"}});
        const ProcessFacts* const yes = facts.endedBy("signal 13");
        QVERIFY(yes != nullptr);
        QCOMPARE(yes->execs.back().argv, Words{"yes"});
        QCOMPARE(yes->signals.back().signal, SIGPIPE);
        QCOMPARE(yes->signals.back().sender.value(), yes->id);
        QCOMPARE(outcome_.out, QByteArray{"y\n"});
    }

    void cpuTimeIsTheProcesssOwn()
    {
        const RecordingFacts facts =
            record({{"sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done & wait; :"}});
        QCOMPARE(facts.processes.size(), std::size_t{2});
        QVERIFY(facts.at(1).exited->cpuNs > 20'000'000);
        QVERIFY2(facts.at(0).exited->cpuNs < facts.at(1).exited->cpuNs, "the child's time is not the parent's");
        QVERIFY(facts.at(0).exited->maxRssBytes > 100'000);
    }
};

QTEST_GUILESS_MAIN(RecordingTruthTest)
#include "tst_recording_truth.moc"
