// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The interpreter: what a scenario says when the engine runs it, and that the Python written from it says the same.

#include "core/engine/reportreceiver.h"
#include "scenario/pythonwriter.h"
#include "scenario/reader.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace {
constexpr int kRunLimitMs = 120'000;

struct RunOutcome {
    QByteArray out;
    QByteArray err; ///< without the frames of tracebacks
    QByteArray end; ///< "exit 3", "killed"
};

/// What Python says of where an exception came from is its own.
QByteArray withoutFrames(const QByteArray& text)
{
    QByteArray kept;
    for (const QByteArray& line : text.split('\n')) {
        if (!line.startsWith(' '))
            kept += line + '\n';
    }
    kept.chop(1);
    return kept;
}

QString pythonProgram()
{
    const QString debian = QStringLiteral("/usr/bin/python3");
    return QFile::exists(debian) ? debian : QStandardPaths::findExecutable(QStringLiteral("python3"));
}
} // namespace

class RunTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;

    [[nodiscard]] QString write(const char* name, const QByteArray& text) const
    {
        QFile file(folder_.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("a test's file cannot be written");
        return file.fileName();
    }

    [[nodiscard]] RunOutcome run(const QString& program, const QStringList& arguments) const
    {
        QProcess process;
        process.setWorkingDirectory(folder_.path());
        process.start(program, arguments);
        if (!process.waitForFinished(kRunLimitMs)) {
            process.kill();
            process.waitForFinished();
            return {{}, process.errorString().toUtf8(), "did not end"};
        }
        const QByteArray out = process.readAllStandardOutput();
        const QByteArray err = withoutFrames(process.readAllStandardError());
        return {out, err,
            process.exitStatus() == QProcess::CrashExit ? QByteArray("killed")
                                                        : "exit " + QByteArray::number(process.exitCode())};
    }

    [[nodiscard]] RunOutcome runNative(const QByteArray& yaml, const QStringList& options = {}) const
    {
        return run(engine(), QStringList{write("program.yaml", yaml)} + options);
    }

    [[nodiscard]] RunOutcome runPython(
        const QByteArray& yaml, std::optional<daemonscope::scenario::Method> method) const
    {
        const auto read = daemonscope::scenario::readScenario(yaml.toStdString(), "program.yaml");
        if (!read.ok())
            return {{}, QByteArray::fromStdString(read.error().message), "not read"};
        const auto written = daemonscope::scenario::writePython(read.value(), {method});
        return run(pythonProgram(), {write("program.py", QByteArray::fromStdString(written.text))});
    }

    static QString engine() { return QStringLiteral(DAEMONSCOPE_BINARY_DIR "/bin/daemonscope-engine"); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(folder_.isValid());
        qunsetenv("PYTHONUNBUFFERED");
        qunsetenv("DAEMONSCOPE_SOCKET");
    }

    void sameAsPython_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("out");
        QTest::addColumn<QByteArray>("err");
        QTest::addColumn<QByteArray>("end");
        const auto row = [](const char* name, const char* yaml, const char* out, const char* err, const char* end) {
            QTest::newRow(name) << QByteArray(yaml) << QByteArray(out) << QByteArray(err) << QByteArray(end);
        };
        row("values", R"(title: t
main:
  - call: {function: show, args: [yes, 7, 0.5, 1.0e-7, 12345678901234567000.0, null, "a {{b}}"]}
functions:
  show:
    parameters: [a, b, c, d, e, f, g]
    steps:
      - print: "{a} {b} {c} {d} {e} {f} {g} {name} {daemon} {parent} {thread} {active_children}"
)",
            "True 7 0.5 1e-07 1.2345678901234567e+19 None a {b} MainProcess False None MainThread []\n", "", "exit 0");
        row("loops", R"(title: t
main:
  - repeat: {variable: n, from: 2, to: 4, steps: [{print: "{n}"}]}
  - repeat: {times: 2, steps: [{print: again}]}
  - repeat: {variable: n, from: 3, to: 1, steps: [{print: never}]}
)",
            "2\n3\n4\nagain\nagain\n", "", "exit 0");
        row("a child", R"(title: t
main:
  - create: {process: p, target: f, args: [3, x], name: kid, daemon: yes}
  - print: "{p.name} {p.daemon} {p.pid} {p.exitcode} {p.is_alive}"
  - start: p
  - join: p
  - print: "{p.exitcode} {p.is_alive}"
  - close: p
  - try: {steps: [{join: p}], catch: [{print: "{error}"}]}
functions:
  f:
    parameters: [code, word]
    steps:
      - print: "{name} {daemon} {parent} {word}"
      - exit: $code
)",
            "kid True None None False\nkid True MainProcess x\n3 False\nValueError: process object is closed\n", "",
            "exit 0");
        row("a daemon's child is refused", R"(title: t
main:
  - create: {process: p, target: f, daemon: yes}
  - start: p
  - join: p
  - print: "{p.exitcode}"
functions:
  f:
    - create: {process: q, target: g}
    - print: "{q.name} {q.daemon}"
    - try: {steps: [{start: q}], catch: [{print: "{error}"}]}
    - start: q
  g:
    - print: never
)",
            "Process-1:1 True\nAssertionError: daemonic processes are not allowed to have children\n1\n",
            "Process Process-1:\nTraceback (most recent call last):\n"
            "AssertionError: daemonic processes are not allowed to have children\n",
            "exit 0");
        row("nested errors", R"(title: t
main:
  - try:
      steps: [{raise: {type: ValueError, message: one}}]
      catch:
        - try: {steps: [{raise: {type: RuntimeError, message: two}}], catch: [{print: "{error}"}]}
        - print: "{error}"
  - try: {steps: [{raise: {type: Exception, message: ""}}], catch: [{print: "<{error}>"}]}
  - exit: done for
)",
            "RuntimeError: two\nValueError: one\n<Exception: >\n", "done for\n", "exit 1");
        row("an interrupt is not caught", R"(title: t
main:
  - create: {process: p, target: f}
  - start: p
  - join: p
  - print: "{p.exitcode}"
functions:
  f:
    - try: {steps: [{raise: {type: KeyboardInterrupt, message: ""}}], catch: [{print: never}]}
)",
            "1\n", "Process Process-1:\nTraceback (most recent call last):\nKeyboardInterrupt\n", "exit 0");
        row("what is shared", R"(title: t
main:
  - make: {lock: l}
  - make: {event: e}
  - make: {queue: q}
  - create: {process: p, target: f, args: [$l, $e, $q]}
  - acquire: l
  - start: p
  - get: {queue: q, result: first}
  - release: l
  - wait_event: e
  - get: {queue: q, result: second}
  - join: p
  - acquire: {lock: l, timeout: 100ms, result: got}
  - acquire: {lock: l, timeout: 50ms, result: again}
  - wait_event: {event: e, timeout: 10ms, result: was}
  - print: "{first} {second} {got} {again} {was} {p.exitcode}"
functions:
  f:
    parameters: [l, e, q]
    steps:
      - put: {queue: q, value: 0.25}
      - with_lock: {lock: l, steps: [{put: {queue: q, value: text}}]}
      - set_event: e
)",
            "0.25 text True False True 0\n", "", "exit 0");
        row("threads", R"(title: t
main:
  - thread: {thread: a, target: f, args: [5], daemon: no}
  - print: "{a.name} {a.daemon} {a.is_alive}"
  - start: a
  - join: a
  - thread: {thread: b, target: f, args: [6], name: bee}
  - start: b
functions:
  f:
    parameters: [n]
    steps:
      - print: "{thread} {n}"
)",
            "Thread-1 (f) False False\nThread-1 (f) 5\nbee 6\n", "", "exit 0");
        row("signals", R"(title: t
main:
  - on_signal: {signal: SIGUSR1, call: handle}
  - on_signal: {signal: SIGUSR2, action: ignore}
  - send_signal: {process: current, signal: SIGUSR1}
  - send_signal: {process: current, signal: SIGUSR2}
  - create: {process: p, target: f}
  - start: p
  - send_signal: {process: p, signal: SIGKILL}
  - join: p
  - print: "{p.exitcode}"
functions:
  handle: [{print: "handled in {name}"}]
  f: [{sleep: 60s}]
)",
            "handled in MainProcess\n-9\n", "", "exit 0");
        row("files", R"(title: t
main:
  - count_lines: {path: notes.txt, variable: before}
  - open: {file: notes, path: notes.txt}
  - write: {file: notes, text: "one", flush: yes}
  - write: {file: notes, text: "two"}
  - count_lines: {path: notes.txt, variable: between}
  - close: notes
  - count_lines: {path: notes.txt, variable: after}
  - print: "{between} {after}"
  - try: {steps: [{open: {file: x, path: no/such/folder}}], catch: [{print: "{error}"}]}
  - try: {steps: [{run_command: [no-such-command-anywhere]}], catch: [{print: "{error}"}]}
  - try: {steps: [{count_lines: {path: notes.txt/below, variable: n}}], catch: [{print: "{error}"}]}
  - try: {steps: [{count_lines: {path: ., variable: n}}], catch: [{print: "{error}"}]}
)",
            "1 2\nFileNotFoundError: [Errno 2] No such file or directory: 'no/such/folder'\n"
            "FileNotFoundError: [Errno 2] No such file or directory: 'no-such-command-anywhere'\n"
            "NotADirectoryError: [Errno 20] Not a directory: 'notes.txt/below'\n"
            "IsADirectoryError: [Errno 21] Is a directory: '.'\n",
            "", "exit 0");
