// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"

#include "support/events.h"

#include <QTest>

#include <csignal>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

std::vector<ProcessIndex> childrenOf(const ProcessTree& tree, ProcessIndex parent)
{
    const auto children = tree.children(parent);
    return {children.begin(), children.end()};
}

} // namespace

class TestProcessTree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foldsTheReferenceStory();
    void foldsWithoutKernel();
    void changesAreDeduplicated();
    void changesOfOneBatchHideFoldedBirths();
    void exitedTwiceCountsOnce();
    void parentNeverYounger();
    void preludeFolds();
    void preludeKeepsWhatIsAlive();
    void preludeKeepsWhatWroteOrWasKilled();
    void noPreludeForPrograms();
    void forkserverHasTwoParents();
    void orphansAndAdoption();
    void reapedByKernelAndPython();
    void manyProcessesAreFolded();
    void manyEventsAreCounted();
    void shortLivesTakeLittleRoom();
    void serialsThatAreMissing();
    void sparseValues();
};

void TestProcessTree::foldsTheReferenceStory()
{
    const ReferenceStory reference;
    const ProcessTree tree = reference.story.tree();
    QCOMPARE(tree.size(), 3u);
    QVERIFY(tree.complete());
    QCOMPARE(tree.start(), Story::kStart);
    const Process& main = tree.at(0);
    QCOMPARE(main.name, std::string("MainProcess"));
    QCOMPARE(childrenOf(tree, 0), (std::vector<ProcessIndex>{1, 2}));
    QCOMPARE(tree.at(1).name, std::string("Process-1"));
    QCOMPARE(tree.at(1).exit->signal().name(), std::string("SIGTERM"));
    QCOMPARE(*tree.at(2).ended, Story::time(5002ms));
    QCOMPARE(*tree.at(2).reapedBy, 0);
    QCOMPARE(tree.at(2).told->startedAt, std::string("/src/story.py:10"));
    QCOMPARE(tree.at(2).told->target, std::string("work"));
}

void TestProcessTree::foldsWithoutKernel()
{
    ReferenceStory reference({.kernel = false, .runtime = true});
    const ProcessTree tree = reference.story.tree();
    QCOMPARE(tree.size(), 3u);
    QCOMPARE(tree.at(0).born, Story::time(20ms)); // its first event
    QCOMPARE(tree.at(1).born, Story::time(103ms));
    QCOMPARE(*tree.at(1).parent, 0);
    QVERIFY(!tree.at(1).kernelParent);
    QCOMPARE(tree.at(1).exit->pythonCode(), -15);
    QVERIFY(tree.at(1).endByRuntime);
    QCOMPARE(tree.at(2).exit->exitCode(), 0);
    QVERIFY(!tree.at(0).ended); // nobody told
    const auto by = tree.endedBy(1);
    QVERIFY(by);
    QVERIFY(by->how == EndedHow::ExitSequence);
    QCOMPARE(*by->process, 0);
}

void TestProcessTree::changesAreDeduplicated()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    ProcessTree tree;
    for (const Event& event : story.events())
        tree.apply(event);
    ProcessTree::Changes first = tree.takeChanges();
    QCOMPARE(first.born, std::vector<ProcessIndex>{0});
    QVERIFY(first.changed.empty());
    QVERIFY(first.program);
    for (int i = 0; i < 100; ++i)
        tree.apply({Story::time(30ms), main, Witness::Output, payload::OutputWritten{payload::Stream::Stdout, 10, 0}});
    const ProcessTree::Changes second = tree.takeChanges();
    QCOMPARE(second.changed, std::vector<ProcessIndex>{0});
    QVERIFY(second.born.empty());
    QVERIFY(!second.program);
    QCOMPARE(tree.at(0).stdoutBytes, 1000u);
    const ProcessTree::Changes third = tree.takeChanges();
    QVERIFY(third.changed.empty() && third.born.empty() && third.moved.empty() && third.folded.empty());
}

void TestProcessTree::changesOfOneBatchHideFoldedBirths()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"bash", "shim"});
    const ProcessId early = story.fork(1ms, root);
    ProcessTree tree;
    for (const Event& event : story.events())
        tree.apply(event);
    QCOMPARE(tree.takeChanges().born, (std::vector<ProcessIndex>{0, 1}));
    Story more = story;
    more.exited(2ms, early, 0);
    const ProcessId late = more.fork(3ms, root);
    more.exited(4ms, late, 0);
    more.exec(5ms, root, {"python3", "x.py"});
    more.interpreter(6ms, root, "main");
    for (std::size_t i = story.events().size(); i < more.events().size(); ++i)
        tree.apply(more.events()[i]);
    const ProcessTree::Changes changes = tree.takeChanges();
    QVERIFY(changes.born.empty());
    QCOMPARE(changes.folded, std::vector<ProcessIndex>{1});
    QCOMPARE(tree.foldedCount(0), 2);
    QVERIFY(childrenOf(tree, 0).empty());
}

