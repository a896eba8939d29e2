// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Verdicts on recordings without ptrace: what nobody saw is not claimed, and what one witness lacks another one tells.

#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

payload::Exited endOfUnknownKind()
{
    payload::Exited ended;
    ended.statusUnknown = true;
    return ended;
}

} // namespace

class TestVerdictWithoutPtrace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutKernelTheSenderIsNotClaimed();
    void withoutPtraceTheSenderIsNotClaimed();
    void anEndOfUnknownKindIsToldBySomebodyElse();
    void aParentMaySpeakBeforeTheKernel();
    void aDeadForkServersCodeIsNotTheChilds();
    void cpuTimeWithoutMemoryIsNotTheWholeUse();
};

void TestVerdictWithoutPtrace::withoutKernelTheSenderIsNotClaimed()
{
    Story story({.kernel = false, .runtime = true});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main, payload::ChildReaped{child, child.pid, -SIGKILL});
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(1)->how == EndedHow::Unknown);
    QVERIFY(QString::fromStdString(verdict(tree, 1).text)
                .contains(QStringLiteral("sender unknown, as the kernel witness was off")));
}

void TestVerdictWithoutPtrace::withoutPtraceTheSenderIsNotClaimed()
{
    Story story({.kernel = true, .runtime = false, .means = "cn_proc"});
    const ProcessId main = story.launchPython(0ms);
    story.kernel(200ms, main, payload::Exited{true, SIGKILL, false, 0, 0});
    const ProcessTree tree = story.tree();
    QVERIFY(tree.endedBy(0)->how == EndedHow::Unknown);
    const Verdict told = verdict(tree, 0);
    QVERIFY2(QString::fromStdString(told.text).contains(
                 QStringLiteral("sender unknown, as the kernel told of births and ends only (cn_proc, not ptrace)")),
        told.text.c_str());
    const auto unseen = std::find_if(told.chain.begin(), told.chain.end(),
        [](const Clause& clause) { return clause.text.find("could not be seen") != std::string::npos; });
    QVERIFY(unseen != told.chain.end());
    QVERIFY(unseen->evidence == Evidence::Unknown);
    const auto found = findings(tree);
    QVERIFY(std::any_of(found.begin(), found.end(), [](const Finding& finding) {
        return finding.rule == "sigkill-sender-unknown" && finding.text.find("without ptrace") != std::string::npos;
    }));
}

void TestVerdictWithoutPtrace::anEndOfUnknownKindIsToldBySomebodyElse()
{
    Story story({.kernel = true, .runtime = true, .means = "perf"});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.kernel(200ms, child, endOfUnknownKind());
    QVERIFY(
        QString::fromStdString(verdict(story.tree(), 1).text).contains(QStringLiteral("ended, and nobody saw how")));
    QVERIFY(!story.tree().at(1).exit);
    // Its parent collects it, and Python says how it ended; when is known already.
    story.runtime(300ms, main, payload::ChildReaped{child, child.pid, 7});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(1).exit->exitCode(), 7);
    QCOMPARE(*tree.at(1).ended, Story::time(200ms));
    QVERIFY(!tree.at(1).endByRuntime);
}

void TestVerdictWithoutPtrace::aParentMaySpeakBeforeTheKernel()
{
    // Python's word is recorded first, the kernel's end, which came before it, later.
    Story story({.kernel = true, .runtime = true, .means = "perf"});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(300ms, main, payload::ChildReaped{child, child.pid, -SIGTERM});
    QVERIFY(!story.tree().at(1).ended);
    story.kernel(200ms, child, endOfUnknownKind());
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(1).exit == ExitStatus::signal(Signal{SIGTERM}));
    QCOMPARE(*tree.at(1).ended, Story::time(200ms));
    QCOMPARE(*tree.at(1).reaped, Story::time(300ms));
    QCOMPARE(*tree.at(1).reapedBy, 0);
    const Verdict told = verdict(tree, 1);
    const auto end = std::find_if(told.chain.begin(), told.chain.end(),
        [](const Clause& clause) { return clause.text.starts_with("it ended: SIGTERM"); });
    QVERIFY(end != told.chain.end());
    QVERIFY(end->evidence == Evidence::Both);
}

void TestVerdictWithoutPtrace::aDeadForkServersCodeIsNotTheChilds()
{
    Story story({.kernel = true, .runtime = true, .means = "perf"});
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1", {.method = "forkserver"});
    story.runtime(200ms, main, payload::ChildReaped{child, child.pid, 255});
    story.kernel(300ms, child, endOfUnknownKind());
    QVERIFY(!story.tree().at(1).exit);
}

void TestVerdictWithoutPtrace::cpuTimeWithoutMemoryIsNotTheWholeUse()
{
    Story story({.kernel = true, .runtime = false, .means = "cn_proc"});
    const ProcessId main = story.launchPython(0ms);
    story.kernel(200ms, main, payload::Exited{false, 0, false, 70'000'000, 0});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(0).cpuNs, 70'000'000);
    QVERIFY(!tree.at(0).usageAtEnd);
    QCOMPARE(*usageAt(tree.resources(), tree.at(0), Story::time(300ms)).cpuNs, 70'000'000);
}

QTEST_APPLESS_MAIN(TestVerdictWithoutPtrace)
#include "tst_verdictwithoutptrace.moc"
