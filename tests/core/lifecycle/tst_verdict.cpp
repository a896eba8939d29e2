// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>
#include <functional>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

/// What happens to Process-1, a child of MainProcess, from 200 ms on.
using Fate = std::function<void(Story&, ProcessId main, ProcessId child)>;

struct Case {
    const char* name;
    Fate fate;
    const char* text;
    bool daemon = false;
};

void raise(Story& story, ProcessId process, milliseconds t, const char* type, const char* message)
{
    story.runtime(t, process, payload::ExceptionRaised{type, message, {}});
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> all{
        {"returned", [](Story& s, ProcessId, ProcessId c) { s.returned(200ms, c); },
            "Process-1 (non-daemon) ended by itself with exit code 0: its target work ended."},
        {"sys.exit", [](Story& s, ProcessId, ProcessId c) { s.returned(200ms, c, 3); },
            "Process-1 (non-daemon) ended with exit code 3: its target work left with SystemExit (sys.exit())."},
        {"os._exit", [](Story& s, ProcessId, ProcessId c) { s.exited(200ms, c, 7); },
            "Process-1 (non-daemon) ended with exit code 7 and was not seen to return from its target work, as after "
            "os._exit()."},
        {"exception",
            [](Story& s, ProcessId, ProcessId c) {
                raise(s, c, 200ms, "ValueError", "no such row");
                s.returned(201ms, c, 1);
            },
            "Process-1 (non-daemon) ended with exit code 1 because of an uncaught ValueError: no such row."},
        {"exit sequence",
            [](Story& s, ProcessId m, ProcessId c) {
                s.mainCodeEnds(200ms, m, {c}, {});
                s.terminateAtExit(202ms, m, c);
            },
            "Process-1 (daemon) was ended by SIGTERM from MainProcess, whose exit sequence terminates daemons before "
            "it "
            "joins the other children (Python: −15, shell: 143).",
            true},
        {"terminate",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m, payload::TerminateCalled{s.objectOf(c), c, false, {"/src/a.py:7", {}}});
                s.runtime(200ms, m, payload::SignalSent{c, c.pid, SIGTERM, false});
                s.delivered(201ms, c, SIGTERM, m).died(202ms, c, SIGTERM);
            },
            "Process-1 (non-daemon) was ended by SIGTERM: MainProcess called terminate() at /src/a.py:7 (Python: −15, "
            "shell: "
            "143)."},
        {"terminate by a library",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m,
                    payload::TerminateCalled{s.objectOf(c), c, false, {"/src/a.py:7", "pool._terminate_pool"}});
                s.delivered(201ms, c, SIGTERM, m).died(202ms, c, SIGTERM);
            },
            "Process-1 (non-daemon) was ended by SIGTERM: MainProcess called terminate() at /src/a.py:7 through "
            "pool._terminate_pool (Python: −15, shell: 143)."},
        {"kill",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m, payload::TerminateCalled{s.objectOf(c), c, true, {"/src/a.py:8", {}}});
                s.runtime(200ms, m, payload::SignalSent{c, c.pid, SIGKILL, false});
                s.kernel(201ms, m, payload::KillRequested{SIGKILL, c.pid, c, "kill"});
                s.died(202ms, c, SIGKILL);
            },
            "Process-1 (non-daemon) was ended by SIGKILL: MainProcess called kill() at /src/a.py:8 (Python: −9, shell: "
            "137)."},
        {"os.kill",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m, payload::RuntimeCall{"os.kill", "", c.pid, SIGUSR1, c, {"/src/a.py:9", {}}});
                s.delivered(201ms, c, SIGUSR1, m).died(202ms, c, SIGUSR1);
            },
            "Process-1 (non-daemon) was ended by SIGUSR1 from MainProcess, which called os.kill at /src/a.py:9 "
            "(Python: −10, "
            "shell: 138)."},
        {"sender unknown", [](Story& s, ProcessId, ProcessId c) { s.died(200ms, c, SIGKILL); },
            "Process-1 (non-daemon) was ended by SIGKILL; sender unknown: no process of this recording was seen to "
            "send it "
            "(Python: −9, shell: 137)."},
        {"outside",
            [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGTERM, 99, 0).died(201ms, c, SIGTERM); },
            "Process-1 (non-daemon) was ended by SIGTERM from process 99, which is not part of this recording (Python: "
            "−15, "
            "shell: 143)."},
        {"other namespace",
            [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGTERM, 0, 0).died(201ms, c, SIGTERM); },
            "Process-1 (non-daemon) was ended by SIGTERM from a process outside of this recording, whose pid is not "
            "visible "
            "here (Python: −15, shell: 143)."},
        {"terminal",
            [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGINT, 0, 128).died(201ms, c, SIGINT); },
            "Process-1 (non-daemon) was ended by SIGINT from the terminal (Ctrl+C) (Python: −2, shell: 130)."},
        {"broken pipe",
            [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGPIPE, c).died(201ms, c, SIGPIPE); },
            "Process-1 (non-daemon) was ended by SIGPIPE from the kernel: it wrote to a pipe or socket that nobody "
            "reads "
            "(Python: −13, shell: 141)."},
        {"segmentation fault",
            [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGSEGV, 0, 1).died(201ms, c, SIGSEGV); },
            "Process-1 (non-daemon) was ended by SIGSEGV from the kernel: it touched memory that is not its own "
            "(Python: −11, "
            "shell: 139)."},
        {"abort", [](Story& s, ProcessId, ProcessId c) { s.delivered(200ms, c, SIGABRT, c).died(201ms, c, SIGABRT); },
            "Process-1 (non-daemon) was ended by SIGABRT, which it sent to itself (Python: −6, shell: 134)."},
        {"SIGTERM handled",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m, payload::TerminateCalled{s.objectOf(c), c, false, {"/src/a.py:7", {}}});
                s.delivered(201ms, c, SIGTERM, m);
                s.returned(300ms, c, 143);
            },
            "Process-1 (non-daemon) ended with exit code 143: its target work left with SystemExit (sys.exit()); it "
            "had been "
            "sent SIGTERM: MainProcess called terminate() at /src/a.py:7, which it handled or ignored."},
        {"SIGTERM handled at once",
            [](Story& s, ProcessId m, ProcessId c) {
                s.runtime(200ms, m, payload::TerminateCalled{s.objectOf(c), c, false, {"/src/a.py:7", {}}});
                s.delivered(201ms, c, SIGTERM, m);
                s.returned(203ms, c, 0);
            },
            "Process-1 (non-daemon) ended by itself with exit code 0: its target work ended; it had been sent SIGTERM: "
            "MainProcess called terminate() at /src/a.py:7, handled it and ended."},
        {"terminated by a Pool in the exit sequence",
            [](Story& s, ProcessId m, ProcessId c) {
                s.mainCodeEnds(200ms, m, {c}, {});
                s.runtime(202ms, m, payload::TerminateCalled{s.objectOf(c), c, false, {{}, "pool._terminate_pool"}});
                s.runtime(202ms, m, payload::SignalSent{c, c.pid, SIGTERM, true});
                s.delivered(203ms, c, SIGTERM, m).died(204ms, c, SIGTERM);
            },
            "Process-1 (daemon) was ended by SIGTERM from MainProcess's Pool, terminated in its exit sequence (Python: "
            "−15, shell: 143).",
            true},
        {"killed by daemonscope",
            [](Story& s, ProcessId, ProcessId c) {
                s.add(200ms, c, Witness::Recorder,
                    payload::SignalDelivered{SIGKILL, 0, Story::kRecorderPid, 1000, std::nullopt});
                s.died(201ms, c, SIGKILL);
            },
            "Process-1 (non-daemon) was ended by SIGKILL from daemonscope, which was asked to end the program (Python: "
            "−9, shell: 137)."},
        {"SIGTERM passed on by daemonscope",
            [](Story& s, ProcessId, ProcessId c) {
                s.delivered(200ms, c, SIGTERM, Story::kRecorderPid, 0).died(201ms, c, SIGTERM);
            },
            "Process-1 (non-daemon) was ended by SIGTERM from daemonscope, which was asked to end the program or "
            "passed "
            "the signal on (Python: −15, shell: 143)."},
        {"SIGTERM of somebody passed on by daemonscope",
            [](Story& s, ProcessId m, ProcessId c) {
                s.add(199ms, {}, Witness::Recorder, payload::ControlRequested{"pass on", SIGTERM, m, 77, 1000});
                s.delivered(200ms, c, SIGTERM, Story::kRecorderPid, 0).died(201ms, c, SIGTERM);
            },
            "Process-1 (non-daemon) was ended by SIGTERM from daemonscope, which passed it on from process 77 "
            "(Python: −15, shell: 143)."},
        {"Ctrl+C passed on by daemonscope",
            [](Story& s, ProcessId m, ProcessId c) {
                s.add(199ms, {}, Witness::Recorder, payload::ControlRequested{"terminal", SIGINT, m, 0, 0});
                s.delivered(200ms, c, SIGINT, Story::kRecorderPid, 0).died(201ms, c, SIGINT);
            },
            "Process-1 (non-daemon) was ended by SIGINT from the terminal (Ctrl+C), passed on by daemonscope "
            "(Python: −2, shell: 130)."},
        {"SIGPIPE by os.kill",
            [](Story& s, ProcessId, ProcessId c) {
                s.runtime(200ms, c, payload::RuntimeCall{"os.kill", "", c.pid, SIGPIPE, c, {"/src/a.py:9", {}}});
                s.delivered(200ms, c, SIGPIPE, c).died(201ms, c, SIGPIPE);
            },
            "Process-1 (non-daemon) was ended by SIGPIPE, which it sent to itself with os.kill at /src/a.py:9 (Python: "
            "−13, shell: 141)."},
        {"the system refuses a start",
            [](Story& s, ProcessId, ProcessId c) {
                s.runtime(200ms, c,
                    payload::StartRefused{{c, "1.1"}, "Process-1:1", "BlockingIOError",
                        "[Errno 11] Resource temporarily unavailable", {"/src/a.py:3", {}}});
                s.returned(202ms, c);
            },
            "Process-1 (non-daemon) ended by itself with exit code 0: its target work ended; 1 start() call of it "
            "failed at /src/a.py:3 (BlockingIOError: [Errno 11] Resource temporarily unavailable)."},
        {"orphan of a killed main",
            [](Story& s, ProcessId m, ProcessId c) {
                s.died(200ms, m, SIGKILL);
                s.returned(900ms, c);
            },
            "Process-1 (daemon) ended by itself with exit code 0: its target work ended; it was an orphan since "
            "0.20 s, "
            "when MainProcess ended.",
            true},
        {"still running", [](Story& s, ProcessId, ProcessId) { s.ended(900ms); },
            "Process-1 (non-daemon) was still running when the recording ended."},
        {"refused children",
            [](Story& s, ProcessId, ProcessId c) {
                s.runtime(200ms, c,
                    payload::StartRefused{{c, "1.1"}, "Process-1:1", "AssertionError",
                        "daemonic processes are not allowed to have children", {"/src/a.py:3", {}}});
                raise(s, c, 201ms, "AssertionError", "daemonic processes are not allowed to have children");
                s.returned(202ms, c, 1);
            },
            "Process-1 (daemon) ended with exit code 1 because of an uncaught AssertionError: daemonic processes are "
            "not "
            "allowed to have children; Python refused 1 start() call of it at /src/a.py:3 (AssertionError: daemonic "
            "processes "
            "are not allowed to have children).",
            true},
    };
    return all;
}

} // namespace

