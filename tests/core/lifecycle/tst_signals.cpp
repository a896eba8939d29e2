// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/signaljoin.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

/// One signal is told by several reports: they must become one fact, in whatever order they come.
class TestSignals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void atExitIsOneFactInAnyOrder();
    void terminateIsOneFactInAnyOrder();
    void twoSignalsStayTwo();
    void otherSendersStayApart();
    void pendingSignalIsJoinedLate();
    void killRequestIsJoinedWithOsKill();
    void signalToTheDeadIsNoFact();
    void groupKillIsInferred();
    void groupKillExplainsNothingElse();
    void groupCallIsJoinedInAnyOrder_data();
    void groupCallIsJoinedInAnyOrder();
    void groupCallNamesTheKilled();
    void groupKillOfAShell();
    void ownKillIsNoGroupKill();
    void recorderIsOutside();
    void noiseIsLeftOut();
    void endedBy_data();
    void endedBy();
};

void TestSignals::atExitIsOneFactInAnyOrder()
{
    const auto fact = [](milliseconds t, Witness witness) {
        SignalFact made;
        made.time = Story::time(t);
        made.signal = Signal(SIGTERM);
        made.sender = 0;
        made.senderPid = 4711;
        made.witness = witness;
        return made;
    };
    SignalFact step = fact(10ms, Witness::Runtime);
    step.called = step.atExit = true;
    SignalFact sent = fact(11ms, Witness::Runtime);
    sent.sent = sent.atExit = true;
    SignalFact delivered = fact(12ms, Witness::Kernel);
    delivered.delivered = true;
    std::vector<SignalFact> facts{step, sent, delivered};
    std::vector<int> order{0, 1, 2};
    do {
        std::vector<SignalFact> joined;
        for (const int i : order)
            joinSignal(joined, facts[static_cast<std::size_t>(i)]);
        QCOMPARE(joined.size(), 1u);
        QVERIFY(joined[0].atExit && joined[0].delivered && joined[0].sent && joined[0].called);
        QCOMPARE(joined[0].time, Story::time(12ms));
        QVERIFY(joined[0].witness == Witness::Kernel);
    } while (std::next_permutation(order.begin(), order.end()));
}

void TestSignals::terminateIsOneFactInAnyOrder()
{
    // terminate() ends in os.kill(), which some hooks tell of too.
    Story base;
    const ProcessId main = base.launchPython(0ms);
    const ProcessId child = base.child(100ms, main, "Process-1");
    const std::size_t begin = base.events().size();
    base.runtime(200ms, main, payload::TerminateCalled{base.objectOf(child), child, false, {"/src/a.py:5", {}}});
    base.runtime(200ms, main,
        payload::RuntimeCall{"os.kill", "", child.pid, SIGTERM, child, {"/src/a.py:5", "popen_fork._send_signal"}});
    base.runtime(201ms, main, payload::SignalSent{child, child.pid, SIGTERM, false});
    base.delivered(202ms, child, SIGTERM, main);
    std::vector<std::size_t> order{begin, begin + 1, begin + 2, begin + 3};
    do {
        ProcessTree tree;
        for (std::size_t i = 0; i < begin; ++i)
            tree.apply(base.events()[i]);
        for (const std::size_t i : order)
            tree.apply(base.events()[i]);
        const auto& facts = tree.at(1).signalsReceived;
        QCOMPARE(facts.size(), 1u);
        QCOMPARE(facts[0].call, std::string("terminate"));
        QCOMPARE(facts[0].place, std::string("/src/a.py:5"));
        QVERIFY(facts[0].delivered && facts[0].sent && facts[0].called && !facts[0].atExit);
    } while (std::next_permutation(order.begin(), order.end()));
}

void TestSignals::twoSignalsStayTwo()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    for (const milliseconds t : {200ms, 210ms}) {
        story.runtime(t, main, payload::SignalSent{child, child.pid, SIGTERM, false});
        story.delivered(t + 1ms, child, SIGTERM, main);
    }
    const auto facts = story.tree().at(1).signalsReceived;
    QCOMPARE(facts.size(), 2u);
    QCOMPARE(facts[0].time, Story::time(201ms));
    QCOMPARE(facts[1].time, Story::time(211ms));
}

