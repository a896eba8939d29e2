// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Programs and commands end alike and print alike with and without the recorder.

#include "trial.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>

using trial::fixture;
using trial::Words;

namespace {

Words wordsOf(const QByteArrayList& list)
{
    Words words;
    for (const QByteArray& word : list)
        words.push_back(word.toStdString());
    return words;
}

QByteArray sortedLines(const QByteArray& text)
{
    QByteArrayList lines = text.split('\n');
    std::sort(lines.begin(), lines.end());
    return lines.join('\n');
}

} // namespace

class TransparencyTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    void makeProject()
    {
        const QString folder = QString::fromStdString(bench_.path("project"));
        QVERIFY(QDir{}.mkpath(folder));
        const auto write = [&folder](const QString& name, const QByteArray& text) {
            QFile file{folder + u'/' + name};
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        QByteArray objects;
        QByteArray calls;
        QByteArray declarations;
        for (int index = 0; index < 8; ++index) {
            const QByteArray number = QByteArray::number(index);
            write(QStringLiteral("part%1.c").arg(index),
                "int part" + number + "(void) { return " + number + "; }\nint unused" + number
                    + "(int x) { return x; }\n");
            objects += " part" + number + ".o";
            calls += " + part" + number + "()";
            declarations += "int part" + number + "(void);\n";
        }
        write(QStringLiteral("main.c"),
            "#include <stdio.h>\n" + declarations + "int main(void) { printf(\"%d\\n\", 0" + calls
                + "); return 0; }\n");
        write(QStringLiteral("wrong.c"), "int wrong(void) { return nothing; }\n");
        write(QStringLiteral("Makefile"),
            "CC = cc\nall: program\n\t./program\nprogram: main.o" + objects
                + "\n\t$(CC) -o $@ $^\nclean:\n\trm -f *.o program\nfails: main.o wrong.o\n");
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        makeProject();
    }

    void fixtures_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        for (const char* const line :
            {"doublefork", "doublefork adopt", "orphan", "execchain 4", "threadexec", "closedstdout", "nonewline",
                "children 300 7", "ignoreterm", "spawners", "clonesignal", "threads", "stopcont", "sibling",
                "sibling pidfd", "sibling tgkill", "ends 0", "ends 7", "ends 255", "ends abort", "ends abort child",
                "ends segv", "ends sigpipe", "ends sigpipe child", "ends alarm", "ends kill", "ends term", "ends usr1",
                "ends rt", "pdeathsig", "closeall", "flood 1 512", "flood 1 512 stderr", "groupkill 15", "groupkill 9",
                "groupkill 2", "execfail", "descriptors", "order", "reopen", "writer 3 1", "writer 100000 8",
                "pidburner 20", "pidspace term", "pidspace kill", "pidspace group", "pidspace all", "pidspace outer",
                "pidspace first", "reaping late", "reaping ignored", "reaping adopted", "reaping left", "reaping last",
                "reaping many", "senders parent", "senders tgkill", "senders tkill 9", "senders pidfd",
                "senders int80 9", "senders queue", "senders spoof", "senders pidfdspoof 9", "senders selfspoof",
                "senders sibling 9", "senders refused 9", "senders itself 9", "senders merged"})
            QTest::newRow(line) << QByteArray{line}.split(' ');
        QTest::newRow("a name with blanks and brackets") << QByteArrayList{"bad name) R 1 ("};
    }

    void fixtures()
    {
        QFETCH(QByteArrayList, command);
        command.front() = QByteArray::fromStdString(fixture(command.front().toStdString()));
        const trial::Setup setup{wordsOf(command)};
        compare(setup, false);
    }

    /// Fixtures that go on until somebody ends them, and print pids: a shell reads these, does it, and says how they
    /// ended.
    void endless_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("script");
        // bash forgets what it knew of a coprocess when that ends, and may say that it was killed, with its pid.
        const QByteArray begin =
            "set -m; coproc \"$0\" %1; pid=$COPROC_PID; exec 5<&${COPROC[0]}; "
            "for i in $(seq %2); do read -r word number <&5; echo $word; done | sort; exec 2>/dev/null; ";
        const QByteArray end = "cat <&5; wait $pid; echo $?";
        const auto row = [&](const char* program, const char* argument, const char* lines, const QByteArray& deed) {
            QTest::newRow((QByteArray(program) + ' ' + argument + ": " + deed).constData()) << QByteArray(
                program) << QByteArray(begin).replace("%1", argument).replace("%2", lines) + deed + "; " + end;
        };
        for (const char* const name : {"INT", "TERM", "HUP", "KILL"})
            row("waits", "", "1", QByteArray("kill -") + name + " $pid");
        row("waits", "tree", "3", "kill -KILL -$pid");
        row("usage", "", "3", "kill -TERM -$pid");
        row("forkstorm", "", "1", "kill -KILL -$pid");
        QTest::newRow("killstorm") << QByteArray("killstorm") << QByteArray("\"$0\" 20 >/dev/null; echo $?");
        for (const char* const how : {"clone", "clone3"})
            QTest::addRow("untraced, %s", how)
                << QByteArray("untraced") << QByteArray("\"$0\" ") + how + " | cut -d: -f2; echo ${PIPESTATUS[0]}";
    }

    void endless()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QByteArray, script);
        compare({{"bash", "-c", script.toStdString(), fixture(name.toStdString())}}, false);
    }

    void commands_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        QTest::addColumn<bool>("sorted");
        const auto shell = [](const char* script, bool sorted = false, const char* interpreter = "sh") {
            QTest::newRow(script) << QByteArrayList{interpreter, "-c", script} << sorted;
        };
        shell("exit 42");
        shell("kill -TERM $$");
        shell("kill -KILL $$");
        shell("kill -INT $$; echo still here");
        shell("sh -c 'kill -TERM $$'; echo $?");
        shell("seq 1000 | grep 7 | sort -r | head -n 5 | tr 0-9 a-j");
        shell("yes | head -n 1; echo \"${PIPESTATUS[@]}\"", false, "bash");
        shell("set -o pipefail; yes | head -n 3; echo $?", false, "bash");
        shell("echo to stdout; echo to stderr >&2; exit 3");
        shell("echo out >/dev/stdout; echo err >/dev/stderr");
        shell("echo out >/dev/stdout; echo err >/dev/stderr", false, "bash");
        shell("echo twice | tee /dev/stderr /dev/stdout");
        shell(
            "echo by number >/dev/fd/1; echo by self >/proc/self/fd/2; cd /dev; echo relative >stdout; echo two >fd/2");
        shell("exec 5>&1 >/dev/null; echo through five >/dev/fd/5; echo nothing; echo more >>/proc/$$/fd/5");
        shell("tar cf /dev/stdout main.c | tar tf -; dd if=main.c of=/dev/stdout 2>/dev/null | wc -c");
        shell("cp main.c /dev/stdout; sort -o /dev/stdout Makefile; sed -n 'w /dev/stdout' Makefile");
        shell("echo x | awk '{ print \"out\" > \"/dev/stdout\"; print \"err\" > \"/dev/stderr\" }'");
        shell("cc -E -P -o /dev/stdout part1.c; cc -S -o /dev/stderr wrong.c; echo $?");
        shell("python3 -c \"open('/dev/stdout', 'w').write('py\\n'); open('/dev/fd/2', 'ab').write(b'err\\n')\"");
        shell("perl -e 'open(F, \">/dev/stdout\") or die; print F \"perl\\n\"'");
        shell("set -C; echo no clobber >/dev/stdout; echo clobber >|/dev/stderr", false, "bash");
        shell("cat /dev/stdin </dev/null; echo in | cat /dev/stdin; echo in | cat /proc/self/fd/0 /dev/fd/0");
        shell("exec >&-; echo lost; echo $? >&2");
        shell("{ sleep 600 & kill $!; wait $!; } 2>/dev/null; echo $?");
        // Whether dash says "Killed" depends on when it hears of the end, so that word is left out.
        shell("{ sleep 600 & kill -9 $!; wait $!; } 2>/dev/null; echo $?");
        shell("for i in 1 2 3; do (exit $i) & wait $!; echo $?; done");
        shell("trap 'echo trapped; exit 5' TERM; kill -TERM $$; echo never");
        shell("trap 'echo at the end' EXIT; false");
        shell("seq 40 | xargs -P 4 -n 3 echo", true);
        shell("seq 9 | xargs -P 3 -I{} sh -c 'exit {}'; echo $?");
        shell("find . -name 'part*.c' -exec wc -c {} \\; | sort", true);
        shell("find . -name '*.c' -exec sh -c 'kill -KILL $$' \\; ; echo $?");
        shell("make -s clean; make -j4 --no-print-directory", true);
        shell("make -s clean; make -s -j4; ./program; make -s -j4 fails; echo $?");
        shell("nosuchprogram; echo $?");
        shell("ulimit -n; umask; ls /proc/self/fd | wc -l");
        shell("ps -o stat= -p $$ | cut -c 1; ps -o nice= -p $$");
        shell("timeout 0.1 sleep 60; echo $?");
        shell("timeout -s KILL 0.1 sleep 60; echo $?");
        shell("head -c 3000000 /dev/zero | md5sum; head -c 200000 /dev/zero | tr '\\0' x");
        shell("test -t 1; echo $?; test -t 0; echo $?; test -p /dev/stdin; echo $?");
        shell("echo $PPID >/dev/null; echo \"$0\" \"$#\" \"$-\"");
        shell("set -m; sleep 0.1 & wait; jobs; echo done", false, "bash");
        shell("coproc cat; echo through >&${COPROC[1]}; read -r line <&${COPROC[0]}; echo $line", false, "bash");
        shell("read line < <(echo substituted); echo $line; echo copied > >(cat); wait", false, "bash");
    }

    void commands()
    {
        QFETCH(const QByteArrayList, command);
        QFETCH(const bool, sorted);
        trial::Setup setup{wordsOf(command)};
        setup.folder = bench_.path("project");
        compare(setup, sorted);
    }

    void inputReachesTheProgram_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::newRow("none") << QByteArray{};
        QTest::newRow("a line") << QByteArray{"hello\n"};
        QTest::newRow("no text") << QByteArray("\0\xff\n\x1b", 4);
        QTest::newRow("2 MB") << QByteArray{"0123456789abcde\n"}.repeated(131072);
    }

    void inputReachesTheProgram()
    {
        QFETCH(const QByteArray, input);
        trial::Setup setup{{fixture("echoin")}};
        setup.input = input;
        const trial::Outcome outcome = bench_.record(setup);
        QVERIFY(outcome.out == input);
        QCOMPARE(outcome.err, QByteArray::number(input.size()) + " bytes\n");
        QCOMPARE(outcome.end(), QByteArray{"exit 0"});
    }

    void closedDescriptorsStayClosed_data()
    {
        QTest::addColumn<QList<int>>("closed");
        QTest::newRow("stdin") << QList<int>{0};
        QTest::newRow("stdout") << QList<int>{1};
        QTest::newRow("stdin and stdout") << QList<int>{0, 1};
    }

    void closedDescriptorsStayClosed()
    {
        QFETCH(const QList<int>, closed);
        trial::Setup setup{{fixture("closedstdout")}};
        setup.closed.assign(closed.begin(), closed.end());
        compare(setup, false);
        setup.command = {fixture("descriptors")};
        compare(setup, false);
    }

    void otherModes_data()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::newRow("inherit") << QByteArrayList{"--output=inherit"};
        QTest::newRow("lines") << QByteArrayList{"--output=lines"};
        QTest::newRow("without ptrace") << QByteArrayList{"--output=pipe", "--no-ptrace"};
        QTest::newRow("without the filter") << QByteArrayList{"--output=pipe", "--no-filter"};
        QTest::newRow("detached") << QByteArrayList{"--detach"};
    }

    void otherModes()
    {
        QFETCH(const QByteArrayList, options);
        for (const char* const name : {"nonewline", "doublefork", "execchain", "ignoreterm", "order", "execfail",
                 "spawners", "stopcont", "sibling", "closedstdout"}) {
            trial::Setup setup{{fixture(name)}};
            compare(setup, false, wordsOf(options));
            if (QTest::currentTestFailed())
                return;
        }
        compare({{fixture("ends"), "term"}}, false, wordsOf(options));
    }

private:
    void compare(const trial::Setup& setup, bool sorted, const Words& options = {"--output=pipe"})
    {
        trial::Outcome plain = trial::run(setup);
        trial::Outcome recorded = bench_.record(setup, options);
        if (sorted) {
            plain.out = sortedLines(plain.out);
            recorded.out = sortedLines(recorded.out);
        }
        QVERIFY(!plain.timedOut);
        QCOMPARE(recorded.end(), plain.end());
        QCOMPARE(recorded.err, plain.err);
        QCOMPARE(recorded.out.size(), plain.out.size());
        QCOMPARE(recorded.out, plain.out);
        QCOMPARE(QDir{bench_.runtimeFolder()}.entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{});
    }
};

QTEST_GUILESS_MAIN(TransparencyTest)
#include "tst_transparency.moc"
