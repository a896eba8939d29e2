// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A test that is killed leaves neither processes nor files behind.

#include "trial.h"
#include "trialguard.h"

#include <QFileInfo>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace {
constexpr const char* kBeKilled = "--be-killed";
constexpr int kLimitMs = 60'000;

/// What a test does, until it is killed: it has a recording, and a program that would run for ever.
int beKilled()
{
    const trial::Bench bench;
    trial::Trial program{bench.recorded({{trial::fixture("waits"), "tree"}})};
    if (!program.readUntil("ready"))
        return 1;
    std::printf("%s\n%s\nready\n", trial::guardedFolder().c_str(), trial::guardEntry().c_str());
    std::fflush(stdout);
    for (;;)
        ::pause();
}
} // namespace

class TrialGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKilledTestLeavesNothing()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        trial::Trial test{{{QCoreApplication::applicationFilePath().toStdString(), kBeKilled}}};
        QVERIFY(test.readUntil("ready\n"));
        const QByteArrayList told = test.output().split('\n');
        const QString folder = QString::fromLocal8Bit(told.at(0));
        const std::string entry = told.at(1).toStdString();
        QVERIFY(QFileInfo(folder).isDir());
        QVERIFY(!trial::processesWith(entry).empty());
        ::kill(test.pid(), SIGKILL);
        QCOMPARE(test.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(!QFileInfo::exists(folder), kLimitMs);
        QVERIFY(trial::processesWith(entry).empty());
    }
};

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], kBeKilled) == 0)
        return beKilled();
    QCoreApplication application(argc, argv);
    TrialGuardTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_trialguard.moc"
