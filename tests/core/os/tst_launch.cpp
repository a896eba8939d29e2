// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/launch.h"
#include "os/self.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace daemonscope;

namespace {

struct Ran {
    ExitStatus status;
    std::string output;
    PendingLaunch::Failure failure;
    bool failed = false;
};

/// Launches, lets it run to its end, and returns what it wrote to stdout.
Ran launchAndRead(LaunchSpec spec)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    UniqueFd reader{ends[0]};
    UniqueFd writer{ends[1]};
    spec.standardOutput = writer.get();
    if (spec.environment.empty())
        spec.environment = currentEnvironment();
    auto launch = PendingLaunch::start(spec);
    Ran ran;
    if (!launch.ok()) {
        ran.failed = true;
        ran.failure.message = launch.error().message;
        return ran;
    }
    writer.reset();
    launch.value().go();
    ran.failed = launch.value().failed(ran.failure);
    std::array<char, 4096> buffer{};
    for (ssize_t got = ::read(reader.get(), buffer.data(), buffer.size()); got > 0;
         got = ::read(reader.get(), buffer.data(), buffer.size()))
        ran.output.append(buffer.data(), static_cast<std::size_t>(got));
    ran.status = waitForChild(launch.value().pid());
    return ran;
}

LaunchSpec shell(const char* script)
{
    LaunchSpec spec;
    spec.argv = {"sh", "-c", script};
    return spec;
}

} // namespace

class TestLaunch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsWithItsOutput()
    {
        const Ran ran = launchAndRead(shell("echo hello; exit 3"));
        QVERIFY(!ran.failed);
        QCOMPARE(ran.output, std::string{"hello\n"});
        QCOMPARE(ran.status.exitCode(), 3);
    }
    void signalsAreReset()
    {
        // A launcher that ignores or blocks signals would give a program that can't be interrupted (I02 of the rules).
        ::signal(SIGINT, SIG_IGN);
        ::signal(SIGHUP, SIG_IGN);
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &set, nullptr);
        const Ran ran = launchAndRead(shell("grep -E 'SigBlk|SigIgn' /proc/self/status"));
        ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
        ::signal(SIGINT, SIG_DFL);
        ::signal(SIGHUP, SIG_DFL);
        QCOMPARE(ran.output, std::string{"SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"});
    }
    void hasAProcessGroupOfItsOwn()
    {
        const Ran ran = launchAndRead(shell("cut -d' ' -f5 /proc/$$/stat; echo $$"));
        const QStringList lines = QString::fromStdString(ran.output).split(u'\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0], lines[1]);
    }
    void getsDirectoryAndEnvironment()
    {
        const QTemporaryDir folder;
        LaunchSpec spec = shell("pwd; echo $GREETING");
        spec.workingDirectory = folder.path().toStdString();
        spec.environment = {"PATH=/usr/bin:/bin", "GREETING=good morning"};
        QCOMPARE(launchAndRead(spec).output, folder.path().toStdString() + "\ngood morning\n");
    }
    void leavesNoDescriptorBehind()
    {
        int inherited = 0; // by this test, beyond 0, 1 and 2: they are the program's too
        for (int fd = 3; fd < 1024; ++fd) {
            const int flags = ::fcntl(fd, F_GETFD);
            inherited += flags >= 0 && (flags & FD_CLOEXEC) == 0 ? 1 : 0;
        }
        const Ran ran = launchAndRead(shell("ls /proc/self/fd | wc -l"));
        QCOMPARE(QString::fromStdString(ran.output).toInt(), 4 + inherited); // 0, 1, 2 and ls's own
    }
    void closedStdioStaysClosed()
    {
        LaunchSpec spec = shell("test -e /proc/self/fd/2 && echo open || echo closed");
        spec.standardError = -1;
        QCOMPARE(launchAndRead(spec).output, std::string{"closed\n"});
    }
    void scriptWithoutInterpreterLineRunsUnderTheShell()
    {
        const QTemporaryDir folder;
        QFile script{folder.filePath(QStringLiteral("script"))};
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write("echo ran $1\n");
        script.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        script.close();
        LaunchSpec spec;
        spec.argv = {script.fileName().toStdString(), "well"};
        QCOMPARE(launchAndRead(spec).output, std::string{"ran well\n"});
    }
    void failures_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("words");
        QTest::newRow("not in PATH") << QStringLiteral("no-such-program-anywhere") << 127
                                     << QStringLiteral("was not found");
        QTest::newRow("no such path") << QStringLiteral("/no/such/program") << 127 << QStringLiteral("was not found");
        QTest::newRow("a directory") << QStringLiteral("/tmp") << 126 << QStringLiteral("Permission denied");
        QTest::newRow("not executable") << QStringLiteral("/etc/passwd") << 126 << QStringLiteral("Permission denied");
        QTest::newRow("below a file") << QStringLiteral("/etc/passwd/x") << 127 << QStringLiteral("was not found");
    }
    void failures()
    {
        QFETCH(QString, program);
        QFETCH(int, status);
        QFETCH(QString, words);
        LaunchSpec spec;
        spec.argv = {program.toStdString()};
        const Ran ran = launchAndRead(spec);
        QVERIFY(ran.failed);
        QCOMPARE(ran.failure.exitStatus, status);
        QCOMPARE(ran.status.exitCode(), status);
        QVERIFY2(ran.failure.message.find(words.toStdString()) != std::string::npos, ran.failure.message.c_str());
        QVERIFY(ran.failure.message.find(program.toStdString()) != std::string::npos);
    }
    void missingDirectoryIsSaid()
    {
        LaunchSpec spec = shell("true");
        spec.workingDirectory = "/no/such/folder";
        const Ran ran = launchAndRead(spec);
        QVERIFY(ran.failed);
        QCOMPARE(ran.failure.exitStatus, 125);
        QVERIFY(ran.failure.message.find("working directory") != std::string::npos);
    }
    void emptyCommandIsSaid() { QVERIFY(launchAndRead({}).failed); }
};

QTEST_GUILESS_MAIN(TestLaunch)
#include "tst_launch.moc"
