// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/endedby.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <array>
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
    void parentDeathOrKill_data();
    void parentDeathOrKill();
    void hangUp_data();
    void hangUp();
    void leftToATracer_data();
    void leftToATracer();
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

void TestKnownSenders::parentDeathOrKill_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("asked");  // by PR_SET_PDEATHSIG
    QTest::addColumn<int>("endsAt"); // the parent; the signal comes at 100
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("knownBy");
    QTest::newRow("watched, and no call") << SIGTERM << SIGTERM << 110 << "parent-death signal"
                                          << "exclusion";
    QTest::newRow("not watched, before the end") << SIGUSR1 << SIGUSR1 << 118 << "unknown"
                                                 << "siginfo";
    QTest::newRow("not watched, after the end") << SIGUSR1 << SIGUSR1 << 99 << "unknown"
                                                << "siginfo";
    QTest::newRow("not watched, long before the end") << SIGUSR1 << SIGUSR1 << 500 << "other call"
                                                      << "siginfo";
    QTest::newRow("another one than it asked for") << SIGUSR1 << SIGUSR2 << 99 << "other call"
                                                   << "siginfo";
}

void TestKnownSenders::parentDeathOrKill()
{
    QFETCH(const int, signal);
    QFETCH(const int, asked);
    QFETCH(const int, endsAt);
    QFETCH(const QString, how);
    QFETCH(const QString, knownBy);
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId parent = story.fork(10ms, shell);
    const ProcessId child = story.fork(20ms, parent);
    story.kernel(30ms, child, payload::ParentDeathSignalSet{asked});
    if (endsAt < 100)
        story.exited(milliseconds(endsAt), parent, 0);
    story.delivered(100ms, child, signal, parent).died(101ms, child, signal);
    if (endsAt >= 100)
        story.exited(milliseconds(endsAt), parent, 0);
    const ProcessTree tree = story.tree();
    const auto by = tree.endedBy(2);
    QCOMPARE(QString::fromUtf8(word(by->how)), how);
    QCOMPARE(by->process.value_or(-1), 1);
    QCOMPARE(QString::fromStdString(word(by->knownBy)), knownBy);
    const QByteArray said = QByteArray::fromStdString(verdict(tree, 2).text);
    QCOMPARE(said.contains("nobody called kill()"), knownBy == QStringLiteral("exclusion"));
    QCOMPARE(said.contains("the two look the same"), how == QStringLiteral("unknown"));
}

void TestKnownSenders::hangUp_data()
{
    QTest::addColumn<int>("stoppedAt"); // -1: not
    QTest::addColumn<int>("continuedAt");
    QTest::addColumn<bool>("siblingStopped");
    QTest::addColumn<int>("parentEndsAt"); // the signal comes at 5000
    QTest::addColumn<QString>("how");
    // The kernel sends a SIGCONT with it, so the end of the stop is seen before the SIGHUP.
    QTest::newRow("a stopped orphan") << 50 << 4999 << false << 4998 << "kernel";
    QTest::newRow("a stopped orphan, out of order") << 50 << -1 << false << 4999 << "kernel";
    QTest::newRow("its parent's end told last") << 50 << 4999 << false << 5001 << "kernel";
    QTest::newRow("of a group with a stopped member") << -1 << -1 << true << 4998 << "kernel";
    QTest::newRow("its parent lives on") << 50 << 4999 << false << -1 << "terminal";
    QTest::newRow("stopped long before") << 50 << 60 << false << 4998 << "terminal";
    QTest::newRow("never stopped") << -1 << -1 << false << 4998 << "terminal";
}

void TestKnownSenders::hangUp()
{
    QFETCH(const int, stoppedAt);
    QFETCH(const int, continuedAt);
    QFETCH(const bool, siblingStopped);
    QFETCH(const int, parentEndsAt);
    QFETCH(const QString, how);
    constexpr int kByKernel = 128;
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId parent = story.fork(10ms, shell);
    const ProcessId child = story.fork(20ms, parent);
    const ProcessId sibling = story.fork(30ms, parent);
    if (stoppedAt >= 0)
        story.kernel(milliseconds(stoppedAt), child, payload::Stopped{SIGTSTP});
    if (siblingStopped)
        story.kernel(50ms, sibling, payload::Stopped{SIGTSTP});
    if (parentEndsAt >= 0 && parentEndsAt < 5000)
        story.exited(milliseconds(parentEndsAt), parent, 0);
    if (continuedAt >= 0)
        story.kernel(milliseconds(continuedAt), child, payload::Continued{});
    if (siblingStopped) {
        story.kernel(4999ms, sibling, payload::Continued{});
        story.delivered(5000ms, sibling, SIGHUP, 0, kByKernel).died(5001ms, sibling, SIGHUP);
    }
    story.delivered(5000ms, child, SIGHUP, 0, kByKernel).died(5001ms, child, SIGHUP);
    if (parentEndsAt >= 5000)
        story.exited(milliseconds(parentEndsAt), parent, 0);
    QCOMPARE(QString::fromUtf8(word(story.tree().endedBy(2)->how)), how);
}

void TestKnownSenders::leftToATracer_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("victim");
    QTest::addColumn<bool>("excluded");
    QTest::newRow("SIGTERM to the traced one") << SIGTERM << 2 << false;
    QTest::newRow("SIGKILL to the traced one") << SIGKILL << 2 << false;
    QTest::newRow("SIGKILL to its child") << SIGKILL << 4 << false;
    QTest::newRow("SIGKILL to a child that it had before") << SIGKILL << 3 << true;
    QTest::newRow("SIGKILL to the tracer") << SIGKILL << 1 << true;
}

/// Signals of processes that are traced by another one are not seen, so nothing follows from there being none.
void TestKnownSenders::leftToATracer()
{
    QFETCH(const int, signal);
    QFETCH(const int, victim);
    QFETCH(const bool, excluded);
    Story story = watchedStory();
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId tracer = story.fork(10ms, shell);
    const ProcessId traced = story.fork(20ms, tracer);
    const ProcessId before = story.fork(30ms, traced);
    story.exec(35ms, tracer, {"gdb"});
    story.add(40ms, {}, Witness::Recorder, payload::ControlRequested{"trace", 0, traced, tracer.pid, 0});
    const ProcessId after = story.fork(50ms, traced);
    const std::array<ProcessId, 5> all{shell, tracer, traced, before, after};
    story.died(100ms, all.at(static_cast<std::size_t>(victim)), signal);
    const ProcessTree tree = story.tree();
    const auto by = tree.endedBy(victim);
    QVERIFY(by->how == EndedHow::Unknown);
    QCOMPARE(word(by->knownBy), std::string(excluded ? "exclusion" : "nothing"));
    const QByteArray said = QByteArray::fromStdString(verdict(tree, victim).text);
    QCOMPARE(said.contains("no process of this recording sent it"), excluded);
    QCOMPARE(said.contains("left to gdb"), !excluded);
    const auto found = findings(tree);
    const auto unknown = std::find_if(
        found.begin(), found.end(), [](const Finding& each) { return each.rule == "sigkill-sender-unknown"; });
    QCOMPARE(unknown != found.end(), signal == SIGKILL);
    if (unknown != found.end())
        QCOMPARE(QByteArray::fromStdString(unknown->advice).contains("gdb"), !excluded);
}

QTEST_APPLESS_MAIN(TestKnownSenders)
#include "tst_knownsenders.moc"