class TestVerdict : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void childs_data();
    void childs();
    void mainOfTheReferenceStory();
    void killedMainNamesWhomItLeft();
    void interruptedMain();
    void programs_data();
    void programs();
    void parentDeath();
    void hostileNames();
};

void TestVerdict::childs_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < cases().size(); ++i)
        QTest::newRow(cases()[i].name) << static_cast<int>(i);
}

void TestVerdict::childs()
{
    QFETCH(int, number);
    const Case& row = cases()[static_cast<std::size_t>(number)];
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1", {.daemon = row.daemon, .daemonExplicit = row.daemon});
    row.fate(story, main, child);
    QCOMPARE(QString::fromStdString(verdict(story.tree(), 1).text), QString::fromUtf8(row.text));
}

void TestVerdict::mainOfTheReferenceStory()
{
    const ReferenceStory reference;
    const ProcessTree tree = reference.story.tree();
    QCOMPARE(verdict(tree, 0).text,
        std::string(
            "MainProcess ended with exit code 0; its code ended at 3.00 s, then its exit sequence terminated 1 daemon "
            "and waited 2.00 s for Process-2."));
    QCOMPARE(verdict(tree, 2).text,
        std::string("Process-2 (non-daemon) ended by itself with exit code 0: its target work ended."));
}