#ifndef __SANITIZE_THREAD__ // whose runtime flushes the streams at _exit()
        row("lost output", R"(title: t
main:
  - create: {process: p, target: f}
  - start: p
  - join: p
  - create: {process: q, target: g}
  - start: q
  - join: q
functions:
  f: [{print: {text: lost, flush: no}}, {os_exit: 3}]
  g: [{print: {text: kept, flush: no}}, {print: {text: seen, stream: stderr}}]
)",
            "kept\n", "seen\n", "exit 0");
#endif
        row("forks", R"(title: t
main:
  - make: {event: done}
  - make: {event: gone}
  - fork: {function: f, args: [$done]}
  - wait_event: done
  - daemonize: {function: f, args: [$gone]}
  - wait_event: gone
  - print: "{name}"
functions:
  f:
    parameters: [e]
    steps:
      - print: "copy of {name}"
      - set_event: e
)",
            "copy of MainProcess\ncopy of MainProcess\nMainProcess\n", "", "exit 0");
    }

    void sameAsPython()
    {
        QFETCH(const QByteArray, yaml);
        QFETCH(const QByteArray, out);
        QFETCH(const QByteArray, err);
        QFETCH(const QByteArray, end);
        using daemonscope::scenario::Method;
        for (const auto& [word, method] :
            {std::pair{"fork", Method::Fork}, {"spawn", Method::Spawn}, {"forkserver", Method::ForkServer}}) {
            QFile::remove(folder_.filePath(QStringLiteral("notes.txt")));
            const RunOutcome native = runNative(yaml, {QStringLiteral("--start-method"), QString::fromLatin1(word)});
            QVERIFY2(native.out == out && native.err == err && native.end == end,
                (word + QByteArray(" native:\n") + native.out + native.err + native.end).constData());
            QFile::remove(folder_.filePath(QStringLiteral("notes.txt")));
            const RunOutcome python = runPython(yaml, method);
            QVERIFY2(python.out == out && python.err == err && python.end == end,
                (word + QByteArray(" Python:\n") + python.out + python.err + python.end).constData());
        }
    }

    void tooDeepCalls()
    {
        const RunOutcome outcome =
            runNative("title: t\nmain:\n  - try: {steps: [{call: f}], catch: [{print: \"{error}\"}]}\n"
                      "functions:\n  f: [{call: f}]\n");
        QCOMPARE(outcome.out, QByteArray("RecursionError: maximum recursion depth exceeded\n"));
        QCOMPARE(outcome.end, QByteArray("exit 0"));
    }

    void startMethodTakesTheScenariosPlace()
    {
        const QByteArray yaml = "title: t\nmain:\n  - set_start_method: fork\n  - create: {process: p, target: f}\n"
                                "  - start: p\n  - join: p\nfunctions:\n  f: [{print: \"{ppid}\"}]\n";
        QCOMPARE(
            runNative(yaml, {QStringLiteral("--start-method"), QStringLiteral("spawn")}).end, QByteArray("exit 0"));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no file") << QStringList{} << QByteArray("FILE is required");
        QTest::newRow("no such file") << QStringList{QStringLiteral("/no/such.yaml")} << QByteArray("/no/such.yaml");
        QTest::newRow("no scenario") << QStringList{write("bad.yaml", "main:\n  - sleep: soon\n")}
                                     << QByteArray("bad.yaml:2:");
        QTest::newRow("start method") << QStringList{write("good.yaml", "main:\n  - print: x\n"),
            QStringLiteral("--start-method"), QStringLiteral("thread")}
                                      << QByteArray("--start-method");
    }

    void refuses()
    {
        QFETCH(const QStringList, arguments);
        QFETCH(const QByteArray, message);
        const RunOutcome outcome = run(engine(), arguments);
        QCOMPARE(outcome.end, QByteArray("exit 2"));
        QCOMPARE(outcome.out, QByteArray());
        QVERIFY2(outcome.err.contains(message), outcome.err.constData());
    }

    void placesAreAbsolute()
    {
        const QString path = write(
            "here.yaml", "title: t\nmain:\n  - print: x\n  - create: {process: p, target: f}\nfunctions: {f: []}\n");
        const std::string address = folder_.filePath(QStringLiteral("hook")).toStdString();
        daemonscope::test::ReportReceiver receiver(address);
        QVERIFY(receiver.isListening());
        qputenv("DAEMONSCOPE_SOCKET", address.c_str());
        const RunOutcome outcome = run(engine(), {QStringLiteral("here.yaml")});
        qunsetenv("DAEMONSCOPE_SOCKET");
        QCOMPARE(outcome.end, QByteArray("exit 0"));
        const std::string file = QFileInfo(path).canonicalFilePath().toStdString();
        for (const auto& [event, line] : {std::pair("step", ":3"), {"step", ":4"}, {"proc_new", ":4"}}) {
            const auto packet = receiver.next(event);
            QVERIFY(packet);
            QCOMPARE(packet->json()["src"].get<std::string>(), file + line);
        }
    }

    void tellsOfItself()
    {
        const RunOutcome version = run(engine(), {QStringLiteral("--version")});
        QCOMPARE(version.end, QByteArray("exit 0"));
        QVERIFY(version.out.startsWith("daemonscope-engine "));
        const RunOutcome help = run(engine(), {QStringLiteral("--help")});
        QCOMPARE(help.end, QByteArray("exit 0"));
        QVERIFY(help.out.contains("--start-method"));
    }
};

QTEST_GUILESS_MAIN(RunTest)
#include "tst_run.moc"
