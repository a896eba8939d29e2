// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel tells of tasks: the parsers on bytes, and both means on this machine's kernel.

#include "os/clock.h"
#include "os/perfevents.h"
#include "os/pidfd.h"
#include "os/procconnector.h"
#include "os/procfs.h"

#include <QTest>

#include <array>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace daemonscope;
using Kind = TaskEvent::Kind;

namespace {

template <class T> void put(std::string& bytes, T value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// A datagram of the process connector as the kernel sends it.
std::string connectorDatagram(std::uint32_t what, const std::vector<std::uint32_t>& data, std::uint32_t index = 1)
{
    std::string bytes;
    put<std::uint32_t>(bytes, 76); // nlmsghdr
    put<std::uint16_t>(bytes, 3);
    put<std::uint16_t>(bytes, 0);
    put<std::uint32_t>(bytes, 0);
    put<std::uint32_t>(bytes, 0);
    put<std::uint32_t>(bytes, index); // cn_msg
    put<std::uint32_t>(bytes, 1);
    put<std::uint32_t>(bytes, 0);
    put<std::uint32_t>(bytes, 0);
    put<std::uint16_t>(bytes, 40);
    put<std::uint16_t>(bytes, 0);
    put<std::uint32_t>(bytes, what); // proc_event
    put<std::uint32_t>(bytes, 0);
    put<std::uint64_t>(bytes, 1234567890123);
    for (const std::uint32_t number : data)
        put(bytes, number);
    bytes.resize(76, '\0');
    return bytes;
}

std::string perfRecord(std::uint32_t type, std::uint16_t misc, const std::string& body)
{
    std::string bytes;
    put(bytes, type);
    put(bytes, misc);
    put(bytes, static_cast<std::uint16_t>(8 + body.size()));
    return bytes + body;
}

std::string trailer(std::uint32_t pid, std::uint32_t tid, std::uint64_t time)
{
    std::string bytes;
    put(bytes, pid);
    put(bytes, tid);
    put(bytes, time);
    return bytes;
}

std::string taskBody(std::uint32_t pid, std::uint32_t parent, std::uint32_t tid, std::uint32_t parentTid)
{
    std::string bytes;
    for (const std::uint32_t number : {pid, parent, tid, parentTid})
        put(bytes, number);
    put<std::uint64_t>(bytes, 77);
    return bytes + trailer(pid, tid, 78);
}

QByteArray describe(const TaskEvent& event)
{
    static constexpr std::array kNames{"fork", "exec", "exit", "lost"};
    QByteArray text{kNames.at(static_cast<std::size_t>(event.kind))};
    text += ' ' + QByteArray::number(event.pid) + '/' + QByteArray::number(event.tid);
    if (event.parentPid != 0)
        text += " of " + QByteArray::number(event.parentPid) + '/' + QByteArray::number(event.parentTid);
    if (event.status)
        text += event.status->bySignal() ? " signal " + QByteArray::number(event.status->signal().number())
                                         : " code " + QByteArray::number(event.status->exitCode());
    if (!event.name.empty())
        text += ' ' + QByteArray::fromStdString(event.name);
    return text;
}

QByteArray describeAll(std::string_view datagram)
{
    std::vector<TaskEvent> events;
    parseProcConnector(datagram, events);
    QByteArray text;
    for (const TaskEvent& event : events)
        text += (text.isEmpty() ? "" : "; ") + describe(event);
    return text;
}

/// A child that executes /bin/sh, which makes a child of its own and kills itself.
pid_t startShell(std::array<int, 2>& door)
{
    if (::pipe(door.data()) != 0)
        qFatal("no pipe for a test");
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(door[1]);
        char go = 0;
        [[maybe_unused]] const ssize_t got = ::read(door[0], &go, 1);
        ::execl("/bin/sh", "sh", "-c", "(exit 7); kill -9 $$; exit 3", nullptr);
        ::_exit(127);
    }
    ::close(door[0]);
    return pid;
}

} // namespace