void TestSignals::otherSendersStayApart()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::SignalSent{child, child.pid, SIGTERM, false});
    story.delivered(201ms, child, SIGTERM, 999, 0);
    const auto facts = story.tree().at(1).signalsReceived;
    QCOMPARE(facts.size(), 2u);
    QVERIFY(facts[0].sent && !facts[0].delivered);
    QVERIFY(!facts[1].sent && facts[1].delivered);
}

void TestSignals::pendingSignalIsJoinedLate()
{
    // A stopped process gets its SIGTERM when it goes on.
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.kernel(150ms, child, payload::Stopped{SIGSTOP});
    story.runtime(200ms, main, payload::SignalSent{child, child.pid, SIGTERM, false});
    story.kernel(9000ms, child, payload::Continued{});
    story.delivered(9001ms, child, SIGTERM, main);
    story.died(9002ms, child, SIGTERM);
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(1).signalsReceived.size(), 1u);
    QVERIFY(statusAt(tree.at(1), Story::time(5000ms)).activity == Activity::Stopped);
    QVERIFY(tree.endedBy(1)->how == EndedHow::OtherCall);
}

void TestSignals::killRequestIsJoinedWithOsKill()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::RuntimeCall{"os.kill", "", child.pid, SIGKILL, child, {"/src/a.py:9", {}}});
    story.kernel(201ms, main, payload::KillRequested{SIGKILL, child.pid, child, "kill"});
    story.died(202ms, child, SIGKILL);
    const ProcessTree tree = story.tree();
    const auto& facts = tree.at(1).signalsReceived;
    QCOMPARE(facts.size(), 1u);
    QCOMPARE(facts[0].call, std::string("os.kill"));
    QCOMPARE(facts[0].place, std::string("/src/a.py:9"));
    QVERIFY(facts[0].requested && facts[0].called);
}

void TestSignals::signalToTheDeadIsNoFact()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.returned(200ms, child);
    story.runtime(1000ms, main, payload::TerminateCalled{story.objectOf(child), child, false, {"/src/a.py:5", {}}});
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(1).signalsReceived.empty());
    QVERIFY(!tree.endedBy(1));
}

void TestSignals::groupKillIsInferred()
{
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId child = story.fork(10ms, shell);
    story.kernel(100ms, shell, payload::KillRequested{SIGKILL, -4711, std::nullopt, "kill"});
    story.died(101ms, child, SIGKILL);
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.endedBy(1)->process, 0);
    QVERIFY(tree.endedBy(1)->how == EndedHow::OtherCall);
    const Verdict why = verdict(tree, 1);
    QVERIFY(why.text.find("most likely from sh (pid 4711)") != std::string::npos); // two processes of one name
    QVERIFY(std::any_of(why.chain.begin(), why.chain.end(),
        [](const Clause& clause) { return clause.evidence == Evidence::Inferred; }));
}

void TestSignals::groupKillExplainsNothingElse()
{
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId early = story.fork(10ms, shell);
    const ProcessId late = story.fork(11ms, shell);
    story.died(50ms, early, SIGKILL);
    story.kernel(100ms, shell, payload::KillRequested{SIGKILL, 0, std::nullopt, "kill"});
    story.died(5000ms, late, SIGKILL);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(1)->how == EndedHow::Unknown);
    QVERIFY(tree.endedBy(2)->how == EndedHow::Unknown);
}

void TestSignals::groupCallIsJoinedInAnyOrder_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<bool>("leader"); // whether the number names a process, the group's leader
    QTest::newRow("os.killpg") << "os.killpg" << true;
    QTest::newRow("os.kill of group 0") << "os.kill" << false;
}

