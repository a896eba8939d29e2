// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"
#include "lifecycle/verdict.h"

#include "support/events.h"

#include <QTest>

#include <algorithm>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

/// What a process is: role, name, daemon flag and where the flag came from.
class TestRoles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void helpers_data();
    void helpers();
    void daemonOrigins_data();
    void daemonOrigins();
    void mainSetsItsOwnFlag();
    void childSetsItsOwnFlag();
    void refusedSetterChangesNothing();
    void nestedMain();
    void rawFork();
    void childWithoutItsCreatorsWords();
    void bootBeforeStartReturned();
    void mainThatBecomesAnotherProgram();
    void renamed();
    void shortNames_data();
    void shortNames();
};

void TestRoles::helpers_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("name");
    QTest::newRow("tracker") << "from multiprocessing.resource_tracker import main;main(5)"
                             << "resource tracker";
    QTest::newRow("old tracker") << "from multiprocessing.semaphore_tracker import main;main(5)"
                                 << "resource tracker";
    QTest::newRow("server") << "from multiprocessing.forkserver import main; main(3, 4, [], **{})"
                            << "fork server";
    QTest::newRow("spawned") << "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5)"
                             << "";
    QTest::newRow("only quoted") << "print('from multiprocessing.forkserver import main')"
                                 << "";
}

void TestRoles::helpers()
{
    QFETCH(QString, code);
    QFETCH(QString, name);
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId helper = story.fork(100ms, main);
    story.exec(101ms, helper, {"python3", "-E", "-c", code.toStdString()});
    const ProcessTree tree = story.tree();
    QVERIFY((tree.at(1).role == Role::Helper) == !name.isEmpty());
    QCOMPARE(QString::fromStdString(tree.at(1).name), name.isEmpty() ? QStringLiteral("python3") : name);
    QVERIFY(!tree.at(1).daemon);
}

void TestRoles::daemonOrigins_data()
{
    QTest::addColumn<bool>("daemon");
    QTest::addColumn<bool>("isExplicit");
    QTest::addColumn<bool>("property");
    QTest::addColumn<QString>("origin");
    QTest::newRow("default") << false << false << false << "default";
    QTest::newRow("constructor") << true << true << false << "constructor";
    QTest::newRow("constructor, false") << false << true << false << "constructor";
    QTest::newRow("inherited") << true << false << false << "inherited";
    QTest::newRow("property") << true << false << true << "property";
}

void TestRoles::daemonOrigins()
{
    QFETCH(bool, daemon);
    QFETCH(bool, isExplicit);
    QFETCH(bool, property);
    QFETCH(QString, origin);
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ChildTraits traits{.daemon = daemon && !property, .daemonExplicit = isExplicit};
    const ObjectId object = story.object(100ms, main, "1", "Process-1", traits);
    if (property)
        story.runtime(
            101ms, main, payload::DaemonSet{object, "Process-1", false, true, true, "new", {}, {"/src/a.py:3", {}}});
    story.start(102ms, object, "Process-1", {.daemon = daemon, .daemonExplicit = isExplicit});
    const ProcessTree tree = story.tree();
    const Process& child = tree.at(1);
    QVERIFY(child.role == Role::Child);
    QCOMPARE(*child.daemon, daemon);
    QCOMPARE(QString::fromUtf8(word(*child.daemonOrigin)), origin);
    QCOMPARE(child.told->daemonSetAt, std::string(property ? "/src/a.py:3" : isExplicit ? "/src/story.py:10" : ""));
    QCOMPARE(QString::fromStdString(kindText(child, tree.latest())),
        daemon ? QStringLiteral("daemon") : QStringLiteral("non-daemon"));
}

void TestRoles::mainSetsItsOwnFlag()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.runtime(
        100ms, main, payload::DaemonSet{{main, ""}, "MainProcess", false, true, true, "self", {}, {"/src/a.py:3", {}}});
    const ProcessTree tree = story.tree();
    QCOMPARE(*statusAt(tree.at(0), Story::time(99ms)).daemon, false);
    QCOMPARE(*statusAt(tree.at(0), Story::time(100ms)).daemon, true);
    QCOMPARE(*daemonFlag(tree.at(0)), true);
    QVERIFY(*tree.at(0).daemonOrigin == DaemonOrigin::Property);
    QCOMPARE(kindText(tree.at(0), Story::time(99ms)), std::string("main (non-daemon)"));
    QCOMPARE(kindText(tree.at(0), Story::time(100ms)), std::string("main (daemon)"));
}

void TestRoles::childSetsItsOwnFlag()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
    story.runtime(
        200ms, child, payload::DaemonSet{story.objectOf(child), "Process-1", true, false, true, "self", {}, {}});
    const ProcessTree tree = story.tree();
    QCOMPARE(*statusAt(tree.at(1), Story::time(150ms)).daemon, true);
    QCOMPARE(*statusAt(tree.at(1), Story::time(250ms)).daemon, false);
    QCOMPARE(*daemonFlag(tree.at(1)), true); // what its parent goes by
    QVERIFY(*tree.at(1).daemonOrigin == DaemonOrigin::Constructor);
}