void TestVerdict::killedMainNamesWhomItLeft()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    for (int i = 1; i <= 5; ++i)
        story.child(milliseconds(100 + 10 * i), main, "Process-" + std::to_string(i));
    story.delivered(500ms, main, SIGTERM, 99, 0).died(501ms, main, SIGTERM);
    story.kernel(2000ms, {4712, 1}, payload::Stopped{SIGSTOP}); // time goes on
    QCOMPARE(verdict(story.tree(), 0).text,
        std::string(
            "MainProcess was ended by SIGTERM from process 99, which is not part of this recording (Python: −15, "
            "shell: 143); its exit sequence did not run, and it left Process-1, Process-2, Process-3 and 2 more "
            "behind, "
            "living on without it."));
}

void TestVerdict::interruptedMain()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.delivered(500ms, main, SIGINT, 0, 128);
    story.mainCodeEnds(501ms, main, {}, {});
    story.kernel(510ms, main, payload::SignalDelivered{SIGINT, 0, main.pid, 0, main});
    story.died(511ms, main, SIGINT);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(0)->how == EndedHow::Terminal);
    QCOMPARE(verdict(tree, 0).text,
        std::string(
            "MainProcess was ended by SIGINT from the terminal (Ctrl+C); Python raised KeyboardInterrupt, ran its exit "
            "code and then sent SIGINT to itself (Python: −2, shell: 130)."));
}