void TestSignals::groupCallIsJoinedInAnyOrder()
{
    QFETCH(QString, call);
    QFETCH(bool, leader);
    Story base;
    const ProcessId main = base.launchPython(0ms);
    const ProcessId child = base.child(100ms, main, "Process-1");
    const std::size_t begin = base.events().size();
    payload::RuntimeCall asked{call.toStdString(), "", leader ? main.pid : 0, SIGTERM,
        leader ? std::optional(main) : std::nullopt, {"/src/a.py:9", {}}};
    base.runtime(200ms, main, std::move(asked));
    base.delivered(200ms, main, SIGTERM, main);
    base.delivered(203ms, child, SIGTERM, main);
    base.died(202ms, main, SIGTERM);
    base.died(204ms, child, SIGTERM);
    std::vector<std::size_t> order{begin, begin + 1, begin + 2, begin + 3, begin + 4};
    const std::string suffix = leader ? "" : " for a whole process group";
    do {
        ProcessTree tree;
        for (std::size_t i = 0; i < begin; ++i)
            tree.apply(base.events()[i]);
        for (const std::size_t i : order)
            tree.apply(base.events()[i]);
        for (const ProcessIndex process : {0, 1}) {
            QCOMPARE(tree.at(process).signalsReceived.size(), 1u);
            QVERIFY(tree.endedBy(process)->how == EndedHow::OtherCall);
            QCOMPARE(tree.endedBy(process)->process.value_or(-1), 0);
        }
        const std::string victim =
            "SIGTERM from MainProcess, which called " + call.toStdString() + " at /src/a.py:9" + suffix + " (";
        const std::string sender =
            "SIGTERM, which it sent to its whole process group with " + call.toStdString() + " at /src/a.py:9 (";
        QVERIFY2(verdict(tree, 1).text.find(victim) != std::string::npos, verdict(tree, 1).text.c_str());
        QVERIFY2(verdict(tree, 0).text.find(sender) != std::string::npos, verdict(tree, 0).text.c_str());
    } while (std::next_permutation(order.begin(), order.end()));
}

void TestSignals::groupCallNamesTheKilled()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    const ProcessId other = story.child(110ms, main, "Process-2");
    story.kernel(200ms, main, payload::KillRequested{SIGKILL, -child.pid, std::nullopt, "kill"});
    story.died(201ms, child, SIGKILL);
    story.runtime(199ms, main, payload::RuntimeCall{"os.killpg", "", child.pid, SIGKILL, child, {"/src/a.py:9", {}}});
    story.died(202ms, other, SIGKILL);
    const ProcessTree tree = story.tree();
    for (const ProcessIndex process : {1, 2}) {
        const std::string text = verdict(tree, process).text;
        QVERIFY2(
            text.find("most likely from MainProcess, which had called os.killpg at /src/a.py:9") != std::string::npos,
            text.c_str());
    }
}

void TestSignals::groupKillOfAShell()
{
    // sh -c 'sleep 9 & kill -TERM 0'
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    const ProcessId sleeper = story.fork(10ms, shell);
    story.exec(11ms, sleeper, {"sleep", "9"});
    story.delivered(100ms, shell, SIGTERM, shell).died(101ms, shell, SIGTERM);
    story.delivered(102ms, sleeper, SIGTERM, shell).died(103ms, sleeper, SIGTERM);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(1)->how == EndedHow::OtherCall);
    const Verdict why = verdict(tree, 1);
    QVERIFY2(why.text.find("from sh, which signalled its whole process group") != std::string::npos, why.text.c_str());
    QVERIFY(std::any_of(why.chain.begin(), why.chain.end(), [](const Clause& clause) {
        return clause.evidence == Evidence::Inferred && clause.text.starts_with("SIGTERM came");
    }));
    QVERIFY(verdict(tree, 0).text.find("which it sent to its whole process group") != std::string::npos);
}

void TestSignals::ownKillIsNoGroupKill()
{
    // A parent that ends itself by a call whose target is known: its child's signal is a parent-death signal.
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::RuntimeCall{"os.kill", "", main.pid, SIGTERM, main, {"/src/a.py:9", {}}});
    story.delivered(200ms, main, SIGTERM, main).died(201ms, main, SIGTERM);
    story.delivered(202ms, child, SIGTERM, main).died(203ms, child, SIGTERM);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(1)->how == EndedHow::ParentDeathSignal);
    QVERIFY(verdict(tree, 0).text.find("which it sent to itself with os.kill at /src/a.py:9") != std::string::npos);
}

