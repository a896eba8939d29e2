// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Common commands print the same and end the same with and without the recorder: shells and their redirections, builds,
// version control, archives, pipelines, interpreters. Each is deterministic by itself; where an order is free, lines
// are compared sorted.

#include "trial.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>

class TransparencyCommandsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    void makeFolder()
    {
        const QString folder = QString::fromStdString(bench_.path("work"));
        QVERIFY(QDir{}.mkpath(folder + QStringLiteral("/tree/inner")));
        const auto write = [&folder](const char* name, const QByteArray& text) {
            QFile file{folder + u'/' + QString::fromLatin1(name)};
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("text", "pear 3\napple 12\nfig 7\napple 5\n");
        write("tree/one", "1\n");
        write("tree/two", "22\n");
        write("tree/inner/three", "333\n");
        write("main.c", "#include <stdio.h>\nint main(void) { puts(\"built\"); return 6; }\n");
        write("warns.c", "int f(int x) { int y; return x; }\n");
        write("wrong.c", "int wrong(void) { return nothing; }\n");
        write("Makefile",
            "all: a.out2 b.out2 c.out2 d.out2\n\t@cat $^\n%.out2:\n\t@echo $* >$@\nclean:\n\t@rm -f *.out2\n"
            "bad1 bad2:\n\t@exit 3\nbad: bad1 bad2\n");
        write("say.cmake",
            "execute_process(COMMAND sh -c \"echo from a child; exit 3\" RESULT_VARIABLE code)\n"
            "message(\"code ${code}\")\n");
        write("start.py",
            "import multiprocessing, os, signal, sys\n"
            "def say(number):\n    print('child', number, flush=True)\n    sys.exit(number)\n"
            "def hang():\n    signal.pause()\n"
            "if __name__ == '__main__':\n"
            "    context = multiprocessing.get_context(sys.argv[1])\n"
            "    for number in range(3):\n"
            "        child = context.Process(target=say, args=(number,))\n"
            "        child.start(); child.join(); print(child.exitcode, flush=True)\n"
            "    child = context.Process(target=hang, daemon=True)\n"
            "    child.start(); child.terminate(); child.join(); print(child.exitcode)\n");
        write("pool.py",
            "import multiprocessing, sys\n"
            "def square(number): return number * number\n"
            "if __name__ == '__main__':\n"
            "    with multiprocessing.get_context(sys.argv[1]).Pool(3) as pool:\n"
            "        print(sum(pool.map(square, range(1000))))\n");
    }

    static QByteArray sortedLines(const QByteArray& text)
    {
        QByteArrayList lines = text.split('\n');
        std::sort(lines.begin(), lines.end());
        return lines.join('\n');
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        makeFolder();
    }

    void commands_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("shell");
        QTest::addColumn<bool>("sorted");
        // A row is named by its script; `program`: what the machine must have for it.
        const auto row = [](const char* program, const char* script, bool sorted = false, const char* shell = "sh") {
            QTest::newRow(script) << QString::fromLatin1(program) << QString::fromLatin1(shell) << sorted;
        };
        // Shells and redirections
        row("sh", "echo a >f; echo b >>f; cat <f; wc -l <f; rm f");
        row("sh", "cat <<END\ntwo and two: $((2 + 2))\nEND");
        row("sh", "exec 3>&1; echo three >&3; exec 3>&-; { echo four >&3; } 2>/dev/null; echo $?");
        row("sh", "{ echo out; echo err >&2; } 3>&1 1>&2 2>&3");
        row("sh", "cat nosuchfile; echo $?; echo late >&2; exit 9");
        row("sh", "trap 'echo got it' USR1; kill -USR1 $$; echo on");
        row("sh", "{ sleep 600 & kill -TERM $!; wait $!; } 2>/dev/null; echo $?");
        row("sh", "ulimit -c 0; sh -c 'kill -SEGV $$'; echo $?");
        row("sh", "(ulimit -f 1; head -c 1000000 /dev/zero >big); echo $?; wc -c <big; rm big");
        row("mkfifo", "mkfifo p; echo through >p & cat p; wait; rm p");
        row("bash", "tr a-z A-Z <<<hello", false, "bash");
        row("bash", "diff <(seq 3) <(seq 4); echo $?", false, "bash");
        row("bash", "paste <(seq 3) <(seq 4 6) <(seq 7 9)", false, "bash");
        row("bash", "exec -a other sh -c 'echo $0'", false, "bash");
        row("bash", "set -m; (exit 3) & wait $!; echo $?", false, "bash");
        row("bash", "false | true | (exit 4); echo ${PIPESTATUS[*]}", false, "bash");
        // Builds
        row("make", "make -s clean; make -s -j4");
        row("make", "make -s -k bad; echo $?");
        row("gcc", "gcc -Wall -o main main.c && ./main; echo $?; rm -f main");
        row("gcc", "gcc -Wall -c -o /dev/null warns.c; gcc -c wrong.c; echo $?");
        row("gcc", "gcc -S -o /dev/stdout main.c | grep -c built");
        row("cmake", "cmake -P say.cmake; echo $?");
        // Files and archives
        row("git",
            "rm -rf repo; git init -q repo; cd repo; echo 1 >f; git add f; "
            "git -c user.name=a -c user.email=b commit -qm first; git log --format=%s; echo 2 >f; git status "
            "--short; git diff --stat; git diff --quiet; echo $?");
        row("tar", "tar cf - tree | tar tf - | sort");
        row("tar", "tar cf /dev/stdout tree | tar xOf - tree/inner/three");
        row("gzip", "gzip -c text | gunzip; head -c 2000000 /dev/zero | gzip | gunzip | wc -c");
        row("find", "find tree -type f -exec cat {} + | sort");
        row("find", "find tree -type f -exec sh -c 'test \"$1\" = tree/one' x {} \\; -print");
        row("xargs", "seq 60 | xargs -P 6 -n 5 echo", true);
        row("xargs", "seq 20 | xargs -P 4 -I{} sh -c 'echo {}; echo err {} >&2; exit 0' 2>/dev/null; echo $?", true);
        row("sh", "(seq 1000 | sort -n | tail -n 1) & (seq 500 | sort -r | head -n 1) & (yes | head -n 3) & wait",
            true);
        row("split", "seq 100 | split -l 30 --filter='wc -l'");
        row("sha256sum", "sha256sum tree/* 2>/dev/null >sums; sha256sum -c sums; echo $?; rm sums");
        // Text
        row("sed", "sed -n 's/apple/plum/w /dev/stdout' text");
        row("awk", "awk '{ s[$1] += $2 } END { for (k in s) print k, s[k] | \"sort\" }' text");
        row("awk", "awk 'BEGIN { print \"up\" >\"/dev/stderr\"; system(\"exit 3\"); exit 5 }'; echo $?");
        row("sort", "sort -k2n -o /dev/stdout text; sort text | uniq -c | sort -rn | head -n 1");
        row("tee", "tee /dev/stderr /dev/stdout copy <text | wc -l; cmp text copy; rm copy");
        row("dd", "dd if=text of=/dev/stdout bs=4 status=none; cp text /dev/stdout; cat text >/dev/fd/2");
        // Wrappers
        row("timeout", "timeout 0.1 sleep 60; echo $?; timeout --preserve-status -s INT 0.1 sleep 60; echo $?");
        row("nohup", "nohup sh -c 'echo on; kill -HUP $$; echo still here' 2>&1");
        row("setsid", "setsid -w sh -c 'echo in a session of its own; exit 7'; echo $?");
        row("env", "env -i /bin/sh -c 'echo \"$HOME\"; /usr/bin/env | /usr/bin/wc -l'");
        row("nice", "nice -n 5 nice; stdbuf -oL echo line");
        row("flock", "flock text -c 'echo locked; exit 3'; echo $?");
        row("setpriv", "setpriv --reuid=65534 --clear-groups id -u; echo $?");
        // Interpreters
        row("perl",
            "perl -e '$| = 1; if (my $p = fork) { waitpid $p, 0; print $? >> 8, \"\\n\"; kill TERM => $$ } exit 3'");
        row("perl", "perl -e 'open(P, \"-|\", \"seq 3\"); print while <P>; close P; print STDERR \"done\\n\"; exit 4'");
        row("node",
            "node -e 'const c = require(\"child_process\"); console.log(c.spawnSync(\"sh\", [\"-c\", \"exit "
            "5\"]).status); process.exitCode = 6'");
        row("node", "node -e 'process.stdout.write(\"x\".repeat(1000000)); console.error(\"err\")' | wc -c");
        for (const char* const method : {"fork", "spawn", "forkserver"}) {
            row("python3", qPrintable(QStringLiteral("python3 start.py %1").arg(QLatin1String{method})));
            row("python3", qPrintable(QStringLiteral("python3 pool.py %1").arg(QLatin1String{method})));
        }
        row("python3",
            "python3 -c 'import os, subprocess; print(subprocess.run([\"sh\", \"-c\", \"kill -9 $$\"]).returncode, "
            "flush=True); os.kill(os.getpid(), 15)'");
        row("python3",
            "python3 -c 'import os; p = os.fork(); print(os.waitpid(p, 0)[1] if p else os._exit(4)); 1 / 0'");
    }

    void commands()
    {
        QFETCH(const QString, program);
        QFETCH(const QString, shell);
        QFETCH(const bool, sorted);
        for (const QString& needed : {program, shell}) {
            if (QStandardPaths::findExecutable(needed).isEmpty())
                QSKIP(qPrintable(QStringLiteral("there is no %1 on this machine").arg(needed)));
        }
        trial::Setup setup{{shell.toStdString(), "-c", QTest::currentDataTag()}};
        setup.folder = bench_.path("work");
        trial::Outcome plain = trial::run(setup);
        trial::Outcome recorded = bench_.record(setup);
        if (sorted) {
            plain.out = sortedLines(plain.out);
            recorded.out = sortedLines(recorded.out);
        }
        QVERIFY(!plain.timedOut);
        QCOMPARE(recorded.out, plain.out);
        QCOMPARE(recorded.err, plain.err);
        QCOMPARE(recorded.end(), plain.end());
        QCOMPARE(bench_.leftovers().size(), std::size_t{0});
    }
};

QTEST_GUILESS_MAIN(TransparencyCommandsTest)
#include "tst_transparency_commands.moc"
