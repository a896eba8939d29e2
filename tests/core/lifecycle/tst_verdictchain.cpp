// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

/// The facts that a verdict stands on: their order, and how each is said to be known.
class TestVerdictChain : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void chainOfADaemonKilledAtExit();
    void chainIsSortedAndBounded();
    void unknownIsMarkedUnknown();
    void withoutKernelAnUnknownEndIsNoRun();
    void daemonsThatLivedOnAreNotCalledTerminated();
    void targetEndsBeforeTheExitSequence();
    void forkerIsNamedAsItWasThen();
};

void TestVerdictChain::chainOfADaemonKilledAtExit()
{
    const ReferenceStory reference;
    const Verdict why = verdict(reference.story.tree(), 1);
    QStringList texts;
    for (const Clause& clause : why.chain)
        texts +=
            QStringLiteral("%1: %2").arg(QString::fromUtf8(word(clause.evidence)), QString::fromStdString(clause.text));
    const QStringList expected{
        QStringLiteral("both: MainProcess started Process-1 with start() at /src/story.py:10, start method fork"),
        QStringLiteral("runtime: it is a daemon: daemon=True was given to the constructor at /src/story.py:10"),
        QStringLiteral("runtime: MainProcess's code ended"),
        QStringLiteral("runtime: MainProcess's exit sequence began"),
        QStringLiteral("both: SIGTERM came from MainProcess, whose exit sequence terminates daemons before it joins "
                       "the other children; known by its siginfo and the report of Python"),
        QString::fromUtf8("kernel: it ended: SIGTERM (15), Python: −15, shell: 143"),
        QStringLiteral("inferred: the signal ended it at once: no finally block, no atexit function and no exit "
                       "sequence of its own ran, and "
                       "text that stood in its buffers, if any, is lost"),
        QStringLiteral("both: MainProcess collected its exit status"),
    };
    QCOMPARE(texts, expected);
}

void TestVerdictChain::chainIsSortedAndBounded()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    std::vector<ProcessId> daemons;
    for (int i = 1; i <= 300; ++i)
        daemons.push_back(story.child(
            milliseconds(100 + i), main, "Process-" + std::to_string(i), {.daemon = true, .daemonExplicit = true}));
    for (int i = 0; i < 300; ++i)
        story.join(milliseconds(1000 + 2 * i), milliseconds(1001 + 2 * i), main, daemons[0], true);
    for (int i = 0; i < 300; ++i)
        story.delivered(milliseconds(2000 + i), main, SIGUSR1, 99, 0);
    story.mainCodeEnds(3000ms, main, daemons, {});
    for (int i = 0; i < 300; ++i)
        story.terminateAtExit(milliseconds(3002 + i), main, daemons[static_cast<std::size_t>(i)]);
    story.exited(4000ms, main, 0);
    const Verdict why = verdict(story.tree(), 0);
    QVERIFY(why.chain.size() < 40);
    QVERIFY(std::is_sorted(
        why.chain.begin(), why.chain.end(), [](const Clause& a, const Clause& b) { return a.time < b.time; }));
    const QString text = QString::fromStdString(why.text);
    QVERIFY2(text.contains(QStringLiteral("terminated 300 daemons")), qPrintable(text));
}

void TestVerdictChain::unknownIsMarkedUnknown()
{
    Story story;
    story.died(10ms, story.launch(0ms, {"make"}), SIGKILL);
    const Verdict why = verdict(story.tree(), 0);
    QVERIFY(std::any_of(
        why.chain.begin(), why.chain.end(), [](const Clause& clause) { return clause.evidence == Evidence::Unknown; }));
}

void TestVerdictChain::withoutKernelAnUnknownEndIsNoRun()
{
    Story story({.kernel = false, .runtime = true});
    const ProcessId main = story.launchPython(0ms);
    // What the recorder tells of the births is no more than it was told.
    story.add(0ms, main, Witness::Recorder, payload::Executed{{"python3", "story.py"}, "/usr/bin/python3", "/src", {}});
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.add(104ms, child, Witness::Recorder, payload::Born{main, payload::Born::How::Unknown, 0});
    QCOMPARE(stateText(story.tree(), 1, Story::time(200ms)), std::string("running"));
    story.ended(900ms);
    const ProcessTree tree = story.tree();
    QCOMPARE(stateText(tree, 1, tree.latest()), std::string("end not seen"));
    QVERIFY(verdict(tree, 1).text.find("was not seen to end") != std::string::npos);
    for (const ProcessIndex process : {0, 1}) {
        for (const Clause& clause : verdict(tree, process).chain)
            QVERIFY2(clause.evidence != Evidence::Kernel && clause.evidence != Evidence::Both, clause.text.c_str());
    }
}

void TestVerdictChain::daemonsThatLivedOnAreNotCalledTerminated()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId daemon = story.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
    story.mainCodeEnds(200ms, main, {daemon}, {});
    story.runtime(202ms, main, payload::SignalSent{daemon, daemon.pid, SIGTERM, true});
    story.delivered(203ms, daemon, SIGTERM, main);
    story.returned(5000ms, daemon);
    story.exited(5010ms, main, 0);
    const Verdict why = verdict(story.tree(), 0);
    QVERIFY2(why.text.find("sent SIGTERM to 1 daemon") != std::string::npos, why.text.c_str());
    QVERIFY(std::none_of(why.chain.begin(), why.chain.end(),
        [](const Clause& clause) { return clause.text.find("terminated") != std::string::npos; }));
}

void TestVerdictChain::targetEndsBeforeTheExitSequence()
{
    // Up to Python 3.12 a forked child's exit sequence runs before its bootstrap returns.
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, child, payload::ExitSequenceBegun{});
    story.runtime(201ms, child, payload::ExitSequenceEnded{});
    story.returned(202ms, child);
    const std::vector<Clause> chain = verdict(story.tree(), 1).chain;
    const auto named = [&chain](const char* text) {
        return std::find_if(
            chain.begin(), chain.end(), [text](const Clause& clause) { return clause.text.starts_with(text); });
    };
    const auto target = named("its target");
    const auto sequence = named("its exit sequence began");
    QVERIFY(target != chain.end() && sequence != chain.end());
    QVERIFY(target < sequence);
    QCOMPARE(target->text, std::string("its target had ended by then, exit code 0"));
    QVERIFY(target->evidence == Evidence::Inferred);
    QCOMPARE(target->time, Story::time(200ms));
}

void TestVerdictChain::forkerIsNamedAsItWasThen()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"bash", "run.sh"});
    const ProcessId sleep = story.fork(10ms, root);
    story.exec(11ms, sleep, {"sleep", "9"});
    story.exec(20ms, root, {"python3", "x.py"});
    story.interpreter(40ms, root, "main");
    const ProcessId later = story.fork(50ms, root);
    story.exec(51ms, later, {"ls"});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(0).name, std::string("MainProcess"));
    QCOMPARE(verdict(tree, 1).chain.at(0).text, std::string("bash forked sleep"));
    QCOMPARE(verdict(tree, 2).chain.at(0).text, std::string("MainProcess forked ls"));
}

QTEST_APPLESS_MAIN(TestVerdictChain)
#include "tst_verdictchain.moc"