void TestVerdict::programs_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << 0 << 0 << "make ended by itself with exit code 0.";
    QTest::newRow("2") << 2 << 0 << "make ended with exit code 2.";
    QTest::newRow("killed")
        << 0 << SIGKILL
        << "make was ended by SIGKILL; sender unknown: no process of this recording was seen to send it "
           "(Python: −9, shell: 137).";
}

void TestVerdict::programs()
{
    QFETCH(int, code);
    QFETCH(int, signal);
    QFETCH(QString, text);
    Story story;
    const ProcessId make = story.launch(0ms, {"make"});
    if (signal != 0)
        story.died(10ms, make, signal);
    else
        story.exited(10ms, make, code);
    const Verdict why = verdict(story.tree(), 0);
    QCOMPARE(QString::fromStdString(why.text), text);
    QVERIFY(!QString::fromStdString(why.text).contains(QStringLiteral("memory is short"))); // never a guess
}

void TestVerdict::parentDeath()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.exited(500ms, main, 0);
    story.delivered(501ms, child, SIGTERM, main).died(502ms, child, SIGTERM);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(1)->how == EndedHow::ParentDeathSignal);
    const QString text = QString::fromStdString(verdict(tree, 1).text);
    QVERIFY2(text.contains(QStringLiteral("parent-death signal")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("MainProcess")), qPrintable(text));
    const std::vector<Clause> chain = verdict(tree, 1).chain;
    QVERIFY(std::any_of(chain.begin(), chain.end(), [](const Clause& clause) {
        return clause.evidence == Evidence::Inferred && clause.text.starts_with("SIGTERM came");
    }));
}

void TestVerdict::hostileNames()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const std::string evil = "x\033[31m\n\xff\u202e" + std::string(10'000, 'a');
    const ProcessId child = story.child(100ms, main, evil, {.target = evil, .place = evil});
    raise(story, child, 200ms, evil.c_str(), evil.c_str());
    story.returned(201ms, child, 1);
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(1).name, evil); // kept as it was; only what is shown is escaped
    const Verdict why = verdict(tree, 1);
    std::string all = why.text + stateText(tree, 0, tree.latest());
    for (const Clause& clause : why.chain)
        all += clause.text;
    QVERIFY(std::none_of(all.begin(), all.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    QVERIFY(all.find("\u202e") == std::string::npos);
    QVERIFY(!QString::fromStdString(all).contains(QChar::ReplacementCharacter));
    QVERIFY(why.text.starts_with("x\\x1b[31m\\n\\xff\\u202e"));
    QVERIFY(all.size() < 4000);
}

QTEST_APPLESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
