// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <csignal>
#include <functional>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

using Plot = std::function<void(Story&)>;

struct Row {
    const char* name;
    const char* rules; ///< of all findings, by time, separated by blanks
    Plot plot;
};

const std::vector<Row>& rows()
{
    static const std::vector<Row> all{
        {"nothing to say", "",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                s.returned(200ms, s.child(100ms, main, "Process-1"));
                s.exited(300ms, main, 0);
            }},
        {"daemon refused a child", "daemon-child-refused",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
                s.runtime(200ms, child,
                    payload::StartRefused{{child, "1.1"}, "Process-1:1", "AssertionError",
                        "daemonic processes are not allowed to have children", {"/src/a.py:3", {}}});
            }},
        {"refused for another reason", "start-refused",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                s.runtime(200ms, main,
                    payload::StartRefused{
                        {main, "1"}, "Process-1", "AssertionError", "cannot start a process twice", {}});
            }},
        {"the system refused", "start-refused",
            [](Story& s) {
                s.runtime(200ms, s.launchPython(0ms),
                    payload::StartRefused{{}, "Process-1", "BlockingIOError", "[Errno 11] busy", {}});
            }},
        {"killed main leaves its daemon", "orphan",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
                s.delivered(200ms, main, SIGTERM, 99, 0).died(201ms, main, SIGTERM);
                s.returned(900ms, child);
            }},
        {"both end together", "",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1");
                s.delivered(200ms, main, SIGTERM, 99, 0).died(201ms, main, SIGTERM);
                s.delivered(202ms, child, SIGTERM, 99, 0).died(205ms, child, SIGTERM);
            }},
        {"terminated daemon leaves a program", "orphan",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId daemon = s.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
                const ProcessId sleeper = s.fork(150ms, daemon);
                s.exec(151ms, sleeper, {"sleep", "3"});
                s.mainCodeEnds(200ms, main, {daemon}, {});
                s.terminateAtExit(202ms, main, daemon);
                s.exited(300ms, main, 0);
                s.exited(3151ms, sleeper, 0);
            }},
        {"background job of a shell", "left-behind",
            [](Story& s) {
                const ProcessId shell = s.launch(0ms, {"sh", "-c", "sleep 1 &"});
                const ProcessId job = s.fork(10ms, shell);
                s.exited(20ms, shell, 0);
                s.exited(1000ms, job, 0);
            }},
        {"resource tracker outlives main", "",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId tracker = s.fork(100ms, main);
                s.exec(101ms, tracker, {"python3", "-c", "from multiprocessing.resource_tracker import main;main(4)"});
                s.exited(200ms, main, 0);
                s.exited(400ms, tracker, 0);
            }},
        {"waits at exit", "waits-at-exit", [](Story& s) { s = ReferenceStory().story; }},
        {"daemon that survives SIGTERM", "daemon-survives-sigterm",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId daemon = s.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
                s.mainCodeEnds(200ms, main, {daemon}, {});
                s.runtime(202ms, main, payload::SignalSent{daemon, daemon.pid, SIGTERM, true});
                s.delivered(203ms, daemon, SIGTERM, main);
                s.returned(5000ms, daemon);
                s.joinAtExit(204ms, 5003ms, main, daemon);
                s.exited(5010ms, main, 0);
            }},
        {"SIGKILL without a sender", "sigkill-sender-unknown",
            [](Story& s) { s.died(10ms, s.launch(0ms, {"make"}), SIGKILL); }},
        {"zombie", "zombie",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1");
                s.returned(200ms, child).reaped(5000ms, child, main).exited(5001ms, main, 0);
            }},
        {"failed, and nobody noticed", "failed-unnoticed",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1");
                s.runtime(200ms, child, payload::ExceptionRaised{"ValueError", "x", {}});
                s.returned(201ms, child, 1).exited(300ms, main, 0);
            }},
        {"hook lost events", "hook-lost-events",
            [](Story& s) { s.runtime(100ms, s.launchPython(0ms), payload::HookGap{12}); }},
        {"hook error", "hook-error",
            [](Story& s) {
                s.runtime(100ms, s.launchPython(0ms), payload::HookError{"patch", "AttributeError"});
            }},
        {"Ctrl+C for all", "terminal-interrupt",
            [](Story& s) {
                const ProcessId main = s.launchPython(0ms);
                const ProcessId child = s.child(100ms, main, "Process-1");
                for (const ProcessId process : {main, child})
                    s.delivered(200ms, process, SIGINT, 0, 128).exited(201ms, process, 1);
            }},
    };
    return all;
}

} // namespace

