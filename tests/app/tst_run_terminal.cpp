// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `daemonscope run --output=pty`: an interactive program under a window, or offscreen, with a person at the terminal
// from which daemonscope was started, and with nobody there.

#include "ptytrial.h"
#include "trialfacts.h"

#include <QFile>
#include <QTest>

#include <csignal>

using trial::PtyTrial;
using trial::RecordingFacts;
using trial::Words;

namespace {

constexpr int kLimitMs = 60'000;

/// Says what its terminal is, answers to a new size and to Ctrl+C, and ends with the first line that is typed.
const char* const kProgram = "for f in 0 1 2; do test -t $f && echo terminal $f; done; stty size; "
                             "trap 'stty size' WINCH; trap 'echo interrupted' INT; echo re''ady; "
                             "until read -t 0.2 y; do x=$x$y; done; echo got $x$y; exit 5";

QByteArray quoted(const Words& command)
{
    QByteArray line;
    for (const std::string& word : command)
        line += " '" + QByteArray::fromStdString(word).replace("'", "'\\''") + "'";
    return line.trimmed();
}

} // namespace

class RunTerminalTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] trial::Setup run(const char* script, const Words& options) const
    {
        trial::Setup setup{{DAEMONSCOPE_BINARY_DIR "/bin/daemonscope", "run", "--output=pty", "-o", bench_.recording(),
            "--screenshot", bench_.path("a.png")}};
        setup.command.insert(setup.command.end(), options.begin(), options.end());
        setup.command.insert(setup.command.end(), {"--", "bash", "-c", script});
        setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString(),
            "HISTFILE=", "XDG_CONFIG_HOME=" + bench_.path("config")};
        return setup;
    }
    /// The same, at the prompt "at> " of a shell with job control.
    [[nodiscard]] trial::Setup shell() const
    {
        trial::Setup setup = run("", {});
        setup.command = {"bash", "--norc", "--noprofile", "-i"};
        setup.environment.emplace_back("PS1=at> ");
        return setup;
    }
    [[nodiscard]] RecordingFacts facts() const { return RecordingFacts::read(bench_.recording()); }
    /// Shown in a window, the program's end is not that of daemonscope.
    void closeWindow(PtyTrial& trial, const Words& options)
    {
        if (!options.empty())
            return;
        QTRY_VERIFY_WITH_TIMEOUT(facts().state == daemonscope::RecordingReader::State::Closed, kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!trial.raw(), kLimitMs);
        trial.type("\x03");
    }

    static void ways()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::newRow("window") << QByteArrayList{};
        QTest::newRow("offscreen") << QByteArrayList{"--headless"};
        QTest::newRow("offscreen, no ptrace") << QByteArrayList{"--headless", "--no-ptrace"};
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

    void personAtTheTerminal_data() { ways(); }
    void personAtTheTerminal()
    {
        const Words words = fetched();
        PtyTrial trial{run(kProgram, words)};
        QVERIFY(trial.readUntil("terminal 0\r\nterminal 1\r\nterminal 2\r\n24 80\r\nready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), kLimitMs);
        trial.resize(41, 77);
        QVERIFY(trial.readUntil("41 77"));
        trial.type("\x03");
        QVERIFY(trial.readUntil("interrupted"));
        trial.type("typed\r");
        QVERIFY(trial.readUntil("got typed\r\n"));
        closeWindow(trial, words);
        const trial::Outcome outcome = trial.finish();
        QCOMPARE(outcome.end(), words.empty() ? QByteArray{"exit 130"} : QByteArray{"exit 0"});
        // The report follows on a terminal that is in order again.
        QCOMPARE(outcome.out.contains("finished, exit 5"), !words.empty());
        QVERIFY(!outcome.out.contains("Nobody can type"));
        QCOMPARE(facts().flaw(), QByteArray{});
        QCOMPARE(facts().at(0).end(), QByteArray{"exit 5"});
        QVERIFY(facts().at(0).out.endsWith("got typed\r\n"));
    }

    /// The shell sees all of its job stopped, the window too, and continues all of it.
    void ctrlZAndFg_data() { ways(); }
    void ctrlZAndFg()
    {
        const Words words = fetched();
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(quoted(run(kProgram, words).command) + "\r");
        QVERIFY(trial.readUntil("\nready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), kLimitMs);
        trial.type("\x1a");
        QVERIFY(trial.readUntil("Stopped"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("echo back $((1+1))\r");
        QVERIFY(trial.readUntil("back 2"));
        trial.type("fg\r");
        QTRY_VERIFY_WITH_TIMEOUT(trial.foreground() != trial.pid() && trial.raw(), kLimitMs);
        trial.type("typed\r");
        QVERIFY(trial.readUntil("got typed"));
        closeWindow(trial, words);
        QVERIFY(trial.readUntil("at> "));
        trial.type("exit\r");
        trial.finish();
        QCOMPARE(facts().flaw(), QByteArray{});
        QCOMPARE(facts().at(0).end(), QByteArray{"exit 5"});
    }

    /// A program that is stopped by other means stays so until it is continued by them; its recorder goes on.
    void stoppedByOthers()
    {
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(quoted(run(kProgram, {"--headless"}).command) + "\r");
        QVERIFY(trial.readUntil("\nready"));
        QTRY_VERIFY_WITH_TIMEOUT(trial.raw(), kLimitMs);
        const pid_t program = facts().at(0).id.pid;
        ::kill(program, SIGSTOP);
        QTRY_COMPARE_WITH_TIMEOUT(facts().at(0).stops.size(), std::size_t{1}, kLimitMs);
        ::kill(program, SIGCONT);
        trial.type("typed\r");
        QVERIFY(trial.readUntil("got typed"));
        QVERIFY(trial.readUntil("at> "));
        trial.type("exit\r");
        trial.finish();
    }

    /// In a shell's background nobody types, and nothing is printed on what the person does meanwhile.
    void background()
    {
        PtyTrial trial{shell()};
        QVERIFY(trial.readUntil("at> "));
        trial.type(quoted(run("echo pri''nted; read x; echo end $?", {"--headless"}).command) + " >/dev/null 2>&1 &\r");
        QTRY_VERIFY_WITH_TIMEOUT(facts().state == daemonscope::RecordingReader::State::Closed, kLimitMs);
        QCOMPARE(facts().at(0).out, QByteArray{"printed\r\nend 1\r\n"});
        trial.type("wait; exit\r");
        QVERIFY(!trial.finish().out.contains("printed"));
    }

    void nobodyAtATerminal()
    {
        trial::Setup setup = run("test -t 0 && test -t 1 && stty size; read x; echo read $?", {"--headless"});
        setup.input = "not for the program\n";
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.end(), QByteArray{"exit 0"});
        QVERIFY2(outcome.err.contains("Nobody can type to the program"), outcome.err.constData());
        QCOMPARE(facts().at(0).out, QByteArray{"24 80\r\nread 1\r\n"});
        QVERIFY(!outcome.out.contains("24 80"));
    }

    void otherOutputs()
    {
        for (const char* const mode : {"pipe", "lines"}) {
            trial::Setup setup = run("test -t 1 || echo no terminal", {"--headless", std::string{"--output="} + mode});
            setup.command.erase(setup.command.begin() + 2);
            QCOMPARE(trial::run(setup).end(), QByteArray{"exit 0"});
            QCOMPARE(facts().at(0).out, QByteArray{"no terminal\n"});
            const auto started = std::get<daemonscope::payload::RecordingStarted>(facts().events.front().payload);
            QCOMPARE(started.outputMode, std::string{mode});
            cleanup();
        }
        for (const char* const wrong : {"--output=inherit", "--output=paper"}) {
            trial::Setup setup = run("true", {"--headless"});
            setup.command.at(2) = wrong;
            const trial::Outcome outcome = trial::run(setup);
            QCOMPARE(outcome.exitCode, 2);
            QVERIFY2(outcome.err.contains(wrong + 9), outcome.err.constData());
        }
    }
};

QTEST_GUILESS_MAIN(RunTerminalTest)
#include "tst_run_terminal.moc"
