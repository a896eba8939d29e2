// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/clock.h"
#include "os/filter.h"
#include "os/killcalls.h"
#include "os/mappedfile.h"
#include "os/privatedirectory.h"
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
#include <fstream>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

    void killCalls_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<bool>("native");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("signal");
        QTest::addColumn<bool>("siginfo");
        const auto row = [](int number, bool native, const char* name, int signal, bool siginfo) {
            QTest::addRow("%s, %s", name, native ? "native" : "32 bit")
                << number << native << QByteArray{name} << signal << siginfo;
        };
        row(SYS_kill, true, "kill", 11, false);
        row(SYS_tkill, true, "tkill", 11, false);
        row(SYS_tgkill, true, "tgkill", 12, false);
        row(SYS_rt_sigqueueinfo, true, "rt_sigqueueinfo", 11, true);
        row(SYS_rt_tgsigqueueinfo, true, "rt_tgsigqueueinfo", 12, true);
        row(SYS_pidfd_send_signal, true, "pidfd_send_signal", 11, true);
        row(37, false, "kill", 11, false);
        row(238, false, "tkill", 11, false);
        row(270, false, "tgkill", 12, false);
        row(178, false, "rt_sigqueueinfo", 11, true);
        row(335, false, "rt_tgsigqueueinfo", 12, true);
        row(424, false, "pidfd_send_signal", 11, true);
    }
    void killCalls()
    {
        QFETCH(int, number);
        QFETCH(bool, native);
        QFETCH(QByteArray, name);
        QFETCH(int, signal);
        QFETCH(bool, siginfo);
        // What stands above the low 32 bits is nothing to the kernel.
        const auto call = decodeKillCall(static_cast<std::uint64_t>(number), native,
            {0xdead'0000'1267ULL, 0xdead'0000'000bULL, 0xdead'0000'000cULL, 0xdead'0000'000dULL, 0, 0});
        QVERIFY(call.has_value());
        QCOMPARE(QByteArray{call->form->name}, name);
        QCOMPARE(call->target, 4711);
        QCOMPARE(call->signal, signal);
        QCOMPARE(call->siginfo != 0, siginfo);
        QVERIFY(native || call->siginfo <= 0xffffffffU);
    }
    void otherCallsAreNoKillCalls()
    {
        QVERIFY(!decodeKillCall(SYS_getpid, true, {}));
        QVERIFY(!decodeKillCall(20, false, {}));
        const auto toGroup = decodeKillCall(SYS_pidfd_send_signal, true, {3, SIGKILL, 0, 4, 0, 0});
        QVERIFY(toGroup && toGroup->toGroup);
    }
    void claimedSenders()
    {
        const ClaimedSender native = decodeClaim(0x1'ffff'ffffULL, 0x3e8'0000'1267ULL, true);
        QCOMPARE(native.code, -1);
        QCOMPARE(native.pid, 4711);
        const ClaimedSender compat = decodeClaim(0x1267'ffff'fffaULL, 0, false);
        QCOMPARE(compat.code, -6);
        QCOMPARE(compat.pid, 4711);
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
        auto file = MappedFile::create(path, false);
        QVERIFY(file.ok());
        QVERIFY(file.value().publish().ok());
        const auto again = MappedFile::create(path, false);
        QVERIFY(!again.ok());
        QVERIFY(again.error().message.find("--force") != std::string::npos);
        QVERIFY(MappedFile::create(path, true).ok());
    }
    void twoFilesDoNotGetOneName()
    {
        const auto directory = PrivateDirectory::create();
        const std::string path = directory.value().path() + "/file";
        auto first = MappedFile::create(path, false);
        auto second = MappedFile::create(path, false);
        if (!second.ok())
            QSKIP("this file system has no files without a name");
        QVERIFY(!std::filesystem::exists(path));
        QVERIFY(second.value().publish().ok());
        QVERIFY(std::filesystem::exists(path));
        QVERIFY(!first.value().publish().ok());
    }
    void abandonedDirectoriesAreTidiedUp()
    {
        const auto directory = PrivateDirectory::create();
        const std::string base = directory.value().path();
        QVERIFY(qputenv("XDG_RUNTIME_DIR", base.c_str()));
        const auto leave = [&](const char* name, bool locked, bool file) {
            const std::string path = base + "/daemonscope-" + name;
            std::filesystem::create_directory(path);
            std::filesystem::permissions(path, std::filesystem::perms::owner_all);
            (void)listenSeqpacket(path + "/hook"); // nobody listens any more
            if (locked)
                std::ofstream{path + "/owner"};
            if (file)
                std::ofstream{path + "/run-1.dscope"};
            return path;
        };
        const std::string abandoned = leave("aaaaaa", true, false);
        const std::string withRecording = leave("bbbbbb", true, true);
        const std::string beingMade = leave("cccccc", false, false);
        const std::string heard = leave("dddddd", true, false);
        const auto listener = listenSeqpacket(heard + "/control");
        const auto living = PrivateDirectory::create();
        QVERIFY(!std::filesystem::exists(abandoned));
        const auto next = PrivateDirectory::create();
        for (const std::string& path : {withRecording, beingMade, heard, living.value().path(), next.value().path()})
            QVERIFY2(std::filesystem::exists(path), path.c_str());
        qunsetenv("XDG_RUNTIME_DIR");
    }
    void abandonedFilesGoIfTheyMay()
    {
        using WhenAbandoned = PrivateDirectory::WhenAbandoned;
        const auto directory = PrivateDirectory::create();
        const std::string base = directory.value().path();
        QVERIFY(qputenv("XDG_RUNTIME_DIR", base.c_str()));
        // Made by a process that is killed, with a file and another one below.
        const auto leave = [](WhenAbandoned abandoned) {
            std::array<int, 2> pipe{};
            if (::pipe(pipe.data()) != 0)
                return std::string{};
            const pid_t maker = ::fork();
            if (maker == 0) {
                const auto made = PrivateDirectory::create(abandoned);
                const std::string path = made.ok() ? made.value().path() : "";
                std::filesystem::create_directory(path + "/below");
                std::ofstream{path + "/lesson.py"} << "pass";
                std::ofstream{path + "/below/notes.txt"} << "x";
                ::dprintf(pipe[1], "%s", path.c_str());
                ::kill(::getpid(), SIGKILL);
            }
            ::close(pipe[1]);
            ::waitpid(maker, nullptr, 0);
            std::array<char, 256> text{};
            const ssize_t size = ::read(pipe[0], text.data(), text.size());
            ::close(pipe[0]);
            return std::string{text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
        };
        const std::string kept = leave(WhenAbandoned::KeepFiles);
        const std::string workedIn = leave(WhenAbandoned::RemoveFiles);
        const std::string before = std::filesystem::current_path().string();
        std::filesystem::current_path(workedIn + "/below");
        const std::string mayGo = leave(WhenAbandoned::RemoveFiles); // its making tidies up, too
        const auto living = PrivateDirectory::create(WhenAbandoned::RemoveFiles);
        QVERIFY(!std::filesystem::exists(mayGo));
        for (const std::string& path : {kept, workedIn + "/below/notes.txt", living.value().path()})
            QVERIFY2(std::filesystem::exists(path), path.c_str());
        std::filesystem::current_path(before);
        const auto next = PrivateDirectory::create();
        QVERIFY(!std::filesystem::exists(workedIn));
        for (const std::string& path : {kept + "/lesson.py", living.value().path(), next.value().path()})
            QVERIFY2(std::filesystem::exists(path), path.c_str());
        qunsetenv("XDG_RUNTIME_DIR");
    }
    void directoriesAreHandedOver()
    {
        auto made = PrivateDirectory::create();
        QVERIFY(made.ok());
        const std::string path = made.value().path();
        const std::string words = made.value().handOver();
        for (const std::string& wrong : {std::string{}, std::string{"5"}, "x:" + path, "2:" + path, words + "x"})
            QVERIFY2(!PrivateDirectory::adopt(wrong), wrong.c_str());
        const pid_t heir = ::fork();
        if (heir == 0) {
            auto adopted = PrivateDirectory::adopt(words);
            const bool good = adopted && adopted->path() == path;
            adopted.reset();
            ::_exit(good && !std::filesystem::exists(path) ? 0 : 1);
        }
        int status = -1;
        QCOMPARE(::waitpid(heir, &status, 0), heir);
        QCOMPARE(status, 0);
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