class TaskEventsTest : public QObject {
    Q_OBJECT

private:
    /// What the source tells of a shell and what it makes, until its end was told.
    static QByteArrayList storyOfAShell(TaskEventSource& source)
    {
        std::array<int, 2> door{};
        const pid_t shell = startShell(door);
        std::vector<TaskEvent> events;
        source.read(events); // its own birth, where that is told
        events.clear();
        const Outcome added = source.add(shell);
        if (!added.ok())
            qFatal("%s", added.error().message.c_str());
        ::close(door[1]);
        QByteArrayList story;
        std::vector<std::int32_t> family{shell};
        const auto isFamily = [&family](std::int32_t pid) {
            return std::find(family.begin(), family.end(), pid) != family.end();
        };
        std::chrono::nanoseconds latest{};
        for (bool ended = false; !ended;) {
            std::vector<pollfd> waiting;
            for (const int descriptor : source.descriptors())
                waiting.push_back({descriptor, POLLIN, 0});
            if (::poll(waiting.data(), waiting.size(), 60'000) <= 0)
                return story << "nothing was told for a minute";
            events.clear();
            source.read(events);
            for (const TaskEvent& event : events) {
                if (event.kind == Kind::Fork && isFamily(event.parentPid))
                    family.push_back(event.pid);
                if (!isFamily(event.pid))
                    continue;
                const auto who = std::find(family.begin(), family.end(), event.pid) - family.begin();
                QByteArray text = describe(event);
                text = text.left(text.indexOf(' ')) + ' ' + QByteArray::number(who);
                if (event.status)
                    text += event.status->bySignal() ? " signal " + QByteArray::number(event.status->signal().number())
                                                     : " code " + QByteArray::number(event.status->exitCode());
                story << text;
                if (event.time < latest || event.time > monotonicNow())
                    story << "out of time";
                latest = event.time;
                ended = ended || (event.kind == Kind::Exit && event.pid == shell);
            }
        }
        ::waitpid(shell, nullptr, 0);
        return story;
    }

private Q_SLOTS:
    void connector_data()
    {
        QTest::addColumn<QByteArray>("datagram");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char* name, const std::string& datagram, const char* told) {
            QTest::newRow(name) << QByteArray::fromStdString(datagram) << QByteArray{told};
        };
        const std::string fork = connectorDatagram(1, {10, 11, 20, 20});
        row("fork", fork, "fork 20/20 of 11/10");
        row("new thread", connectorDatagram(1, {10, 11, 21, 20}), "fork 20/21 of 11/10");
        row("exec", connectorDatagram(2, {20, 20}), "exec 20/20");
        row("exit", connectorDatagram(0x80000000, {20, 20, 3 << 8, 17, 11, 11}), "exit 20/20 of 11/11 code 3");
        row("killed", connectorDatagram(0x80000000, {20, 20, 9, 17, 11, 11}), "exit 20/20 of 11/11 signal 9");
        row("core", connectorDatagram(0x80000000, {20, 20, 0x80 | 6, 17, 11, 11}), "exit 20/20 of 11/11 signal 6");
        row("two in one", fork + connectorDatagram(2, {20, 20}), "fork 20/20 of 11/10; exec 20/20");
        row("name", connectorDatagram(0x200, {20, 20}), "");
        row("acknowledgement", connectorDatagram(0, {0}), "");
        row("another connector", connectorDatagram(1, {10, 11, 20, 20}, 5), "");
        row("no pid", connectorDatagram(1, {10, 11, 0, 0}), "");
        row("negative pid", connectorDatagram(2, {0xffffffff, 0xffffffff}), "");
        row("empty", "", "");
        row("cut off", fork.substr(0, 75), "");
        row("only a header", fork.substr(0, 16), "");
        row("length beyond the end", "\xff" + fork.substr(1), "");
        row("length of nothing", std::string(4, '\0') + fork.substr(4), "");
        row("then rubbish", fork + "rubbish of any kind, long enough", "fork 20/20 of 11/10");
    }
    void connector()
    {
        QFETCH(const QByteArray, datagram);
        QFETCH(const QByteArray, told);
        QCOMPARE(describeAll(datagram.toStdString()), told);
    }
    void connectorTimes()
    {
        std::vector<TaskEvent> events;
        parseProcConnector(connectorDatagram(1, {10, 11, 20, 20}), events);
        QCOMPARE(events.at(0).time.count(), std::int64_t{1234567890123});
    }

    void perf_data()
    {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char* name, const std::string& record, const char* told) {
            QTest::newRow(name) << QByteArray::fromStdString(record) << QByteArray{told};
        };
        constexpr std::uint16_t kExecMisc = 1U << 13;
        const std::string comm =
            trailer(20, 20, 0).substr(0, 8) + std::string("sh\0\0\0\0\0\0", 8) + trailer(20, 20, 99);
        row("fork", perfRecord(7, 0, taskBody(20, 11, 20, 10)), "fork 20/20 of 11/10");
        row("new thread", perfRecord(7, 0, taskBody(20, 20, 21, 20)), "fork 20/21 of 20/20");
        row("exit", perfRecord(4, 0, taskBody(20, 11, 21, 10)), "exit 20/21 of 11/10");
        row("exec", perfRecord(3, kExecMisc, comm), "exec 20/20 sh");
        row("name", perfRecord(3, 0, comm), "");
        row("lost", perfRecord(2, 0, std::string(16, '\1') + trailer(1, 1, 5)), "lost 0/0");
        row("another", perfRecord(9, 0, std::string(64, '\1')), "");
        row("no pid", perfRecord(7, 0, taskBody(0, 11, 0, 10)), "");
        row("empty", "", "");
        row("fork cut off", perfRecord(7, 0, taskBody(20, 11, 20, 10)).substr(0, 39), "");
        row("short fork", perfRecord(7, 0, taskBody(20, 11, 20, 10).substr(0, 16)), "");
        row("short exec", perfRecord(3, kExecMisc, comm.substr(0, 16)), "");
        row("exec with a long name",
            perfRecord(3, kExecMisc, comm.substr(0, 8) + std::string(16, 'x') + trailer(20, 20, 9)),
            "exec 20/20 xxxxxxxxxxxxxxxx");
        row("short loss", perfRecord(2, 0, ""), "");
    }
    void perf()
    {
        QFETCH(const QByteArray, record);
        QFETCH(const QByteArray, told);
        const auto event = parsePerfRecord(record.toStdString());
        QCOMPARE(event ? describe(*event) : QByteArray{}, told);
    }

