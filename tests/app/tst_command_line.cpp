// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which calls the commands take, which ones are wrong, and what their help says.

#include "trial.h"

#include <QTest>

using trial::Words;

class CommandLineTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] QByteArray helpOf(const char* command) const
    {
        const trial::Outcome outcome = bench_.daemonscope({command, "--help"});
        return outcome.end() == "exit 0" ? outcome.out : outcome.end() + outcome.err;
    }

private Q_SLOTS:
    void refuses_data()
    {
        QTest::addColumn<QByteArrayList>("words");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArrayList& words, const char* message) {
            QTest::newRow(name) << words << QByteArray(message);
        };
        row("run without a program", {"run", "--headless"}, "daemonscope run script.py");
        row("record without a program", {"record"}, "daemonscope record -- python3 script.py");
        row("run without a module", {"run", "-m"}, "-m needs the name of a module, as in: daemonscope run -m");
        row("run offscreen without a module", {"run", "--headless", "-m"}, "daemonscope run -m");
        row("record without a module", {"record", "-m"}, "-m needs the name of a module, as in: daemonscope record -m");
        row("no such report", {"report", "--format", "cobol", "/etc/passwd"}, "cobol not in {text,json}");
        for (const char* later : {"markdown", "mermaid", "dot"})
            row(later, {"report", "--format", later, "/etc/passwd"}, "is not there yet; text and json are");
        row("a process without a name", {"output", "/etc/passwd", "--process", ""}, "the name of a process is empty");
        row("two recordings", {"report", "/etc/passwd", "/etc/passwd"}, "/etc/passwd");
        row("no recording", {"events"}, "FILE");
        row("no such command", {"reprot"}, "there is no command 'reprot'");
        row("no such option", {"events", "--nonsense", "/etc/passwd"}, "--nonsense");
    }

    void refuses()
    {
        QFETCH(const QByteArrayList, words);
        QFETCH(const QByteArray, message);
        const trial::Outcome outcome = bench_.daemonscope(trial::wordsOf(words));
        QVERIFY2(outcome.err.contains(message), outcome.err.constData());
        QCOMPARE(outcome.end(), QByteArray("exit 2"));
        QCOMPARE(outcome.out, QByteArray());
    }

    void offersOnlyWhatThereIs()
    {
        const QByteArray help = helpOf("report");
        QVERIFY2(help.contains("{text,json}"), help.constData());
        for (const char* later : {"markdown", "mermaid", "dot"})
            QVERIFY2(!help.contains(later), help.constData());
    }

    /// A PROGRAM ends daemonscope's own options, so no option stands behind it.
    void usageLines_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("run") << QByteArray("run");
        QTest::newRow("record") << QByteArray("record");
    }

    void usageLines()
    {
        QFETCH(const QByteArray, program);
        const QByteArray help = helpOf(program.constData());
        QVERIFY2(
            help.contains("\nUsage: daemonscope " + program + " [OPTIONS] [--] PROGRAM [ARG...]\n"), help.constData());
        QVERIFY2(
            help.contains("\n       daemonscope " + program + " [OPTIONS] -m MODULE [ARG...]\n"), help.constData());
        QVERIFY2(help.contains("\n\nOptions:\n"), help.constData());
        for (const QByteArray& line : help.left(help.indexOf("\nOptions:")).split('\n'))
            QVERIFY2(!line.endsWith("[OPTIONS]"), line.constData());
    }

    void everyCommandTakesColor_data()
    {
        QTest::addColumn<QByteArrayList>("before");
        QTest::addColumn<QByteArrayList>("after");
        QTest::addColumn<int>("status"); ///< of a call that is understood
        const auto row = [](const char* name, const QByteArrayList& before, const QByteArrayList& after, int status) {
            QTest::newRow(name) << before << after << status;
        };
        row("report", {"report"}, {"/etc/passwd"}, 125);
        row("output", {"output"}, {"/etc/passwd"}, 125);
        row("events", {"events", "/etc/passwd"}, {}, 125);
        row("screenshot", {"screenshot"}, {"/etc/passwd", "-o", "x.png"}, 125);
        row("control", {"control"}, {"/etc/passwd", "stop"}, 125);
        row("lessons", {"lessons"}, {}, 0);
        row("lesson", {"lesson"}, {"8", "--as", "yaml"}, 0);
        row("record", {"record"}, {"/nonexistent/program"}, 127);
        row("record a lesson", {"record"}, {"--lesson", "8", "-o", "/nonexistent/folder/x"}, 125);
        row("run", {"run", "--headless"}, {"--help"}, 0);
        row("doctor", {"doctor"}, {"--help"}, 0);
        row("in front of a command", {}, {"report", "/etc/passwd"}, 125);
        row("in front of record", {}, {"record", "/nonexistent/program"}, 127);
        row("in front of a recording", {}, {"/nonexistent/a.dscope"}, 125);
    }

    void everyCommandTakesColor()
    {
        QFETCH(const QByteArrayList, before);
        QFETCH(const QByteArrayList, after);
        QFETCH(const int, status);
        const auto with = [&](const QByteArrayList& color) {
            return bench_.daemonscope(trial::wordsOf(before + color + after));
        };
        for (const QByteArrayList& color : {QByteArrayList{"--color=never"}, QByteArrayList{"--color", "always"},
                 QByteArrayList{"--color=auto", "--color=never"}}) {
            // In front of the command one is enough.
            if (before.isEmpty() && color.size() == 2 && color.front() != "--color")
                continue;
            const trial::Outcome outcome = with(color);
            QVERIFY2(outcome.exitCode == status, outcome.err.constData());
        }
        if (after.contains("--help"))
            return; // is answered before anything is found wrong
        const trial::Outcome wrong = with({"--color=blue"});
        QCOMPARE(wrong.end(), QByteArray("exit 2"));
        QVERIFY2(wrong.err.contains("--color"), wrong.err.constData());
    }

    void runReportsInColor()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        const Words run{"run", "--headless", "--screenshot", bench_.path("x.png")};
        const auto with = [&](const char* color) {
            Words words = run;
            words.insert(words.end(), {color, "--", "/bin/true"});
            return bench_.daemonscope(words);
        };
        for (const char* color : {"--color=always", "--color=auto", "--color=never"}) {
            const trial::Outcome outcome = with(color);
            QVERIFY2(outcome.end() == "exit 0", outcome.err.constData());
            QVERIFY2(outcome.out.contains("finished, exit 0"), outcome.out.constData());
            QCOMPARE(outcome.out.contains("\x1b["), QByteArray(color) == "--color=always");
        }
    }
};

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_command_line.moc"
