// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/cppwriter.h"
#include "scenario/pythonwriter.h"
#include "scenario/reader.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::scenario;

namespace {

constexpr const char* everyVerb = DAEMONSCOPE_SOURCE_DIR "/tests/core/scenario/everyverb.yaml";
constexpr int longestRun = 120'000; // ms

Scenario scenarioOf(const std::string& yaml)
{
    auto read = readScenario(yaml, "f.yaml");
    if (!read.ok()) {
        qCritical("%s", read.error().message.c_str());
        return {};
    }
    return std::move(read).value();
}

std::string lineOf(const WrittenProgram& program, unsigned id)
{
    const QList<QByteArray> lines = QByteArray::fromStdString(program.text).split('\n');
    return lines.value(static_cast<int>(program.lineOfStep.at(id)) - 1).trimmed().toStdString();
}

} // namespace

class TestScenarioWriters : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;

    QString save(const char* name, const std::string& text)
    {
        QFile file(folder_.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0)
            return {};
        return file.fileName();
    }

    struct Ran {
        int status;
        QByteArray out;
        QByteArray err;
    };
    Ran run(const QString& program, const QStringList& arguments)
    {
        QProcess process;
        process.setWorkingDirectory(folder_.path());
        process.start(program, arguments);
        if (!process.waitForFinished(longestRun)) {
            process.kill();
            process.waitForFinished();
            return {-1, process.readAllStandardOutput(), "took too long: " + process.readAllStandardError()};
        }
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
            process.readAllStandardError()};
    }

    void compilesAsPython(const std::string& text)
    {
        const Ran ran = run(
            QStringLiteral("python3"), {QStringLiteral("-m"), QStringLiteral("py_compile"), save("program.py", text)});
        QVERIFY2(ran.status == 0, (ran.err + QByteArray::fromStdString(text)).constData());
    }
    void compilesAsCpp(const std::string& text)
    {
        const QString core = QStringLiteral(DAEMONSCOPE_SOURCE_DIR "/core");
        const Ran ran = run(QStringLiteral(DAEMONSCOPE_CXX),
            {QStringLiteral("-std=c++20"), QStringLiteral("-fsyntax-only"), QStringLiteral("-Wall"),
                QStringLiteral("-Wshadow"), QStringLiteral("-Werror"), QStringLiteral("-I") + core,
                QStringLiteral("-I") + core + QStringLiteral("/engine/include"), save("program.cpp", text)});
        QVERIFY2(ran.status == 0, (ran.err + QByteArray::fromStdString(text)).constData());
    }

    /// Compiles the program against the engine library, and runs it.
    Ran runAsCpp(const char* name, const std::string& text)
    {
        const QString core = QStringLiteral(DAEMONSCOPE_SOURCE_DIR "/core");
        const QString program = folder_.filePath(QString::fromLatin1(name));
        QStringList words{QStringLiteral("-std=c++20"), QStringLiteral("-O0"), QStringLiteral("-pthread"),
            QStringLiteral("-I") + core, QStringLiteral("-I") + core + QStringLiteral("/engine/include"),
            save((std::string(name) + ".cpp").c_str(), text), QStringLiteral(DAEMONSCOPE_ENGINE_LIBRARY),
            QStringLiteral("-Wl,-z,now"), QStringLiteral("-o"), program};
        const QString sanitizer = QStringLiteral(DAEMONSCOPE_SANITIZER);
        if (!sanitizer.isEmpty())
            words.prepend(QStringLiteral("-fsanitize=") + sanitizer);
        const Ran compiled = run(QStringLiteral(DAEMONSCOPE_CXX), words);
        return compiled.status == 0 ? run(program, {}) : compiled;
    }

