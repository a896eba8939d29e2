// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reportfixture.h"
#include "engine/context.h"
#include "engine/runtime.h"
#include "engine/thread.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

using namespace daemonscope;
using namespace daemonscope::engine;
using namespace daemonscope::test;

namespace {

constexpr auto storyOption = "--story";

/// Makes an end that does not come: standard output is a pipe without room, and a word is to be written to it.
void fillStandardOutput()
{
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_NONBLOCK) != 0)
        return;
    while (::write(pipe[1], "x", 1) > 0) { }
    ::fcntl(pipe[1], F_SETFL, 0);
    ::dup2(pipe[1], STDOUT_FILENO);
    std::setvbuf(stdout, nullptr, _IOFBF, BUFSIZ);
    std::fputs("a word that finds no room", stdout);
}

void startAndJoin(std::function<void()> target)
{
    const ProcessPtr made = process({.target = Target([target = std::move(target)] {
        ::alarm(120); // nobody is left behind by a test that fails
        target();
    })});
    made->start();
    made->join();
}

/// Processes that a test cannot have itself, as it has a thread and handlers of signals. This one has neither.
void tell(std::string_view story)
{
    const auto rest = [] { ::pause(); };
    if (story == "plain") {
        startAndJoin([] {});
    } else if (story == "stdout") {
        startAndJoin(fillStandardOutput);
    } else if (story == "cout") {
        startAndJoin([] { std::cout.rdbuf(new std::filebuf); }); // the stream does not own it
    } else if (story == "thread") {
        startAndJoin([rest] { Thread({.target = rest}).start(); });
    } else {
        const ProcessPtr ended = process({.target = Target(rest)});
        ended->start();
        ended->terminate();
        ended->join();
        process({.target = Target(rest), .daemon = true})->start();
    }
}

} // namespace

/// What whole programs tell, and in which packets.
class TestReportStory : public QObject, private ReportFixture {
    Q_OBJECT

private:
    using Listener = std::function<void(const ReportRecord&)>;

    /// All records of a program of stories and its processes.
    std::vector<ReportRecord> toldBy(
        const QByteArray& story, const Listener& listener = [](const ReportRecord&) {})
    {
        const auto execute = [&story] {
            const std::string program = executablePath();
            ::execl(program.c_str(), program.c_str(), storyOption, story.constData(), nullptr);
            return 1;
        };
        std::vector<ReportRecord> records;
        const auto listen = [&] {
            auto record = receiver().next();
            while (record) {
                records.push_back(*record);
                listener(*record);
                if (record->json()["e"] == "interp_exit")
                    break;
                record = receiver().next();
            }
            // What the children told is there by then, but connections are read in any order.
            while (const auto late = receiver().next(0))
                records.push_back(*late);
        };
        if (inChild(execute, listen) != 0)
            records.clear();
        return records;
    }
    /// The events of the process that told of this one, with '+' between those of one packet.
    static QString events(const std::vector<ReportRecord>& records, const char* event)
    {
        const auto said = [event](const ReportRecord& record) { return record.json()["e"] == event; };
        const auto teller = std::ranges::find_if(records, said);
        QString text;
        int packet = 0;
        for (const ReportRecord& record : records) {
            if (teller == records.end() || record.peerPid != teller->peerPid)
                continue;
            if (!text.isEmpty())
                text += record.packet == packet ? u'+' : u' ';
            text += QString::fromStdString(record.json().value("e", ""));
            packet = record.packet;
        }
        return text;
    }

private Q_SLOTS:
    void init()
    {
        listen();
        QVERIFY(receiver().isListening());
    }
    void cleanup() { stop(); }

    void whatEndsTogetherIsToldTogether()
    {
#if defined(__SANITIZE_THREAD__)
        QSKIP("the thread sanitizer has a thread of its own, so that no process has but one");
#endif
        const auto records = toldBy("plain");
        QCOMPARE(events(records, "start_ok"),
            QStringLiteral("interp_start proc_new start_call start_ok join_call reaped+join_ret main_end "
                           "exit_begin interp_exit"));
        QCOMPARE(events(records, "boot"), QStringLiteral("boot exit_begin+proc_end"));
        std::map<int, int> numbers;
        for (const ReportRecord& record : records) {
            const auto json = record.json();
            QCOMPARE(json["p"].get<int>(), record.peerPid);
            QCOMPARE(json["s"].get<int>(), ++numbers[record.peerPid]);
            if (json["e"] == "exit_begin")
                QVERIFY(json["idle"] == true && json["daemons"].empty() && json["plain"].empty());
        }
    }
    void nothingIsHeldBackWhileTheEndMayWait_data()
    {
        QTest::addColumn<QByteArray>("story");
        QTest::addColumn<bool>("waits");
        QTest::newRow("standard output") << QByteArray("stdout") << true;
        QTest::newRow("std::cout with a buffer of its own") << QByteArray("cout") << false;
        QTest::newRow("a thread") << QByteArray("thread") << true;
    }
    void nothingIsHeldBackWhileTheEndMayWait()
    {
        QFETCH(QByteArray, story);
        QFETCH(bool, waits);
        int child = 0;
        bool came = false;
        const auto untilItComes = [&](const ReportRecord& record) {
            const auto json = record.json();
            if (json["e"] == "boot")
                child = record.peerPid;
            if (record.peerPid != child || json["e"] != "exit_begin")
                return;
            came = true; // though the end of the process does not
            if (waits)
                ::kill(child, SIGKILL);
        };
        const auto records = toldBy(story, untilItComes);
        QVERIFY(came);
        const QString told = events(records, "boot");
        QVERIFY2(told.startsWith(QStringLiteral("boot ")) && told.contains(QStringLiteral(" exit_begin"))
                && !told.contains(u'+') && told.contains(QStringLiteral("proc_end")) != waits,
            qPrintable(told));
    }
    void signalsAndEndsNameNoObject()
    {
        int signals = 0, ends = 0;
        for (const ReportRecord& record : toldBy("signals")) {
            const auto json = record.json();
            QStringList keys; // sorted, as JSON's objects have no order
            for (const auto& field : json.items())
                keys.append(QString::fromStdString(field.key()));
            if (json["e"] == "signal") {
                QCOMPARE(keys.join(u' '), QStringLiteral("at_exit child e p s sig t"));
                QCOMPARE(json["at_exit"].get<bool>(), ++signals == 2);
            } else if (json["e"] == "reaped") {
                QCOMPARE(keys.join(u' '), QStringLiteral("child code e p s t"));
                ++ends;
            }
        }
        QCOMPARE(signals, 2);
        QCOMPARE(ends, 2);
    }
};

int main(int argc, char** argv)
{
    if (argc > 2 && std::string_view(argv[1]) == storyOption)
        return runMain(argc, argv, [argv] { tell(argv[2]); });
    return runReportTest<TestReportStory>(argc, argv);
}
#include "tst_reportstory.moc"
