// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Programs at terminals: one of their own (--output=pty), and the person's, with a shell's job control.

#include "ptytrial.h"
#include "trialfacts.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>

using trial::fixture;
using trial::PtyTrial;
using trial::RecordingFacts;
using trial::Words;

namespace {

const Words kPty{"--output=pty"};

QByteArray quoted(const Words& command)
{
    QByteArray line;
    for (const std::string& word : command)
        line += " '" + QByteArray::fromStdString(word) + "'";
    return line.trimmed();
}

} // namespace

class TerminalTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    /// An interactive shell with job control whose prompt is "at> ".
    [[nodiscard]] trial::Setup shell() const
    {
        trial::Setup setup{{"bash", "--norc", "--noprofile", "-i"}};
        setup.environment = {"PS1=at> ", "XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString(), "HISTFILE="};
        return setup;
    }
    /// A command line that records the script.
    [[nodiscard]] QByteArray recordLine(const char* script, const Words& options) const
    {
        return quoted(bench_.recorded({{"bash", "-c", script}}, options).command);
    }
    [[nodiscard]] RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }

    [[nodiscard]] std::string lastExecuted() const
    {
        const RecordingFacts now = facts();
        return now.processes.empty() || now.processes.rbegin()->second.execs.empty()
            ? ""
            : now.processes.rbegin()->second.execs.back().argv.front();
    }

    static void options()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::newRow("own terminal") << QByteArrayList{"--output=pty"};
        QTest::newRow("own terminal, no ptrace") << QByteArrayList{"--output=pty", "--no-ptrace"};
        QTest::newRow("pipe") << QByteArrayList{"--output=pipe"};
        QTest::newRow("pipe, no ptrace") << QByteArrayList{"--output=pipe", "--no-ptrace"};
        QTest::newRow("inherit") << QByteArrayList{"--output=inherit"};
    }
    static Words fetched()
    {
        QFETCH(const QByteArrayList, options);
        return trial::wordsOf(options);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void ownTerminalIsATerminal()
    {
        PtyTrial trial{bench_.recorded({{"sh", "-c",
                                           "for f in 0 1 2; do test -t $f && echo $f; done; stty size; echo ready; "
                                           "read x; echo got $x; exit 7"}},
            kPty)};
        QVERIFY(trial.readUntil("0\r\n1\r\n2\r\n24 80\r\nready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("hello\r");
        QVERIFY(trial.readUntil("hello\r\ngot hello\r\n"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 7"});
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.flaw(), QByteArray{});
        const auto& started = std::get<daemonscope::payload::RecordingStarted>(recorded.events.front().payload);
        QCOMPARE(started.outputMode, std::string{"pty"});
        QVERIFY(!started.outputAttributed);
        QVERIFY(recorded.at(0).out.endsWith("got hello\r\n"));
    }

    void lastWordsStandBeforeTheEnd()
    {
        for (int round = 0; round < 20; ++round) {
            PtyTrial trial{bench_.recorded({{"sh", "-c", "sh -c 'echo from a child'; echo last"}}, kPty)};
            QVERIFY(trial.finish().out.endsWith("from a child\r\nlast\r\n"));
            QCOMPARE(facts().flaw(), QByteArray{});
            QVERIFY(!facts().at(0).wroteAfterEnd);
        }
    }

    void windowSizeIsPassedOn()
    {
        PtyTrial trial{bench_.recorded(
            {{"bash", "-c", "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.1; done"}}, kPty)};
        QVERIFY(trial.readUntil("ready"));
        trial.resize(41, 77);
        QVERIFY(trial.readUntil("41 77"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 0"});
    }

    void ctrlCComesFromTheTerminal()
    {
        PtyTrial trial{bench_.recorded({{fixture("waits")}}, kPty)};
        QVERIFY(trial.readUntil("ready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("\x03");
        QVERIFY(trial.readUntil("got 2"));
        trial.finish();
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.at(0).signals.size(), std::size_t{1});
        QCOMPARE(recorded.at(0).signals.front().signal, SIGINT);
        QCOMPARE(recorded.at(0).signals.front().senderPid, 0); // of the kernel, which is the terminal
    }

    void ctrlDIsTheEnd()
    {
        PtyTrial trial{bench_.recorded({{fixture("echoin")}}, kPty)};
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("abc\r");
        QVERIFY(trial.readUntil("abc\r\n"));
        trial.type("\x04");
        QVERIFY(trial.readUntil("4 bytes"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 0"});
    }

    void inputThatIsNoTerminal_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::newRow("none") << QByteArray{};
        QTest::newRow("lines") << QByteArray{"one\ntwo\n"};
        QTest::newRow("no newline") << QByteArray{"partial"};
        QTest::newRow("200 kB") << QByteArray{"0123456789abcde\n"}.repeated(12800);
    }

    void inputThatIsNoTerminal()
    {
        QFETCH(QByteArray, input);
        for (const Words& options : {kPty, Words{"--output=pty", "--no-ptrace"}}) {
            // The end stays the end for who reads again.
            trial::Setup setup{{"sh", "-c", "cat; cat; echo done"}};
            setup.input = input;
            const trial::Outcome outcome = bench_.record(setup, options);
            QCOMPARE(outcome.end(), QByteArray{"exit 0"});
            QByteArray expected = input + "done\n";
            QCOMPARE(outcome.out.size(), expected.replace("\n", "\r\n").size());
            QCOMPARE(outcome.out, expected);
            QCOMPARE(outcome.err, QByteArray{});
        }
    }

    void closedInputIsAnEnd()
    {
        trial::Setup setup{{"sh", "-c", "cat; echo done"}};
        setup.closed = {0};
        QCOMPARE(bench_.record(setup, kPty).out, QByteArray{"done\r\n"});
    }

    void endsAsTheProgramEnds()
    {
        for (const Words& options : {kPty, Words{"--output=pty", "--no-ptrace"}}) {
            QCOMPARE(bench_.record({{fixture("ends"), "7"}}, options).end(), QByteArray{"exit 7"});
            QCOMPARE(bench_.record({{fixture("ends"), "term"}}, options).end(), QByteArray{"signal 15"});
            QCOMPARE(bench_.record({{"/nonexistent/program"}}, options).end(), QByteArray{"exit 127"});
        }
        QCOMPARE(bench_.record({{"/bin/true"}}, {"--output=pty", "--detach"}).exitCode, 2);
    }

    /// Who reads the output goes away: the program's terminal is hung up.
    void readerGone()
    {
        trial::Setup setup = bench_.recorded({{"yes"}}, kPty);
        setup.command = {"bash", "-c", (quoted(setup.command) + " | head -n 1; exit ${PIPESTATUS[0]}").toStdString()};
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.out, QByteArray{"y\r\n"});
        // The signal, or the failed write before it.
        QVERIFY2(outcome.exitCode == 128 + SIGHUP || outcome.exitCode == 1, outcome.end().constData());
        QCOMPARE(facts().flaw(), QByteArray{});
    }

    void leftoversKeepTheTerminal()
    {
        PtyTrial trial{
            bench_.recorded({{"sh", "-c", "(sleep 0.3; test -t 1 && echo later >/dev/tty) & echo first"}}, kPty)};
        QVERIFY(trial.readUntil("first\r\nlater\r\n"));
        QCOMPARE(trial.finish().end(), QByteArray{"exit 0"});
    }

    /// A shell inside, with job control of its own.
    void shellAtItsOwnTerminal()
    {
        trial::Setup setup = bench_.recorded({shell().command}, kPty);
        setup.environment.push_back("PS1=at> ");
        PtyTrial trial{setup};
        QVERIFY(trial.readUntil("at> "));
        trial.type("sleep 600\r");
        QTRY_VERIFY_WITH_TIMEOUT(lastExecuted() == "sleep", 60000);
        trial.type("\x1a");
        QVERIFY(trial.readUntil("Stopped"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("kill -KILL %1; disown -a; exit 3\r");
        QCOMPARE(trial.finish().end(), QByteArray{"exit 3"});
        QCOMPARE(facts().flaw(), QByteArray{});
    }

    void ctrlZAndFg_data() { options(); }
    void ctrlZAndFg()
    {
        const Words words = fetched();
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(recordLine("echo re''ady; read x; echo got $x; exit 5", words) + "; echo status $?\r");
        QVERIFY(trial.readUntil("ready"));
        if (words.front() == "--output=pty")
            QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("\x1a");
        QVERIFY(trial.readUntil("Stopped"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("echo back $((1+1))\r");
        QVERIFY(trial.readUntil("back 2"));
        trial.type("fg\r");
        QTRY_VERIFY_WITH_TIMEOUT(trial.foreground() != trial.pid(), 60000);
        if (words.front() == "--output=pty")
            QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("typed\r");
        QVERIFY(trial.readUntil("got typed"));
        QVERIFY(trial.readUntil("at> ")); // what is typed before still goes to the program
        QVERIFY(!trial.raw());
        trial.type("exit\r");
        trial.finish();
        QCOMPARE(facts().flaw(), QByteArray{});
        QCOMPARE(facts().at(0).end(), QByteArray{"exit 5"});
    }

    /// Where others share the terminal with the recorder, as in a pipeline, it keeps it, and passes on what is typed
    /// for the program to the whole of it: here to a shell and to what that waits for.
    void ctrlCInAPipeline_data() { options(); }
    void ctrlCInAPipeline()
    {
        const Words words = fetched();
        if (words.front() == "--output=pty")
            return; // has a terminal of its own, which sends it
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(recordLine("sleep 600; echo ne''ver", words) + " | cat; echo status ${PIPESTATUS[0]}\r");
        QTRY_COMPARE_WITH_TIMEOUT(lastExecuted(), std::string{"sleep"}, 60000);
        trial.type("\x03");
        QVERIFY(trial.readUntil("at> "));
        QVERIFY2(!trial.unread().contains("never"), trial.unread().constData());
        trial.type("exit\r");
        trial.finish();
        const RecordingFacts recorded = facts();
        QCOMPARE(recorded.flaw(), QByteArray{});
        QCOMPARE(recorded.ends(), QByteArray{"signal 2, signal 2"});
        const auto passedOn = std::find_if(recorded.events.begin(), recorded.events.end(), [](const auto& event) {
            const auto* asked = std::get_if<daemonscope::payload::ControlRequested>(&event.payload);
            return asked && asked->request == "terminal" && asked->signal == SIGINT;
        });
        QVERIFY(passedOn != recorded.events.end());
    }

    void killedRecorderPutsTheTerminalInOrder()
    {
        // Behind a shell that does not look after the terminal itself.
        trial::Setup setup = shell();
        setup.command = {
            "sh", "-c", (recordLine("echo ready; sleep 600", kPty) + "; echo after it; read x").toStdString()};
        PtyTrial trial{setup};
        QVERIFY(trial.readUntil("ready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        const auto started = std::get<daemonscope::payload::RecordingStarted>(facts().events.front().payload);
        ::kill(started.recorderPid, SIGKILL);
        QVERIFY(trial.readUntil("after it"));
        QTRY_VERIFY_WITH_TIMEOUT(!trial.raw(), 60000);
        trial.type("\r");
        trial.finish();
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), 60000);
    }

    /// In the background, who reads the terminal is stopped until the shell says "fg".
    void backgroundReader_data() { options(); }
    void backgroundReader()
    {
        const Words words = fetched();
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(recordLine("echo re''ady; read x; echo got $x", words) + " &\r");
        QVERIFY(trial.readUntil("ready"));
        if (words.front() != "--output=pty") {
            trial.type("while test -z \"$(jobs -s)\"; do sleep 0.1; done; jobs\r");
            QVERIFY(trial.readUntil("Stopped"));
        }
        trial.type("fg\r");
        QTRY_VERIFY_WITH_TIMEOUT(trial.foreground() != trial.pid(), 60000);
        if (words.front() == "--output=pty")
            QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), 60000);
        trial.type("typed\r");
        QVERIFY(trial.readUntil("got typed"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("exit\r");
        trial.finish();
    }

    /// The rest of a pipeline may want the terminal, as a pager does.
    void pipelineToAPager()
    {
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(recordLine("echo through", {"--output=pipe"})
            + " | bash -c 'read line; read key </dev/tty; echo $line with $key'\r");
        QTRY_VERIFY_WITH_TIMEOUT(facts().state == daemonscope::RecordingReader::State::Closed, 60000);
        trial.type("a key\r");
        QVERIFY(trial.readUntil("through with a key"));
        QVERIFY(trial.readUntil("at> "));
        // And the recorded program, too, with a pipe for stdin.
        cleanup();
        trial.type(
            "echo in | " + recordLine("read line; read key </dev/tty; echo $line with $key", {"--output=pipe"}) + "\r");
        QTRY_COMPARE_WITH_TIMEOUT(lastExecuted(), std::string{"bash"}, 60000);
        trial.type("another\r");
        QVERIFY(trial.readUntil("in with another"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("exit\r");
        trial.finish();
    }
};

QTEST_GUILESS_MAIN(TerminalTest)
#include "tst_terminal.moc"
