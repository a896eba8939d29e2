// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is read of /proc, and of links and files of its kind.
#include "os/clock.h"
#include "os/procfs.h"

#include <QTest>

#include <csignal>
#include <limits>
#include <unistd.h>

using namespace daemonscope;

class TestProcfs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void procStat_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        QTest::addColumn<QByteArray>("comm");
        QTest::addColumn<int>("parent");
        const QByteArray rest = " S 7 42 42 0 -1 4194560 1 6 0 0 1 2 3 4 20 0 1 0 12345 1000 10 184";
        QTest::newRow("plain") << QByteArray{"11 (cat)" + rest} << true << QByteArray{"cat"} << 7;
        QTest::newRow("blanks and brackets")
            << QByteArray{"11 (a b) c) (d)" + rest} << true << QByteArray{"a b) c) (d"} << 7;
        QTest::newRow("empty name") << QByteArray{"11 ()" + rest} << true << QByteArray{} << 7;
        QTest::newRow("newline in the name") << QByteArray{"11 (a\nb)" + rest} << true << QByteArray{"a\nb"} << 7;
        QTest::newRow("nothing") << QByteArray{} << false << QByteArray{} << 0;
        QTest::newRow("no brackets") << QByteArray{"11 cat S 7"} << false << QByteArray{} << 0;
        QTest::newRow("brackets the wrong way round") << QByteArray{"11 )cat( S 7"} << false << QByteArray{} << 0;
        QTest::newRow("cut off") << QByteArray{"11 (cat) S 7 42"} << false << QByteArray{} << 0;
        QTest::newRow("cut off before the memory")
            << QByteArray{"11 (cat)" + rest.left(rest.indexOf(" 1000"))} << false << QByteArray{} << 0;
        QTest::newRow("letters for numbers") << QByteArray{"11 (cat) S x y z"} << false << QByteArray{} << 0;
    }
    void procStat()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, good);
        QFETCH(QByteArray, comm);
        QFETCH(int, parent);
        const auto stat = parseProcStat(text.toStdString());
        QCOMPARE(stat.ok(), good);
        if (good) {
            QCOMPARE(QByteArray::fromStdString(stat.value().comm), comm);
            QCOMPARE(stat.value().parentPid, parent);
            QCOMPARE(stat.value().startTicks, std::uint64_t{12345});
            QCOMPARE(stat.value().userTicks, std::uint64_t{1});
            QCOMPARE(stat.value().systemTicks, std::uint64_t{2});
            QCOMPARE(stat.value().threads, 1);
            QCOMPARE(stat.value().residentPages, std::int64_t{10});
            QCOMPARE(stat.value().collectedFaults, std::uint64_t{6});
        }
    }
    void procOfThisProcess()
    {
        const auto stat = readProcStat(::getpid());
        QVERIFY(stat.ok());
        QCOMPARE(stat.value().pid, ::getpid());
        QCOMPARE(stat.value().parentPid, ::getppid());
        QCOMPARE(readThreadGroup(::getpid()).value(), ::getpid());
        QVERIFY(!readCommandLine(::getpid()).value().empty());
        QVERIFY(!readProcStat(0x7ffffffe).ok());
    }
    void usage_data()
    {
        QTest::addColumn<quint64>("user");
        QTest::addColumn<quint64>("system");
        QTest::addColumn<qint64>("pages");
        QTest::addColumn<qint64>("cpuNs");
        QTest::addColumn<qint64>("rssBytes");
        const qint64 tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
        const qint64 page = ::sysconf(_SC_PAGESIZE);
        QTest::newRow("nothing") << quint64{0} << quint64{0} << qint64{0} << qint64{0} << qint64{0};
        QTest::newRow("something") << quint64{3} << quint64{4} << qint64{5} << 7 * tick << 5 * page;
        QTest::newRow("less than nothing") << quint64{0} << quint64{1} << qint64{-5} << tick << qint64{0};
        QTest::newRow("the greatest numbers") << ~quint64{0} << ~quint64{0} << std::numeric_limits<qint64>::max()
                                              << (qint64{1} << 62) << (qint64{1} << 40) * page;
    }
    void usage()
    {
        QFETCH(quint64, user);
        QFETCH(quint64, system);
        QFETCH(qint64, pages);
        QFETCH(qint64, cpuNs);
        QFETCH(qint64, rssBytes);
        ProcStat stat;
        stat.userTicks = user;
        stat.systemTicks = system;
        stat.residentPages = pages;
        const ProcUsage usage = usageOf(stat);
        QVERIFY(usage.cpu.count() == cpuNs || (user == ~quint64{0} && usage.cpu > std::chrono::hours{24}));
        QCOMPARE(qint64{usage.rssBytes}, rssBytes);
    }
    void usageOfThisProcess()
    {
        const auto before = readProcStat(::getpid());
        QVERIFY(before.ok());
        QVERIFY(startOf(before.value()) <= sinceBoot());
        QVERIFY(startOf(before.value()) > sinceBoot() - std::chrono::hours{1});
        const std::string memory(32U << 20, 'x');
        volatile std::uint64_t sum = 0;
        for (bool more = true; more;) {
            for (const char byte : memory)
                sum = sum + static_cast<std::uint64_t>(byte);
            const auto after = readProcStat(::getpid());
            QVERIFY(after.ok());
            QVERIFY(usageOf(after.value()).rssBytes >= usageOf(before.value()).rssBytes + (16 << 20));
            more = usageOf(after.value()).cpu <= usageOf(before.value()).cpu; // one tick at least
        }
        QVERIFY(threadCpuTime().count() > 0);
    }
    void pidsInNamespaces_data()
    {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QList<int>>("pids");
        QTest::newRow("one") << QByteArray{"Name:\tx\nNSpid:\t4711\nNSpgid:\t1\n"} << QList<int>{4711};
        QTest::newRow("three") << QByteArray{"Name:\tx\nNSpid:\t4711\t12\t1\n"} << QList<int>{4711, 12, 1};
        QTest::newRow("at the end") << QByteArray{"\nNSpid:\t7\t2"} << QList<int>{7, 2};
        QTest::newRow("none") << QByteArray{"Name:\tNSpid:\t4\n"} << QList<int>{};
        QTest::newRow("no number") << QByteArray{"\nNSpid:\t7\tx\n"} << QList<int>{};
        QTest::newRow("too many") << "\nNSpid:" + QByteArray{"\t1"}.repeated(1000) << QList<int>(33, 1);
    }
    void pidsInNamespaces()
    {
        QFETCH(QByteArray, status);
        QFETCH(QList<int>, pids);
        const auto parsed = parseNamespacePids(status.toStdString());
        QCOMPARE(QList<int>(parsed.begin(), parsed.end()), pids);
    }
    void ignoredSignals()
    {
        const std::string status = "Name:\tx\nSigIgn:\t0000000000010001\nSigCgt:\tffffffffffffffff\n";
        QVERIFY(parseIgnores(status, SIGCHLD));
        QVERIFY(parseIgnores(status, SIGHUP));
        QVERIFY(!parseIgnores(status, SIGTERM));
        QVERIFY(!parseIgnores(status, 0));
        QVERIFY(!parseIgnores(status, 65));
        QVERIFY(!parseIgnores("", SIGCHLD));
    }
    void numbersInLinks()
    {
        QCOMPARE(parseLinkNumber("pid:[4026531836]", "pid"), std::uint64_t{4026531836});
        QCOMPARE(parseLinkNumber("socket:[7]", "pid"), std::uint64_t{0});
        QCOMPARE(parseLinkNumber("pid:[x]", "pid"), std::uint64_t{0});
        QCOMPARE(parseLinkNumber("pid", "pid"), std::uint64_t{0});
    }
    void commandLines()
    {
        using namespace std::string_view_literals;
        QCOMPARE(parseCommandLine("a\0b c\0"sv), (std::vector<std::string>{"a", "b c"}));
        QCOMPARE(parseCommandLine("a\0\0b"sv), (std::vector<std::string>{"a", "", "b"}));
        QCOMPARE(parseCommandLine(""sv), std::vector<std::string>{});
    }
    void pidOfAPidfd()
    {
        QCOMPARE(parsePidOfPidfd("pos:\t0\nflags:\t02\nPid:\t4711\nNSpid:\t4711\n"), 4711);
        QCOMPARE(parsePidOfPidfd("pos:\t0\n"), 0);
    }
};

QTEST_GUILESS_MAIN(TestProcfs)
#include "tst_procfs.moc"