void TestSignals::recorderIsOutside()
{
    Story story;
    const ProcessId make = story.launch(0ms, {"make"});
    story.add(
        100ms, make, Witness::Recorder, payload::SignalDelivered{SIGKILL, 0, Story::kRecorderPid, 1000, std::nullopt});
    story.died(101ms, make, SIGKILL);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(0)->how == EndedHow::Outside);
    QVERIFY(!tree.endedBy(0)->process);
    QVERIFY(findings(tree).empty()); // its sender is known
}

void TestSignals::noiseIsLeftOut()
{
    Story story;
    const ProcessId shell = story.launch(0ms, {"sh"});
    story.delivered(5ms, shell, SIGCHLD, 99, 1).delivered(6ms, shell, SIGWINCH, 0, 128).delivered(7ms, shell, 0, 1, 0);
    QVERIFY(story.tree().at(0).signalsReceived.empty());
}

void TestSignals::endedBy_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("senderPid"); // -1: itself, -2: its parent, -3: its parent after the parent's end
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("how");
    QTest::addColumn<int>("process"); // -1: none
    QTest::newRow("parent's kill()") << SIGTERM << -2 << 0 << "other call" << 0;
    QTest::newRow("parent-death signal") << SIGTERM << -3 << 0 << "parent-death signal" << 0;
    QTest::newRow("Ctrl+C") << SIGINT << 0 << 128 << "terminal" << -1;
    QTest::newRow("Ctrl+\\") << SIGQUIT << 0 << 128 << "terminal" << -1;
    QTest::newRow("terminal closed") << SIGHUP << 0 << 128 << "terminal" << -1;
    QTest::newRow("alarm") << SIGALRM << 0 << 128 << "kernel" << -1;
    QTest::newRow("timer") << SIGALRM << 0 << -2 << "kernel" << -1;
    QTest::newRow("segmentation fault") << SIGSEGV << 0 << 1 << "kernel" << -1;
    QTest::newRow("broken pipe") << SIGPIPE << -1 << 0 << "kernel" << -1;
    QTest::newRow("raise(SIGPIPE)") << SIGPIPE << -1 << -6 << "other call" << 1;
    QTest::newRow("limit of file size") << SIGXFSZ << -1 << 0 << "kernel" << -1;
    QTest::newRow("raise(SIGXFSZ)") << SIGXFSZ << -1 << -6 << "other call" << 1;
    QTest::newRow("limit of processor time") << SIGXCPU << 0 << 128 << "kernel" << -1;
    QTest::newRow("kill -PIPE from outside") << SIGPIPE << 999 << 0 << "outside" << -1;
    QTest::newRow("abort") << SIGABRT << -1 << -6 << "other call" << 1;
    QTest::newRow("outside") << SIGTERM << 999 << 0 << "outside" << -1;
    QTest::newRow("other namespace") << SIGTERM << 0 << 0 << "outside" << -1;
}

void TestSignals::endedBy()
{
    QFETCH(int, signal);
    QFETCH(int, senderPid);
    QFETCH(int, code);
    QFETCH(QString, how);
    QFETCH(int, process);
    Story story;
    const ProcessId parent = story.launch(0ms, {"sh"});
    const ProcessId victim = story.fork(10ms, parent);
    if (senderPid == -3)
        story.exited(99ms, parent, 0);
    if (senderPid < 0) {
        const ProcessId sender = senderPid == -1 ? victim : parent;
        story.kernel(100ms, victim, payload::SignalDelivered{signal, code, sender.pid, 0, sender});
    } else {
        story.delivered(100ms, victim, signal, senderPid, code);
    }
    story.died(101ms, victim, signal);
    const ProcessTree tree = story.tree();
    const auto by = tree.endedBy(1);
    QVERIFY(by);
    QCOMPARE(QString::fromUtf8(word(by->how)), how);
    QCOMPARE(by->process.value_or(-1), process);
    QCOMPARE(by->signal.number(), signal);
}

QTEST_APPLESS_MAIN(TestSignals)
#include "tst_signals.moc"
