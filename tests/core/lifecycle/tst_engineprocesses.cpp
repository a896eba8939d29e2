// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"
#include "lifecycle/terms.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <csignal>
#include <functional>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

/// The fold of a story whose runtime is daemonscope's engine, or a Python that says so, or one of before there was a
/// choice.
ProcessTree toldBy(const Story& story, const std::string& runtime)
{
    ProcessTree tree;
    for (Event event : story.events()) {
        if (auto* started = std::get_if<payload::InterpreterStarted>(&event.payload))
            started->runtime = runtime;
        tree.apply(event);
    }
    return tree;
}

/// Everything that is said of all processes.
QString allWords(const ProcessTree& tree)
{
    std::string text;
    for (const Process& process : tree.processes()) {
        const Verdict why = verdict(tree, process.index);
        text += why.text + '\n';
        for (const Clause& clause : why.chain)
            text += clause.text + '\n';
    }
    for (const Finding& finding : findings(tree))
        text += finding.text + '\n' + finding.advice + '\n';
    return QString::fromStdString(text);
}

using Tell = std::function<void(Story&, ProcessId main)>;

payload::StartRefused refusal(const ProcessId& by, const char* type, const char* message)
{
    return {{by, "9"}, "Process-9", type, message, {"/s/a.scn:3", {}}};
}

/// Stories in which a word about the runtime falls.
std::vector<std::pair<const char*, Tell>> tales()
{
    return {
        {"daemon killed at exit",
            [](Story& s, ProcessId main) {
                const ProcessId child = s.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
                s.mainCodeEnds(200ms, main, {child}, {});
                s.terminateAtExit(202ms, main, child).exited(210ms, main, 0).ended(220ms);
            }},
        {"refused by rule",
            [](Story& s, ProcessId main) {
                const ProcessId child = s.child(100ms, main, "Process-1", {.daemon = true});
                s.runtime(200ms, child,
                    refusal(child, "AssertionError", "daemonic processes are not allowed to have children"));
                s.runtime(210ms, main, refusal(main, "AssertionError", "cannot start a process twice"));
                s.returned(220ms, child, 1);
            }},
        {"failed start",
            [](Story& s, ProcessId main) { s.runtime(200ms, main, refusal(main, "PicklingError", "no")); }},
        {"orphans of a killed parent",
            [](Story& s, ProcessId main) {
                s.child(100ms, main, "Process-1");
                s.fork(150ms, main);
                s.died(200ms, main, SIGKILL).ended(900ms);
            }},
        {"hard exits",
            [](Story& s, ProcessId main) {
                const ProcessId child = s.child(100ms, main, "Process-1");
                s.exited(200ms, child, 3).exited(300ms, main, 4);
            }},
        {"SystemExit, failure and losses",
            [](Story& s, ProcessId main) {
                s.returned(200ms, s.child(100ms, main, "Process-1"), 3);
                const ProcessId child = s.child(110ms, main, "Process-2");
                s.runtime(190ms, child, payload::ExceptionRaised{"ValueError", "bad", {}});
                s.returned(200ms, child, 1).mainCodeEnds(300ms, main, {}, {}).exited(310ms, main, 0);
                s.runtime(311ms, main, payload::HookGap{4});
            }},
    };
}

} // namespace

/// Processes of the engine are what processes of Python's multiprocessing are, and are not called Python.
class TestEngineProcesses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wordsNameTheRuntime_data();
    void wordsNameTheRuntime();
    void unseenEndsNameTheRuntime();
    void runtimeGoesWithForksAndEndsWithAnExec();
    void rolesOfExecutedHelpers();
    void preludeIsFolded();
    void latestStepIsKept();
};

void TestEngineProcesses::wordsNameTheRuntime_data()
{
    QTest::addColumn<int>("tale");
    const auto all = tales();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::newRow(all[i].first) << static_cast<int>(i);
}

void TestEngineProcesses::wordsNameTheRuntime()
{
    QFETCH(int, tale);
    Story story;
    const ProcessId main = story.launchPython(0ms);
    tales()[static_cast<std::size_t>(tale)].second(story, main);
    const QString python = allWords(toldBy(story, "python"));
    QCOMPARE(python, allWords(toldBy(story, {})));
    QVERIFY2(!python.contains(QLatin1String("engine")), qPrintable(python));
    const QString engine = allWords(toldBy(story, "daemonscope-engine"));
    QVERIFY2(engine != python, qPrintable(engine));
    for (const char* word : {"Python", "python", "os._exit", "sys.", "subprocess", "PoolExecutor", "multiprocessing",
             "os.kill", "True", "False"})
        QVERIFY2(!QString(engine).remove(QLatin1String("python3")).contains(QLatin1String(word)), qPrintable(engine));
}

