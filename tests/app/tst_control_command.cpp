// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `daemonscope control`, on a program that is being recorded.

#include "trial.h"
#include "trialfacts.h"

#include <QFile>
#include <QTest>

#include <csignal>

using namespace daemonscope;
using trial::fixture;
using trial::RecordingFacts;
using trial::Words;

namespace {

constexpr int kLimitMs = 120000;

} // namespace

class ControlCommandTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] static trial::Outcome control(Words words)
    {
        Words command{std::string{DAEMONSCOPE_BINARY_DIR} + "/bin/daemonscope", "control"};
        command.insert(command.end(), words.begin(), words.end());
        return trial::run({command});
    }
    [[nodiscard]] RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void controlsARunningProgramByItsRecording()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits"), "tree"}})};
        QVERIFY(trial.readUntil("ready") && trial.readUntil("child") && trial.readUntil("orphan"));
        const std::string file = bench_.recording();
        const trial::Outcome frozen = control({file, "freeze"});
        QCOMPARE(frozen.end(), QByteArray{"exit 0"});
        QCOMPARE(frozen.out, QByteArray{"3 processes frozen\n"});
        const RecordingFacts recorded = facts();
        const auto& started = std::get<payload::RecordingStarted>(recorded.events.front().payload);
        QCOMPARE(control({started.controlSocket, "resume"}).out, QByteArray{"3 processes resumed\n"});
        // All three have the same name, so one is meant by its pid.
        const ProcessId last = recorded.processes.rbegin()->second.id;
        const trial::Outcome unclear = control({file, "signal", "waits", "TERM"});
        QCOMPARE(unclear.exitCode, 125);
        QVERIFY2(unclear.err.contains("several living processes"), unclear.err.constData());
        QCOMPARE(control({file, "signal", std::to_string(last.pid), "SIGUSR1"}).end(), QByteArray{"exit 0"});
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(last.serial).end(), QByteArray{"signal 10"}, kLimitMs);
        const trial::Outcome gone = control({file, "signal", std::to_string(last.pid), "SIGUSR1"});
        QCOMPARE(gone.exitCode, 125);
        QVERIFY2(gone.err.contains("no living process"), gone.err.constData());
        const std::string identity = std::to_string(recorded.at(0).id.pid) + ":7";
        const trial::Outcome wrong = control({started.controlSocket, "signal", identity, "SIGKILL"});
        QCOMPARE(wrong.exitCode, 125);
        QVERIFY2(wrong.err.contains("serial 7"), wrong.err.constData());
        QCOMPARE(control({file, "stop"}).end(), QByteArray{"exit 0"});
        QCOMPARE(trial.finish().end(), QByteArray{"signal 15"});
        const trial::Outcome late = control({file, "stop"});
        QCOMPARE(late.exitCode, 125);
        QVERIFY2(late.err.contains("is complete"), late.err.constData());
    }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<QByteArrayList>("words");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, const QByteArrayList& words, int status) {
            QTest::newRow(name) << words << status;
        };
        row("nothing", {}, 2);
        row("no command", {"/etc/passwd"}, 2);
        row("unknown command", {"/etc/passwd", "explode"}, 2);
        row("a signal without a process", {"/etc/passwd", "signal"}, 2);
        row("a process without a signal", {"/etc/passwd", "signal", "1"}, 2);
        row("no such signal", {"/etc/passwd", "signal", "1", "SIGNONSENSE"}, 2);
        row("words behind it", {"/etc/passwd", "stop", "now"}, 2);
        row("no recording", {"/etc/passwd", "stop"}, 125);
        row("no such file", {"/nonexistent/file", "stop"}, 125);
    }
    void refusesWhatMakesNoSense()
    {
        QFETCH(const QByteArrayList, words);
        QFETCH(const int, status);
        Words given;
        for (const QByteArray& word : words)
            given.push_back(word.toStdString());
        const trial::Outcome outcome = control(given);
        QCOMPARE(outcome.exitCode, status);
        QVERIFY(!outcome.err.isEmpty());
    }

    /// A recording whose recorder was killed.
    void aDeadRecorderIsSaid()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits")}})};
        QVERIFY(trial.readUntil("ready"));
        ::kill(trial.pid(), SIGKILL);
        trial.finish();
        const trial::Outcome outcome = control({bench_.recording(), "kill"});
        QCOMPARE(outcome.exitCode, 125);
        QVERIFY2(outcome.err.contains("is gone"), outcome.err.constData());
    }
};

QTEST_GUILESS_MAIN(ControlCommandTest)
#include "tst_control_command.moc"
