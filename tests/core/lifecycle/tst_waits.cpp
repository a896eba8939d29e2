// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

/// Who waits for whom, from when to when.
class TestWaits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void join();
    void joinThatTimesOut();
    void joinThatNeverEnds();
    void joinsOfTwoThreads();
    void atExitOnce_data();
    void atExitOnce();
    void stepWithoutChildIsFoundByName();
    void nextStepEndsTheWait();
    void sequenceEndEndsTheWait();
};

void TestWaits::join()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.join(200ms, 900ms, main, child);
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(0).waits.size(), 1u);
    const JoinWait& wait = tree.at(0).waits[0];
    QCOMPARE(*wait.child, 1);
    QCOMPARE(wait.begin, Story::time(200ms));
    QCOMPARE(*wait.end, Story::time(900ms));
    QCOMPARE(wait.place, std::string("/src/story.py:20"));
    QVERIFY(!wait.atExit && !wait.timedOut);
    QCOMPARE(stateText(tree, 0, Story::time(199ms)), std::string("running"));
    QCOMPARE(stateText(tree, 0, Story::time(200ms)), std::string("waits for Process-1"));
    QCOMPARE(stateText(tree, 0, Story::time(900ms)), std::string("running"));
}

void TestWaits::joinThatTimesOut()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.join(200ms, 300ms, main, child, true);
    QVERIFY(story.tree().at(0).waits.at(0).timedOut);
}

void TestWaits::joinThatNeverEnds()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.join(200ms, std::nullopt, main, child);
    story.died(500ms, main, 9);
    const ProcessTree tree = story.tree();
    QVERIFY(!tree.at(0).waits.at(0).end);
    QVERIFY(statusAt(tree.at(0), Story::time(499ms)).activity == Activity::Waiting);
    QVERIFY(statusAt(tree.at(0), Story::time(500ms)).activity == Activity::Ended);
}

void TestWaits::joinsOfTwoThreads()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId first = story.child(100ms, main, "Process-1");
    const ProcessId second = story.child(110ms, main, "Process-2");
    story.join(200ms, std::nullopt, main, first);
    story.join(300ms, 400ms, main, second);
    const ProcessTree tree = story.tree();
    QCOMPARE(*statusAt(tree.at(0), Story::time(350ms)).waitsFor, 2);
    QCOMPARE(*statusAt(tree.at(0), Story::time(450ms)).waitsFor, 1);
}

void TestWaits::atExitOnce_data()
{
    QTest::addColumn<bool>("step");
    QTest::addColumn<bool>("call");
    QTest::newRow("step alone") << true << false;
    QTest::newRow("step and call") << true << true;
    QTest::newRow("call alone") << false << true;
}

void TestWaits::atExitOnce()
{
    QFETCH(bool, step);
    QFETCH(bool, call);
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.mainCodeEnds(1000ms, main, {}, {child});
    if (step)
        story.runtime(
            1002ms, main, payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "Process-1", child});
    if (call)
        story.runtime(1003ms, main, payload::JoinBegun{story.objectOf(child), std::nullopt, true, {}});
    story.runtime(2000ms, main, payload::JoinEnded{story.objectOf(child), 0, {}});
    story.runtime(2100ms, main, payload::ExitSequenceEnded{});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(0).waits.size(), 1u);
    const JoinWait& wait = tree.at(0).waits[0];
    QVERIFY(wait.atExit);
    QCOMPARE(*wait.child, 1);
    QCOMPARE(wait.begin, Story::time(step ? 1002ms : 1003ms));
    QCOMPARE(*wait.end, Story::time(2000ms));
    QVERIFY(wait.place.empty());
}

void TestWaits::stepWithoutChildIsFoundByName()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.mainCodeEnds(1000ms, main, {}, {child});
    story.runtime(
        1002ms, main, payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "Process-1", std::nullopt});
    QCOMPARE(*story.tree().at(0).waits.at(0).child, 1);
}

void TestWaits::nextStepEndsTheWait()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId first = story.child(100ms, main, "Process-1");
    const ProcessId second = story.child(110ms, main, "Process-2");
    story.mainCodeEnds(1000ms, main, {}, {first, second});
    story.runtime(1002ms, main, payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "Process-1", first});
    story.runtime(1500ms, main, payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "Process-2", second});
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(0).waits.at(0).end, Story::time(1500ms));
    QVERIFY(!tree.at(0).waits.at(1).end);
}

void TestWaits::sequenceEndEndsTheWait()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.mainCodeEnds(1000ms, main, {}, {child});
    story.runtime(1002ms, main, payload::ExitSequenceStep{payload::ExitSequenceStep::Kind::Join, "Process-1", child});
    story.runtime(1700ms, main, payload::ExitSequenceEnded{});
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(0).waits.at(0).end, Story::time(1700ms));
    QCOMPARE(*tree.at(0).told->exitSequenceEnded, Story::time(1700ms));
}

QTEST_APPLESS_MAIN(TestWaits)
#include "tst_waits.moc"