class TestFindings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rules_data();
    void rules();
    void refusalSaysWhyAndWhere();
    void lateReportIsNoLateDeath();
    void onlyMultiprocessingsOwnRulesAreCalledThat();
    void withoutKernelNoSenderCouldBeSeen();
};

void TestFindings::rules_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < rows().size(); ++i)
        QTest::newRow(rows()[i].name) << static_cast<int>(i);
}

void TestFindings::rules()
{
    QFETCH(int, number);
    const Row& row = rows()[static_cast<std::size_t>(number)];
    Story story;
    row.plot(story);
    QStringList found;
    for (const Finding& finding : findings(story.tree())) {
        found += QString::fromStdString(finding.rule);
        QVERIFY(!finding.text.empty() && finding.text.back() == '.');
        QVERIFY(!finding.advice.empty() && finding.advice.back() == '.');
    }
    QCOMPARE(found.join(QLatin1Char(' ')), QString::fromUtf8(row.rules));
}

void TestFindings::refusalSaysWhyAndWhere()
{
    Story story;
    rows()[1].plot(story);
    const Finding finding = findings(story.tree()).at(0);
    QCOMPARE(finding.process, 1);
    QCOMPARE(finding.time, Story::time(200ms));
    QVERIFY(finding.severity == Finding::Severity::Error);
    QCOMPARE(finding.text,
        std::string("Process-1 is a daemon, so multiprocessing refused to start Process-1:1 for it at /src/a.py:3. No "
                    "process was made."));
}

void TestFindings::lateReportIsNoLateDeath()
{
    // Without the kernel, a daemon's death is seen when main gets round to joining it.
    Story story({.kernel = false, .runtime = true});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId daemon = story.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
    story.mainCodeEnds(200ms, main, {daemon}, {});
    story.runtime(202ms, main, payload::SignalSent{daemon, daemon.pid, SIGTERM, true});
    story.runtime(5000ms, main, payload::ChildReaped{daemon, daemon.pid, -SIGTERM});
    QVERIFY(findings(story.tree()).empty());
}

void TestFindings::onlyMultiprocessingsOwnRulesAreCalledThat()
{
    const auto textOf = [](const char* type, const char* message) {
        Story story;
        story.runtime(
            200ms, story.launchPython(0ms), payload::StartRefused{{}, "Process-1", type, message, {"/src/a.py:3", {}}});
        const Finding finding = findings(story.tree()).at(0);
        return QString::fromStdString(finding.text + " " + finding.advice);
    };
    QVERIFY(textOf("AssertionError", "cannot start a process twice").contains(QStringLiteral("multiprocessing's own")));
    const QString system = textOf("BlockingIOError", "[Errno 11] busy");
    QVERIFY2(system.startsWith(QStringLiteral("The operating system refused to start Process-1")), qPrintable(system));
    QVERIFY(!system.contains(QStringLiteral("multiprocessing")));
    const QString other = textOf("AssertionError", "x > 0");
    QVERIFY2(other.startsWith(QStringLiteral("The start of Process-1 failed")), qPrintable(other));
    QVERIFY(!other.contains(QStringLiteral("multiprocessing")));
}

void TestFindings::withoutKernelNoSenderCouldBeSeen()
{
    Story story({.kernel = false, .runtime = true});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::ChildReaped{child, child.pid, -SIGKILL});
    const std::vector<Finding> found = findings(story.tree());
    QCOMPARE(found.size(), 1u);
    QVERIFY2(found[0].text.find("could not be seen") != std::string::npos, found[0].text.c_str());
    QVERIFY(found[0].text.find("ptrace") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestFindings)
#include "tst_findings.moc"