void TestProcessTree::exitedTwiceCountsOnce()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"true"});
    story.exited(10ms, root, 0).exited(20ms, root, 7);
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(0).ended, Story::time(10ms));
    QCOMPARE(tree.at(0).exit->exitCode(), 0);
}

void TestProcessTree::parentNeverYounger()
{
    // A damaged recording in which two processes are each other's parents.
    Story story;
    const ProcessId a{100, 0};
    const ProcessId b{101, 1};
    story.kernel(0ms, a, payload::Born{b, payload::Born::How::Fork, 0});
    story.kernel(1ms, b, payload::Born{a, payload::Born::How::Fork, 0});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.size(), 2u);
    QVERIFY(!tree.at(0).parent);
    QCOMPARE(*tree.at(1).parent, 0);
    QCOMPARE(tree.roots().size(), 1u);
}

void TestProcessTree::preludeFolds()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"bash", "/home/u/.pyenv/shims/python3", "x.py"});
    const ProcessId helper = story.fork(1ms, root);
    story.exec(2ms, helper, {"sed", "-e", "s/a/b/"});
    const ProcessId below = story.fork(3ms, helper);
    story.exited(4ms, below, 0).exited(5ms, helper, 0);
    story.exec(10ms, root, {"python3", "x.py"});
    story.interpreter(30ms, root, "main");
    const ProcessId child = story.child(100ms, root, "Process-1");
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(1).foldedInto, 0);
    QCOMPARE(*tree.at(2).foldedInto, 0);
    QCOMPARE(tree.foldedCount(0), 2);
    QCOMPARE(childrenOf(tree, 0), std::vector<ProcessIndex>{static_cast<int>(child.serial)});
    QCOMPARE(tree.at(0).name, std::string("MainProcess"));
    QCOMPARE(tree.at(0).image->command, (std::vector<std::string>{"python3", "x.py"}));
}

void TestProcessTree::preludeKeepsWhatIsAlive()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"sh", "-c", "sleep 100 & exec python3 x.py"});
    const ProcessId between = story.fork(1ms, root);
    const ProcessId sleeper = story.fork(2ms, between);
    story.exec(3ms, sleeper, {"sleep", "100"});
    story.exited(4ms, between, 0);
    story.exec(5ms, root, {"python3", "x.py"});
    story.interpreter(30ms, root, "main");
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(1).foldedInto, 0);
    QVERIFY(!tree.at(2).foldedInto);
    QCOMPARE(childrenOf(tree, 0), std::vector<ProcessIndex>{2});
    QCOMPARE(*tree.at(2).kernelParent, 1);
}

void TestProcessTree::preludeKeepsWhatWroteOrWasKilled()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"bash", "run.sh"});
    const ProcessId silent = story.fork(1ms, root);
    story.exited(2ms, silent, 1);
    const ProcessId date = story.fork(3ms, root);
    story.exec(3ms, date, {"date"});
    story.add(4ms, date, Witness::Output, payload::OutputWritten{payload::Stream::Stdout, 30, 0});
    story.exited(5ms, date, 0);
    const ProcessId killed = story.fork(6ms, root);
    story.died(7ms, killed, SIGTERM);
    story.exec(10ms, root, {"python3", "x.py"});
    story.interpreter(30ms, root, "main");
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.foldedCount(0), 1);
    QVERIFY(tree.at(1).foldedInto == 0);
    QVERIFY(!tree.at(2).foldedInto);
    QVERIFY(!tree.at(3).foldedInto);
    QCOMPARE(tree.children(0).size(), 2u);
}

void TestProcessTree::noPreludeForPrograms()
{
    Story story;
    const ProcessId root = story.launch(0ms, {"sh", "-c", "true; make"});
    story.exited(2ms, story.fork(1ms, root), 0);
    story.exec(5ms, root, {"make"});
    const ProcessTree tree = story.tree();
    QVERIFY(!tree.at(1).foldedInto);
    QCOMPARE(tree.at(0).name, std::string("make"));
}