void TestEngineProcesses::unseenEndsNameTheRuntime()
{
    Story story({.kernel = false});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::ChildReaped{child, child.pid, -15});
    story.child(300ms, main, "Process-2");
    story.ended(400ms);
    const QString words = allWords(toldBy(story, "daemonscope-engine"));
    QVERIFY2(words.contains(QLatin1String("no engine told of its end")), qPrintable(words));
    QVERIFY2(words.contains(QLatin1String("as its parent's engine saw")), qPrintable(words));
    QVERIFY2(!words.contains(QLatin1String("Python")), qPrintable(words));
}

void TestEngineProcesses::runtimeGoesWithForksAndEndsWithAnExec()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId fork = story.fork(100ms, main);
    story.runtime(101ms, fork, payload::Forked{});
    const ProcessId program = story.fork(110ms, main);
    story.exec(111ms, program, {"sleep", "9"});
    const ProcessTree tree = toldBy(story, "daemonscope-engine");
    QVERIFY(tree.at(0).role == Role::Main && tree.at(0).runtime == Runtime::Engine);
    QCOMPARE(tree.at(0).told->version, std::string("3.11.2"));
    QCOMPARE(tree.at(1).name, std::string("fork of MainProcess"));
    QVERIFY(tree.at(1).runtime == Runtime::Engine);
    QVERIFY(tree.at(2).runtime == Runtime::Python && tree.at(2).role == Role::Program);
    // What is reported of a program is reported by the runtime above it.
    QVERIFY(terms::runtimeAbout(tree, tree.at(2)) == Runtime::Engine);
}

void TestEngineProcesses::rolesOfExecutedHelpers()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId tracker = story.fork(100ms, main);
    story.exec(101ms, tracker, {"story", "--multiprocessing-tracker", "5"});
    const ProcessId server = story.fork(110ms, main);
    story.exec(111ms, server, {"story", "--multiprocessing-forkserver", "3"});
    const ProcessId plain = story.fork(120ms, main);
    story.exec(121ms, plain, {"story", "run", "--multiprocessing-forkserver"});
    ProcessTree tree = toldBy(story, "daemonscope-engine");
    QVERIFY(tree.at(1).role == Role::Helper && tree.at(2).role == Role::Helper && tree.at(3).role == Role::Program);
    QCOMPARE(tree.at(1).name, std::string("resource tracker"));
    QCOMPARE(tree.at(2).name, std::string("fork server"));
    // They say the same of themselves, and a child of the server is its starter's.
    story.interpreter(130ms, tracker, "tracker").interpreter(131ms, server, "forkserver");
    const ProcessId child = story.child(200ms, main, "Process-1", {.method = "forkserver", .forker = server});
    tree = toldBy(story, "daemonscope-engine");
    QVERIFY(tree.at(1).role == Role::Helper && tree.at(2).role == Role::Helper);
    const Process& started = tree.at(static_cast<ProcessIndex>(child.serial));
    QVERIFY(started.role == Role::Child && started.runtime == Runtime::Engine);
    QCOMPARE(started.parent, std::optional<ProcessIndex>(0));
}

void TestEngineProcesses::preludeIsFolded()
{
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh", "run-story"});
    const ProcessId helper = story.fork(10ms, shell);
    story.exec(11ms, helper, {"dirname", "x"}).exited(12ms, helper, 0);
    story.exec(20ms, shell, {"story"}).interpreter(25ms, shell, "main");
    const ProcessTree tree = toldBy(story, "daemonscope-engine");
    QCOMPARE(tree.foldedCount(0), 1);
    QCOMPARE(tree.at(1).foldedInto, std::optional<ProcessIndex>(0));
    QVERIFY2(allWords(tree).contains(QLatin1String("1 process before the engine began")), qPrintable(allWords(tree)));
}

void TestEngineProcesses::latestStepIsKept()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.runtime(100ms, main, payload::StepReached{{"story.scn:3", {}}, "MainThread"});
    story.runtime(110ms, main, payload::StepReached{{"story.scn:4", {}}, "Thread-1"});
    story.runtime(120ms, main, payload::StepReached{});
    QCOMPARE(toldBy(story, "daemonscope-engine").at(0).told->place, std::string("story.scn:4"));
    story.exec(130ms, main, {"true"});
    QCOMPARE(toldBy(story, "daemonscope-engine").at(0).told->place, std::string());
}

QTEST_APPLESS_MAIN(TestEngineProcesses)
#include "tst_engineprocesses.moc"
