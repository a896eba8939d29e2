// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/endedby.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

/// A story of a recording in which all calls are seen.
Story watchedStory()
{
    return Story{Witnesses{true, true, true}};
}

} // namespace

/// Where all calls are seen: what follows from them, and from their absence, and how it is known.
class TestKnownSenders : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownByHasWords();
    void falseSenderIsUnmasked();
    void claimWithoutACall();
    void refusedCallIsNoCause();
    void firstKillIsTheCause();
    void membersAreKnownWithoutAGuess();
    void mergedSignalIsTold();
    void stoppedOrphansAreHungUpByTheKernel();
};

void TestKnownSenders::knownByHasWords()
{
    QCOMPARE(word(KnownBy{}), std::string("nothing"));
    KnownBy known;
    known.siginfo = true;
    QCOMPARE(word(known), std::string("siginfo"));
    known.systemCall = true;
    QCOMPARE(word(known), std::string("siginfo and system call"));
    known.runtime = true;
    QCOMPARE(word(known), std::string("siginfo, system call and runtime"));
}

void TestKnownSenders::falseSenderIsUnmasked()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, shell);
    const ProcessId liar = story.fork(20ms, shell);
    story.kernel(
        100ms, liar, payload::KillRequested{SIGTERM, victim.pid, victim, "rt_sigqueueinfo", {}, -1, shell.pid});
    story.kernel(101ms, victim, payload::SignalDelivered{SIGTERM, -1, shell.pid, 0, shell});
    story.died(102ms, victim, SIGTERM);
    const auto by = story.tree().endedBy(1);
    QCOMPARE(by->process.value_or(-1), 2);
    QVERIFY(by->how == EndedHow::OtherCall);
    QCOMPARE(word(by->knownBy), std::string("system call"));
}

void TestKnownSenders::claimWithoutACall()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, shell);
    story.kernel(101ms, victim, payload::SignalDelivered{SIGTERM, -1, shell.pid, 0, shell});
    story.died(102ms, victim, SIGTERM);
    const auto by = story.tree().endedBy(1);
    QVERIFY(!by->process);
    QVERIFY(by->how == EndedHow::Outside);
    QCOMPARE(word(by->knownBy), std::string("claim"));
}

void TestKnownSenders::refusedCallIsNoCause()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, shell);
    const ProcessId other = story.fork(20ms, shell);
    story.kernel(100ms, other, payload::KillRequested{SIGKILL, victim.pid, victim, "kill"});
    story.kernel(101ms, other, payload::KillReturned{SIGKILL, victim.pid, victim, "kill", 1});
    story.died(110ms, victim, SIGKILL);
    const ProcessTree tree = story.tree();
    QVERIFY(!tree.endedBy(1)->process);
    QVERIFY(tree.endedBy(1)->how == EndedHow::Unknown);
    QCOMPARE(word(tree.endedBy(1)->knownBy), std::string("exclusion"));
    const Verdict why = verdict(tree, 1);
    QVERIFY(std::any_of(why.chain.begin(), why.chain.end(), [](const Clause& clause) {
        return clause.text.ends_with("the kernel refused it: the sender may not signal this process");
    }));
}

void TestKnownSenders::firstKillIsTheCause()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, shell);
    const ProcessId other = story.fork(20ms, shell);
    story.kernel(100ms, other, payload::KillRequested{SIGKILL, victim.pid, victim, "kill"});
    story.kernel(101ms, shell, payload::KillRequested{SIGKILL, victim.pid, victim, "kill"});
    story.died(110ms, victim, SIGKILL);
    QCOMPARE(story.tree().endedBy(1)->process.value_or(-1), 2);
}

void TestKnownSenders::membersAreKnownWithoutAGuess()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId member = story.fork(10ms, shell);
    const ProcessId stranger = story.fork(20ms, shell);
    story.kernel(100ms, shell, payload::KillRequested{SIGKILL, -member.pid, std::nullopt, "kill", {member}});
    story.kernel(101ms, shell, payload::KillReturned{SIGKILL, -member.pid, std::nullopt, "kill"});
    story.died(102ms, stranger, SIGKILL);
    story.died(3000ms, member, SIGKILL); // it was in the kernel for long
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.endedBy(1)->process.value_or(-1), 0);
    QCOMPARE(word(tree.endedBy(1)->knownBy), std::string("system call"));
    QVERIFY(tree.endedBy(2)->how == EndedHow::Unknown);
}

void TestKnownSenders::mergedSignalIsTold()
{
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, shell);
    const ProcessId other = story.fork(20ms, shell);
    story.kernel(100ms, other, payload::KillRequested{SIGTERM, victim.pid, victim, "kill"});
    story.kernel(101ms, shell, payload::KillRequested{SIGTERM, victim.pid, victim, "kill"});
    story.delivered(500ms, victim, SIGTERM, other).died(501ms, victim, SIGTERM);
    const ProcessTree tree = story.tree();
    const auto& facts = tree.at(1).signalsReceived;
    QCOMPARE(facts.size(), 2u);
    const auto& late = facts[0].delivered ? facts[1] : facts[0];
    QVERIFY(mergedWith(tree.at(1), late) != nullptr);
    QCOMPARE(mergedWith(tree.at(1), late)->sender.value_or(-1), 2);
    QCOMPARE(tree.endedBy(1)->process.value_or(-1), 2);
}

void TestKnownSenders::stoppedOrphansAreHungUpByTheKernel()
{
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId child = story.fork(10ms, shell);
    story.kernel(50ms, child, payload::Stopped{SIGTSTP});
    story.exited(99ms, shell, 0);
    story.delivered(100ms, child, SIGHUP, 0, 128).died(101ms, child, SIGHUP);
    QVERIFY(story.tree().endedBy(1)->how == EndedHow::Kernel);
}

QTEST_APPLESS_MAIN(TestKnownSenders)
#include "tst_knownsenders.moc"