void TestRoles::refusedSetterChangesNothing()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.child(100ms, main, "Process-1");
    story.runtime(200ms, main,
        payload::DaemonSet{story.objectOf(child), "Process-1", false, true, false, "started", "AssertionError", {}});
    const ProcessTree tree = story.tree();
    QCOMPARE(*statusAt(tree.at(1), tree.latest()).daemon, false);
    QVERIFY(*tree.at(1).daemonOrigin == DaemonOrigin::Default);
}

void TestRoles::nestedMain()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId inner = story.fork(100ms, main);
    story.exec(101ms, inner, {"python3", "inner.py"});
    story.interpreter(130ms, inner, "main");
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(1).role == Role::Main);
    QCOMPARE(tree.at(1).name, std::string("MainProcess"));
    QCOMPARE(*tree.at(1).daemon, false);
    QVERIFY(*tree.at(1).daemonOrigin == DaemonOrigin::Default);
}

void TestRoles::rawFork()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId fork = story.fork(100ms, main);
    story.runtime(101ms, fork, payload::Forked{});
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(1).role == Role::Program);
    QCOMPARE(tree.at(1).name, std::string("fork of MainProcess"));
    QVERIFY(!tree.at(1).daemon);
    QCOMPARE(kindText(tree.at(1), tree.latest()), std::string("program"));
}

void TestRoles::childWithoutItsCreatorsWords()
{
    // The creator's packets were lost: only the child itself spoke.
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ProcessId child = story.fork(100ms, main);
    payload::Bootstrapped boot;
    boot.object = {main, "1"};
    boot.name = "Process-1";
    boot.daemon = true;
    story.runtime(101ms, child, boot);
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(1).role == Role::Child);
    QCOMPARE(*tree.at(1).daemon, true);
    QVERIFY(!tree.at(1).daemonOrigin); // not known, so not said
    QCOMPARE(*tree.at(1).parent, 0);
}

void TestRoles::bootBeforeStartReturned()
{
    const ReferenceStory reference;
    std::vector<Event> events = reference.story.events();
    // Every child's own words come last, as a slow connection would bring them.
    std::stable_partition(events.begin(), events.end(),
        [](const Event& event) { return !std::holds_alternative<payload::Bootstrapped>(event.payload); });
    ProcessTree late;
    for (const Event& event : events)
        late.apply(event);
    const ProcessTree usual = reference.story.tree();
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(late.at(i).name, usual.at(i).name);
        QVERIFY(late.at(i).role == usual.at(i).role);
        QCOMPARE(late.at(i).daemon, usual.at(i).daemon);
        QCOMPARE(late.at(i).parent, usual.at(i).parent);
        QCOMPARE(verdict(late, i).text, verdict(usual, i).text);
    }
}

void TestRoles::mainThatBecomesAnotherProgram()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    story.exec(100ms, main, {"sleep", "1"});
    const ProcessTree tree = story.tree();
    QVERIFY(tree.at(0).role == Role::Program);
    QCOMPARE(tree.at(0).name, std::string("sleep"));
    QVERIFY(!tree.at(0).daemon);
    QCOMPARE(*statusAt(tree.at(0), Story::time(50ms)).daemon, false);
    QVERIFY(!statusAt(tree.at(0), Story::time(150ms)).daemon);
}

void TestRoles::renamed()
{
    Story story;
    const ProcessId main = story.launchPython(0ms);
    const ObjectId object = story.object(100ms, main, "1", "Process-1");
    story.runtime(101ms, main, payload::NameSet{object, "loader"});
    story.start(102ms, object, "loader");
    story.runtime(200ms, main, payload::NameSet{{main, ""}, "chief"});
    const ProcessTree tree = story.tree();
    QCOMPARE(tree.at(1).name, std::string("loader"));
    QCOMPARE(tree.at(0).name, std::string("chief"));
}

void TestRoles::shortNames_data()
{
    QTest::addColumn<QString>("argv0");
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << "make"
                           << "make";
    QTest::newRow("path") << "/usr/bin/make"
                          << "make";
    QTest::newRow("login shell") << "-bash"
                                 << "bash";
    QTest::newRow("folder") << "/usr/bin/"
                            << "bin";
    QTest::newRow("slash") << "/"
                           << "/";
    QTest::newRow("hostile") << "a) b\n"
                             << "a) b\n";
}

void TestRoles::shortNames()
{
    QFETCH(QString, argv0);
    QFETCH(QString, name);
    Story story;
    story.launch(0ms, {argv0.toStdString()});
    QCOMPARE(QString::fromStdString(story.tree().at(0).name), name);
}

QTEST_APPLESS_MAIN(TestRoles)
#include "tst_roles.moc"