void TestProcessTree::forkserverHasTwoParents()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId server = story.fork(50ms, main);
    story.exec(
        51ms, server, {"python3", "-c", "from multiprocessing.forkserver import main; main(3, 4, ['__main__'])"});
    story.interpreter(70ms, server, "forkserver");
    const ProcessId worker = story.child(100ms, main, "Process-1", {.method = "forkserver", .forker = server});
    ProcessTree tree;
    bool moved = false;
    for (const Event& event : story.events()) {
        tree.apply(event);
        const ProcessTree::Changes changes = tree.takeChanges();
        moved = moved || changes.moved == std::vector<ProcessIndex>{2};
    }
    QVERIFY(moved);
    const Process& process = tree.at(static_cast<int>(worker.serial));
    QCOMPARE(*process.kernelParent, 1);
    QCOMPARE(*process.parent, 0);
    QVERIFY(*process.startMethod == StartMethod::Forkserver);
    QVERIFY(tree.at(1).role == Role::Helper);
    QCOMPARE(childrenOf(tree, 0), (std::vector<ProcessIndex>{1, 2}));
    QVERIFY(childrenOf(tree, 1).empty());
}

void TestProcessTree::orphansAndAdoption()
{
    Story story;
    const ProcessId root = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, root, "Process-1", {.daemon = true, .daemonExplicit = true});
    story.delivered(500ms, root, 9, 99, 0);
    story.died(501ms, root, 9);
    story.kernel(502ms, child, payload::Reparented{std::nullopt, 1});
    story.exited(900ms, child, 0);
    const ProcessTree tree = story.tree();
    QCOMPARE(*tree.at(1).orphanedAt, Story::time(501ms));
    QCOMPARE(tree.at(1).rare->adoption->adopterPid, 1);
    QVERIFY(!tree.at(1).rare->adoption->adopter);
    QCOMPARE(*tree.at(1).parent, 0); // the parent at birth stays
    QVERIFY(!statusAt(tree.at(1), Story::time(500ms)).orphaned);
    QVERIFY(statusAt(tree.at(1), Story::time(600ms)).orphaned);
}

void TestProcessTree::reapedByKernelAndPython()
{
    const ReferenceStory reference;
    const ProcessTree tree = reference.story.tree();
    QCOMPARE(*tree.at(1).reaped, Story::time(3004ms)); // the kernel's time, not Python's
    QCOMPARE(*tree.at(1).reapedBy, 0);
    QVERIFY(!tree.at(1).endByRuntime);
}

void TestProcessTree::manyProcessesAreFolded()
{
    constexpr int kMany = 20'000;
    Story story;
    const ProcessId main = story.launchPython(0ms);
    ProcessTree tree;
    for (const Event& event : story.events())
        tree.apply(event);
    for (int i = 1; i <= kMany; ++i) {
        const ProcessId id{5000 + i, static_cast<std::uint32_t>(i)};
        const ObjectId object{main, std::to_string(i)};
        const EventTime time = Story::time(milliseconds(100 + i));
        tree.apply({time, main, Witness::Runtime, payload::StartCalled{object, "P", true, {}}});
        tree.apply({time, id, Witness::Kernel, payload::Born{main, payload::Born::How::Fork, 0}});
        tree.apply({time, main, Witness::Runtime, payload::StartReturned{object, id, id.pid, "fork"}});
        tree.apply({time, main, Witness::Runtime, payload::JoinBegun{object, std::nullopt, false, {}}});
        tree.apply({time, id, Witness::Kernel, payload::Exited{false, 0, false, 0, 0}});
        tree.apply({time, main, Witness::Runtime, payload::JoinEnded{object, 0, {}}});
        if (i % 10 == 0)
            (void)tree.takeChanges();
    }
    tree.apply({Story::time(50s), main, Witness::Kernel, payload::Exited{false, 0, false, 0, 0}});
    QCOMPARE(childrenOf(tree, 0).size(), static_cast<std::size_t>(kMany));
}