    void connectorOfThisKernel()
    {
        const auto source = ProcConnector::open();
        if (!source.ok())
            QSKIP(source.error().message.c_str());
        QCOMPARE(storyOfAShell(*source.value()).join("; "), "exec 0; fork 1; exit 1 code 7; exit 0 signal 9");
    }
    void perfOfThisKernel()
    {
        const auto source = PerfTaskEvents::open();
        if (!source.ok())
            QSKIP(source.error().message.c_str());
        QCOMPARE(storyOfAShell(*source.value()).join("; "), "exec 0; fork 1; exit 1; exit 0");
    }

    void statusOfOnesOwnZombie()
    {
        const pid_t pid = ::fork();
        if (pid == 0)
            ::_exit(5);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
        QCOMPARE(statusOfZombie(pid).value(), ExitStatus::code(5));
        const UniqueFd handle = openPidfd(pid);
        QVERIFY(handle.valid());
        QVERIFY(!collectedStatus(handle));
        ::waitpid(pid, nullptr, 0);
        QVERIFY(!statusOfZombie(pid));
        const auto collected = collectedStatus(handle);
        if (!collected)
            QSKIP("this kernel does not tell of collected processes (PIDFD_GET_INFO, Linux 6.15)");
        QCOMPARE(*collected, ExitStatus::code(5));
        QVERIFY(!statusOfZombie(::getpid()));
    }
    void threads()
    {
        const auto stat = readProcStat(::getpid());
        QVERIFY(stat.ok());
        QCOMPARE(stat.value().threads, static_cast<std::int32_t>(threadsOf(::getpid()).size()));
    }
};

QTEST_GUILESS_MAIN(TaskEventsTest)
#include "tst_taskevents.moc"