private Q_SLOTS:
    void everyVerbCompiles()
    {
        const auto read = readScenarioFile(everyVerb);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        for (const auto method : {std::optional<Method>(), std::optional(Method::Spawn)}) {
            compilesAsPython(writePython(read.value(), {method}).text);
            compilesAsCpp(writeCpp(read.value(), {method}).text);
        }
    }

    void theWrittenPythonSaysWhatIsExpected()
    {
        const auto read = readScenarioFile(everyVerb);
        QVERIFY(read.ok());
        const Ran ran = run(QStringLiteral("python3"), {save("every.py", writePython(read.value()).text)});
        QCOMPARE(ran.status, 0);
        QCOMPARE(ran.err, QByteArray("to the other stream by MainProcess\n"));
        const QByteArray expected = "MainProcess begins: False, None, MainThread, [], {braces}\n"
                                    "not flushed\n"
                                    "counter of MainProcess None True None False\n"
                                    "counter of MainProcess counts 1 of 3\n"
                                    "counter of MainProcess counts 2 of 3\n"
                                    "counter of MainProcess counts 3 of 3\n"
                                    "a \"text\"\n0.5 True None from MainProcess\n"
                                    "True\n"
                                    "0 False\n"
                                    "round 1: 1\n"
                                    "round 2: 2\n"
                                    "again\nagain\n"
                                    "helper False\n"
                                    "helper of MainProcess ends\n"
                                    "False\n"
                                    "caught AssertionError: can only join a started process\n"
                                    "caught ValueError: within MainProcess too\n"
                                    "still AssertionError: can only join a started process\n"
                                    "True\nwith the lock\nTrue\n"
                                    "MainProcess handles a signal\n"
                                    "3 lines\n0 lines\n"
                                    "once more of 2\nonce more of 2\n"
                                    "MainProcess tells\nMainProcess tells\n"
                                    "left with 3\nquit with 4\n";
        QCOMPARE(ran.out, expected);
    }

    void linesAreThoseOfTheSteps()
    {
        const Scenario good = scenarioOf("title: Lines\n"
                                         "main:\n"
                                         "  - comment: first\n"
                                         "  - create: {process: p, target: f, daemon: yes}\n"
                                         "  - try:\n"
                                         "      steps: [start: p]\n"
                                         "      catch: [print: \"{error}\"]\n"
                                         "  - make: {lock: l}\n"
                                         "  - with_lock: {lock: l, steps: [terminate: p]}\n"
                                         "functions:\n"
                                         "  f: [sleep: 3s]\n");
        const WrittenProgram python = writePython(good);
        const std::vector<std::string> pythonLines{"# first", "p = multiprocessing.Process(target=f, daemon=True)",
            "try:", "p.start()", "print(f\"{type(error).__name__}: {error}\", flush=True)",
            "l = multiprocessing.Lock()", "with l:", "p.terminate()", "time.sleep(3)"};
        QCOMPARE(python.lineOfStep.size(), pythonLines.size());
        const WrittenProgram cpp = writeCpp(good);
        const std::vector<std::string> cppLines{"// first",
            "const auto p = mp::process({.target = fTarget, .daemon = true});", "try {", "p->start();",
            "std::cout << mp::str(error) << std::endl;", "const auto l = mp::Context::standard().lock();", "{",
            "p->terminate();", "mp::sleep(3s);"};
        for (unsigned id = 0; id < good.stepCount; ++id) {
            QCOMPARE(lineOf(python, id), pythonLines.at(id));
            QCOMPARE(lineOf(cpp, id), cppLines.at(id));
        }
        const auto all = readScenarioFile(everyVerb);
        for (const WrittenProgram& program :
            {writePython(all.value(), {Method::Spawn}), writeCpp(all.value(), {Method::Spawn})}) {
            for (unsigned id = 0; id < all.value().stepCount; ++id)
                QVERIFY(!lineOf(program, id).empty());
        }
    }

    void pythonLinesAreShortAndStillTheSteps()
    {
        const std::string longText =
            "a word and another one and so on, {name}, until {p.name} is {p.daemon} at last: {pid}";
        const Scenario scenario = scenarioOf("main:\n"
                                             "  - create: {process: p, target: f}\n"
                                             "  - print: \""
            + longText
            + "\"\n"
              "  - set_daemon: {process: current, value: no}\n"
              "  - print: \"no word of {{this}} has any field but it is too long for one line of Python, {{}}\"\n"
              "functions:\n"
              "  f: [sleep: 1s]\n");
        const WrittenProgram python = writePython(scenario);
        for (const QByteArray& line : QByteArray::fromStdString(python.text).split('\n'))
            QVERIFY2(line.size() <= 79, line.constData());
        QCOMPARE(lineOf(python, 0), std::string("p = multiprocessing.Process(target=f)"));
        QCOMPARE(lineOf(python, 1), std::string("print("));
        QCOMPARE(lineOf(python, 2), std::string("me.daemon = False"));
        QCOMPARE(QByteArray::fromStdString(python.text).count("multiprocessing.current_process()"), 1);
        const Ran ran = run(QStringLiteral("python3"), {save("long.py", python.text)});
        QCOMPARE(ran.err, QByteArray());
        const QByteArray out = ran.out;
        QVERIFY2(out.startsWith("a word and another one and so on, MainProcess, until Process-1 is False at last: "),
            out.constData());
        QVERIFY2(out.endsWith("\nno word of {this} has any field but it is too long for one line of Python, {}\n"),
            out.constData());
    }

    /// Functions that C++ finds in other namespaces by the types of their arguments.
    void callsMeanTheScenariosOwnFunctions()
    {
        QByteArray calls;
        QByteArray functions;
        QByteArray expected;
        for (const char* name : {"move", "swap", "get", "begin", "end", "size", "data", "empty", "ref", "cref",
                 "forward", "sleep", "process", "to_string", "distance", "advance", "as_const", "launder"}) {
            calls += QByteArray("  - call: {function: ") + name + ", args: [$e]}\n";
            functions +=
                QByteArray("  ") + name + ": {parameters: [a], steps: [{print: " + name + "}, {set_event: a}]}\n";
            expected += QByteArray(name) + "\n";
        }
        for (const char* name : {"bind", "make_pair", "invoke", "exchange", "find", "count", "tie"}) {
            calls += QByteArray("  - call: {function: ") + name + ", args: [$q, $t]}\n";
            functions += QByteArray("  ") + name + ": {parameters: [a, b], steps: [{print: \"" + name
                + " {b}\"}, {put: {queue: a, value: $b}}]}\n";
            expected += QByteArray(name) + " text\n";
        }
        const Scenario scenario = scenarioOf(("main:\n  - make: {event: e}\n  - make: {queue: q}\n"
                                              "  - put: {queue: q, value: text}\n  - get: {queue: q, result: t}\n"
            + calls + "functions:\n" + functions)
                                                 .toStdString());
        QVERIFY(scenario.stepCount > 0);
        const Ran ran = runAsCpp("names", writeCpp(scenario).text);
        QCOMPARE(ran.err, QByteArray());
        QCOMPARE(ran.out, expected);
    }

    void theWrittenCppSaysWhatIsExpected()
    {
        const auto read = readScenarioFile(everyVerb);
        QVERIFY(read.ok());
        const Ran python = run(QStringLiteral("python3"), {save("every.py", writePython(read.value()).text)});
        const Ran cpp = runAsCpp("every", writeCpp(read.value()).text);
        QCOMPARE(cpp.err, python.err);
        QCOMPARE(cpp.out, python.out);
        QCOMPARE(cpp.status, 0);
    }

    void theStartMethodIsSetOnce_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("none in the scenario") << QByteArray("main: [print: x]\n");
        QTest::newRow("one in the scenario") << QByteArray("main: [{set_start_method: fork}, {print: x}]\n");
    }
    void theStartMethodIsSetOnce()
    {
        QFETCH(const QByteArray, yaml);
        const Scenario scenario = scenarioOf(yaml.toStdString());
        const QByteArray python = QByteArray::fromStdString(writePython(scenario, {Method::Spawn}).text);
        QCOMPARE(python.count("set_start_method"), 1);
        QVERIFY(python.contains("multiprocessing.set_start_method(\"spawn\")"));
        const QByteArray cpp = QByteArray::fromStdString(writeCpp(scenario, {Method::Spawn}).text);
        QCOMPARE(cpp.count("setStartMethod"), 1);
        QVERIFY(cpp.contains("mp::setStartMethod(\"spawn\");"));
    }

    void hostileTextsAreTexts()
    {
        const Scenario scenario =
            scenarioOf("title: \"*/ coding: utf-16 \\\"\\\"\\\" \\\\\"\n"
                       "main:\n"
                       "  - comment: \"ends with a backslash \\\\\"\n"
                       "  - print: \"after\"\n"
                       "  - comment: \"line\\nimport os; os._exit(9)\\r#error no\"\n"
                       "  - print: \"\\\\ \\\" ' \\\"\\\"\\\" ?\?/ \\x1b1f \\u202e end\\t{{x}} \\\\\"\n"
                       "  - print: \"{name}{{pid}}\\\"\\\\\"\n");
        QCOMPARE(scenario.stepCount, 5U);
        const WrittenProgram python = writePython(scenario);
        const WrittenProgram cpp = writeCpp(scenario);
        for (const std::string& text : {python.text, cpp.text}) {
            for (const char c : text)
                QVERIFY(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
            QVERIFY(text.find("\xe2\x80\xae") == std::string::npos);
        }
        const QByteArray expected = "after\n\\ \" ' \"\"\" ?"
                                    "?/ \x1b"
                                    "1f \xe2\x80\xae end\t{x} \\\nMainProcess{pid}\"\\\n";
        const Ran ran = run(QStringLiteral("python3"), {save("hostile.py", python.text)});
        QCOMPARE(ran.status, 0);
        QCOMPARE(ran.out, expected);
        compilesAsCpp(cpp.text);
        QCOMPARE(QByteArray::fromStdString(cpp.text).count("std::cout"), 3);
    }

    void variablesOfInnerBlocksAndOfSeveralTypes()
    {
        const Scenario scenario = scenarioOf(
            "main:\n"
            "  - make: {queue: q}\n"
            "  - repeat:\n"
            "      times: 2\n"
            "      steps:\n"
            "        - thread: {thread: t, target: f, args: [$q]}\n"
            "        - start: t\n"
            "        - get: {queue: q, result: got}\n"
            "        - open: {file: log, path: log, append: yes}\n"
            "        - write: {file: log, text: \"{got}\"}\n"
            "        - create: {process: p, target: g, args: [$got, $got]}\n"
            "  - join: t\n"
            "  - close: log\n"
            "  - print: \"{got} {p.name}\"\n"
            "  - call: {function: g, args: [2, text]}\n"
            "  - repeat: {variable: n, to: $got, steps: [print: \"{n}\"]}\n"
            "  - sleep: $got\n"
            "  - exit: $got\n"
            "functions:\n"
            "  f:\n"
            "    parameters: [out]\n"
            "    steps: [put: {queue: out, value: 0}]\n"
            "  g:\n"
            "    parameters: [times, words]\n"
            "    steps: [repeat: {times: $times, steps: [print: \"{words}\"]}]\n"
            "  unused:\n"
            "    parameters: [lock, other, pause]\n"
            "    steps: [{acquire: lock}, {call: {function: f, args: [$other]}}, {sleep: $pause}, {close: other}]\n");
        QVERIFY(scenario.stepCount > 0);
        compilesAsCpp(writeCpp(scenario).text);
        const Ran ran = run(QStringLiteral("python3"), {save("mixed.py", writePython(scenario).text)});
        QCOMPARE(ran.out, QByteArray("0 Process-2\ntext\ntext\n"));
        QCOMPARE(ran.status, 0);
    }
};

QTEST_GUILESS_MAIN(TestScenarioWriters)
#include "tst_scenariowriters.moc"
