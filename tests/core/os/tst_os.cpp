// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/clock.h"
#include "os/filter.h"
#include "os/mappedfile.h"
#include "os/procfs.h"
#include "os/promptwriter.h"
#include "os/signal.h"
#include "os/socket.h"
#include "os/waitstatus.h"

#include <QTemporaryFile>
#include <QTest>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <unistd.h>

using namespace daemonscope;

class TestOs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signalNames_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("name");
        QTest::newRow("term") << SIGTERM << QStringLiteral("SIGTERM");
        QTest::newRow("kill") << SIGKILL << QStringLiteral("SIGKILL");
        QTest::newRow("first real-time") << SIGRTMIN << QStringLiteral("SIGRTMIN");
        QTest::newRow("another real-time") << SIGRTMIN + 3 << QStringLiteral("SIGRTMIN+3");
        QTest::newRow("none") << 0 << QStringLiteral("signal 0");
        QTest::newRow("beyond") << 999 << QStringLiteral("signal 999");
        QTest::newRow("negative") << -5 << QStringLiteral("signal -5");
    }
    void signalNames()
    {
        QFETCH(int, number);
        QFETCH(QString, name);
        QCOMPARE(QString::fromStdString(Signal{number}.name()), name);
    }
    void signalsAreFoundByBothNames()
    {
        QCOMPARE(Signal::fromName("SIGTERM"), std::optional{Signal{SIGTERM}});
        QCOMPARE(Signal::fromName("KILL"), std::optional{Signal{SIGKILL}});
        QVERIFY(!Signal::fromName("SIGNOTHING"));
        QVERIFY(!Signal::fromName(""));
    }

    void exitStatusOfWait_data()
    {
        QTest::addColumn<int>("raw");
        QTest::addColumn<int>("python");
        QTest::addColumn<int>("shell");
        QTest::newRow("returned") << 0 << 0 << 0;
        QTest::newRow("code 3") << (3 << 8) << 3 << 3;
        QTest::newRow("code 255") << (255 << 8) << 255 << 255;
        QTest::newRow("SIGTERM") << 15 << -15 << 143;
        QTest::newRow("SIGKILL") << 9 << -9 << 137;
        QTest::newRow("SIGSEGV with a core file") << (11 | 0x80) << -11 << 139;
    }
    void exitStatusOfWait()
    {
        QFETCH(int, raw);
        QFETCH(int, python);
        QFETCH(int, shell);
        const ExitStatus status = ExitStatus::fromWait(raw);
        QCOMPARE(status.pythonCode(), python);
        QCOMPARE(status.shellCode(), shell);
        QCOMPARE(status.coreDumped(), (raw & 0x80) != 0);
    }

    void kindsOfStops_data()
    {
        QTest::addColumn<int>("raw");
        QTest::addColumn<int>("kind");
        const auto stop = [](int signal, int event) { return (event << 16) | (signal << 8) | 0x7f; };
        using Kind = WaitStatus::Kind;
        QTest::newRow("exit") << (1 << 8) << int(Kind::Exited);
        QTest::newRow("death") << SIGKILL << int(Kind::Signaled);
        QTest::newRow("signal") << stop(SIGUSR1, 0) << int(Kind::SignalDelivery);
        QTest::newRow("a SIGTRAP of the program's own") << stop(SIGTRAP, 0) << int(Kind::SignalDelivery);
        QTest::newRow("fork") << stop(SIGTRAP, 1) << int(Kind::PtraceEvent);
        QTest::newRow("first stop") << stop(SIGTRAP, 128) << int(Kind::PtraceEvent);
        QTest::newRow("group stop") << stop(SIGSTOP, 128) << int(Kind::GroupStop);
        QTest::newRow("group stop by the terminal") << stop(SIGTTIN, 128) << int(Kind::GroupStop);
        QTest::newRow("system call") << stop(SIGTRAP | 0x80, 0) << int(Kind::SyscallStop);
    }
    void kindsOfStops()
    {
        QFETCH(int, raw);
        QFETCH(int, kind);
        QCOMPARE(int(WaitStatus{raw}.kind()), kind);
    }

    void procStat_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        QTest::addColumn<QByteArray>("comm");
        QTest::addColumn<int>("parent");
        const QByteArray rest = " S 7 42 42 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 1 0 12345 1000 10 184";
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

    void socketsNameTheWriter()
    {
        auto stream = AttributedStream::create();
        QVERIFY(stream.ok());
        QCOMPARE(::write(stream.value().writer.get(), "hello", 5), ssize_t{5});
        std::vector<char> buffer(64);
        const Received received = receive(stream.value().reader.get(), buffer);
        QCOMPARE(int(received.kind), int(Received::Kind::Data));
        QCOMPARE(received.senderPid, ::getpid());
        QCOMPARE((std::string{buffer.data(), received.size}), std::string{"hello"});
        QCOMPARE(int(receive(stream.value().reader.get(), buffer).kind), int(Received::Kind::Nothing));
        stream.value().writer.reset();
        QCOMPARE(int(receive(stream.value().reader.get(), buffer).kind), int(Received::Kind::Closed));
    }
    void receivableBytesAreCounted()
    {
        auto stream = AttributedStream::create();
        QVERIFY(stream.ok());
        QCOMPARE(receivableBytes(stream.value().reader.get()), std::size_t{0});
        QCOMPARE(::write(stream.value().writer.get(), "hello", 5), ssize_t{5});
        QCOMPARE(::write(stream.value().writer.get(), "again", 5), ssize_t{5});
        QCOMPARE(receivableBytes(stream.value().reader.get()), std::size_t{10});
        QCOMPARE(receivableBytes(-1), std::size_t{0});
    }
    void promptWritersNeverWait()
    {
        const std::string many(1U << 20, 'x');
        std::array<int, 2> ends{};
        QCOMPARE(::pipe2(ends.data(), O_CLOEXEC), 0);
        UniqueFd reader{ends[0]};
        const UniqueFd writer{ends[1]};
        const PromptWriter toPipe{writer.get()};
        // 0: a kernel that can't tell leaves all of it to be written in the other way.
        const std::size_t taken = toPipe.write(many);
        QVERIFY(taken == 0 || (taken >= 4096 && taken < many.size()));
        if (taken > 0)
            QCOMPARE(toPipe.write("more"), std::size_t{0});
        reader.reset();
        ::signal(SIGPIPE, SIG_IGN);
        QCOMPARE(toPipe.write("nobody reads"), std::size_t{0});
        ::signal(SIGPIPE, SIG_DFL);
        QCOMPARE(PromptWriter{-1}.write("nowhere"), std::size_t{0});

        QTemporaryFile file;
        QVERIFY(file.open());
        const PromptWriter toFile{file.handle()};
        QCOMPARE(toFile.write("first "), std::size_t{6});
        QCOMPARE(toFile.write("second"), std::size_t{6});
        QCOMPARE(::lseek(file.handle(), 0, SEEK_CUR), off_t{12});
        QVERIFY(file.seek(0));
        QCOMPARE(file.readAll(), QByteArray{"first second"});
    }
    void privateDirectoriesArePrivateAndGo()
    {
        std::string path;
        {
            const auto directory = PrivateDirectory::create();
            QVERIFY(directory.ok());
            path = directory.value().path();
            QCOMPARE(int(std::filesystem::status(path).permissions()), 0700);
            QVERIFY(listenSeqpacket(path + "/socket").ok());
            QCOMPARE(int(std::filesystem::status(path + "/socket").permissions()), 0600);
        }
        QVERIFY(!std::filesystem::exists(path));
    }
    void tooLongASocketPathIsSaid()
    {
        const auto listener = listenSeqpacket("/tmp/" + std::string(200, 'x'));
        QVERIFY(!listener.ok());
        QVERIFY(listener.error().message.find("too long") != std::string::npos);
    }
    void filesAreNotOverwrittenUnasked()
    {
        const auto directory = PrivateDirectory::create();
        const std::string path = directory.value().path() + "/file";
        QVERIFY(MappedFile::create(path, false).ok());
        const auto again = MappedFile::create(path, false);
        QVERIFY(!again.ok());
        QVERIFY(again.error().message.find("--force") != std::string::npos);
        QVERIFY(MappedFile::create(path, true).ok());
    }
    void filterIsMade()
    {
        QVERIFY(SyscallFilter::create(true).ok());
        QVERIFY(SyscallFilter{}.install()); // an empty one does nothing
    }
    void timesAreWrittenInRfc3339()
    {
        QCOMPARE(rfc3339(std::chrono::milliseconds{1795443938833}), std::string{"2026-11-23T14:25:38.833Z"});
        QCOMPARE(rfc3339(std::chrono::nanoseconds{0}), std::string{"1970-01-01T00:00:00.000Z"});
    }
};

QTEST_GUILESS_MAIN(TestOs)
#include "tst_os.moc"