void TestProcessTree::manyEventsAreCounted()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    ProcessTree tree = story.tree();
    for (int i = 0; i < 250'000; ++i) {
        const EventTime time = Story::time(milliseconds(100 + i));
        tree.apply({time, main, Witness::Output, payload::OutputWritten{payload::Stream::Stdout, 1, 0}});
        tree.apply({time, main, Witness::Kernel, payload::SignalDelivered{10, 0, 77, 0, std::nullopt}});
        tree.apply({time, main, Witness::Runtime, payload::ThreadStarted{"t", false, i}});
        tree.apply({time, main, Witness::Runtime, payload::ThreadEnded{"t", i}});
    }
    QCOMPARE(tree.at(0).stdoutBytes, 250'000u);
    QCOMPARE(tree.at(0).told->threads.size(), 250'000u);
    QCOMPARE(tree.at(0).signalsReceived.size(), 250'000u);
}

/// A recording may have a million processes that are forked and end, as with shells and compilers.
void TestProcessTree::shortLivesTakeLittleRoom()
{
    QVERIFY2(sizeof(Process) <= 400, qPrintable(QString::number(sizeof(Process))));
    Story story;
    const ProcessId main = story.launch(0ms, {"/bin/program", "with", "arguments"});
    ProcessTree tree = story.tree();
    const auto fork = [&](std::uint32_t serial, ProcessId parent) {
        const ProcessId child{5000 + static_cast<std::int32_t>(serial), serial};
        tree.apply({Story::time(1s), child, Witness::Kernel, payload::Born{parent, payload::Born::How::Fork, 0}});
        return child;
    };
    const ProcessId child = fork(1, main);
    const ProcessId grandchild = fork(2, child);
    const payload::Executed executed{{"worker", "x"}, "/bin/worker", "/tmp", {}};
    tree.apply({Story::time(2s), child, Witness::Kernel, executed});
    tree.apply({Story::time(2s), fork(3, main), Witness::Kernel, executed});
    // Who forks has what it executes in common with its children, and who executes the same, too.
    QCOMPARE(tree.at(2).image->command.front(), std::string("/bin/program"));
    QCOMPARE(&*tree.at(2).image, &*tree.at(0).image);
    QCOMPARE(tree.at(1).image->executable, std::string("/bin/worker"));
    QCOMPARE(&*tree.at(3).image, &*tree.at(1).image);
    // An exec that tells only some leaves the rest as it was, and changes nobody else's.
    tree.apply({Story::time(3s), child, Witness::Kernel, payload::Executed{{"other"}, {}, {}, {}}});
    QCOMPARE(tree.at(1).image->command, (std::vector<std::string>{"other"}));
    QCOMPARE(tree.at(1).image->executable, std::string("/bin/worker"));
    QCOMPARE(tree.at(1).image->workingDirectory, std::string("/tmp"));
    QCOMPARE(tree.at(3).image->command, (std::vector<std::string>{"worker", "x"}));
    // What is said of few is the same nothing for all others.
    tree.apply({Story::time(4s), grandchild, Witness::Kernel, payload::Exited{false, 0, false, 0, 0}});
    QCOMPARE(&*tree.at(2).told, &*tree.at(0).told);
    QCOMPARE(&*tree.at(2).rare, &*tree.at(0).rare);
}

void TestProcessTree::serialsThatAreMissing()
{
    // A salvaged recording lacks some, a damaged or hostile one says any number.
    ProcessTree tree;
    const std::vector<ProcessId> ids{{700, 3}, {701, 0}, {702, UINT32_MAX}, {703, 1}, {704, 4}};
    for (const ProcessId id : ids)
        tree.apply({Story::time(1s), id, Witness::Kernel, payload::Stopped{SIGSTOP}});
    for (const ProcessId id : ids)
        tree.apply({Story::time(2s), id, Witness::Kernel, payload::Continued{}});
    QCOMPARE(tree.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        QCOMPARE(tree.find(ids[i]), std::optional(static_cast<ProcessIndex>(i)));
        QCOMPARE(tree.at(static_cast<ProcessIndex>(i)).stops.size(), std::size_t(2));
        QVERIFY(!tree.find({ids[i].pid + 1000, ids[i].serial}));
    }
    QVERIFY(!tree.find({705, 2}));
    QVERIFY(!tree.find({705, 5}));
}

void TestProcessTree::sparseValues()
{
    Sparse<std::vector<int>> first;
    QVERIFY(first->empty());
    first.edit().push_back(1);
    Sparse<std::vector<int>> second = first;
    second.edit().push_back(2);
    QCOMPARE(first->size(), std::size_t(1));
    QCOMPARE(second->size(), std::size_t(2));
    first = second;
    QCOMPARE(*first, *second);
    second = {};
    QVERIFY(second->empty());
    QCOMPARE(first->size(), std::size_t(2));

    const Shared<std::string> text(std::string("shared"));
    const Shared<std::string> same = text;
    QCOMPARE(&*same, &*text);
    QVERIFY(Shared<std::string>()->empty());
}

QTEST_APPLESS_MAIN(TestProcessTree)
#include "tst_processtree.moc"
