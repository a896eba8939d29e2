// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `daemonscope doctor`: what it says is what the machine does, also where the machine forbids something.

#include "trial.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using trial::Words;

class DoctorTest : public QObject {
    Q_OBJECT

private:
    trial::Outcome run(const QByteArray& denied, const Words& options)
    {
        Words words{trial::recorderProgram(), "--doctor"};
        words.insert(words.end(), options.begin(), options.end());
        if (!denied.isEmpty())
            words.insert(words.begin(), {trial::fixture("deny"), denied.toStdString()});
        trial::Setup setup;
        setup.command = words;
        setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString(), "NO_COLOR=1"};
        return trial::run(setup);
    }
    QJsonObject examine(const QByteArray& denied)
    {
        outcome_ = run(denied, {"--format", "json"});
        return QJsonDocument::fromJson(outcome_.out).object();
    }
    static QJsonObject check(const QJsonObject& report, const char* what)
    {
        for (const QJsonValue& value : report[QStringLiteral("checks")].toArray()) {
            if (value.toObject()[QStringLiteral("what")].toString() == QLatin1String{what})
                return value.toObject();
        }
        return {};
    }
    static QString stateOf(const QJsonObject& report, const char* what)
    {
        return check(report, what)[QStringLiteral("state")].toString();
    }

    trial::Bench bench_;
    trial::Outcome outcome_;

private Q_SLOTS:
    void saysWhatIsThere()
    {
        const QJsonObject report = examine({});
        QCOMPARE(report[QStringLiteral("format")].toString(), QStringLiteral("daemonscope-doctor"));
        QCOMPARE(report[QStringLiteral("version")].toInt(), 1);
        for (const char* const what :
            {"ptrace", "yama", "seccomp", "cn_proc", "perf", "pidfd", "pidfd-hangup", "pidfd-info", "output", "set-uid",
                "container", "runtime-folder", "line-buffering", "python3", "display"}) {
            QVERIFY2(!check(report, what).isEmpty(), what);
            QVERIFY2(!check(report, what)[QStringLiteral("words")].toString().isEmpty(), what);
        }
        QByteArray why;
        QCOMPARE(stateOf(report, "ptrace") == QLatin1String{"ok"}, trial::canTrace(why));
        QCOMPARE(outcome_.exitCode, report[QStringLiteral("ok")].toBool() ? 0 : 1);
    }
    void saysWhatIsForbidden()
    {
        const QJsonObject report = examine("ptrace,netlink,perf");
        QCOMPARE(stateOf(report, "ptrace"), QStringLiteral("missing"));
        QCOMPARE(stateOf(report, "cn_proc"), QStringLiteral("limited"));
        QCOMPARE(stateOf(report, "perf"), QStringLiteral("limited"));
        QCOMPARE(stateOf(report, "output"), QStringLiteral("ok"));
        const QString words = check(report, "ptrace")[QStringLiteral("words")].toString();
        QVERIFY2(words.contains(QStringLiteral("Operation not permitted")), qPrintable(words));
        QVERIFY2(words.contains(QStringLiteral("signals")), qPrintable(words));
        QVERIFY(!check(report, "ptrace")[QStringLiteral("advice")].toString().isEmpty());
        QCOMPARE(report[QStringLiteral("ok")].toBool(true), false);
        QCOMPARE(outcome_.exitCode, 1);
    }
    void printsOneLineACheck()
    {
        const trial::Outcome outcome = run("ptrace", {});
        QVERIFY2(outcome.out.contains("\nok "), outcome.out.constData());
        QVERIFY2(outcome.out.startsWith("missing ptrace "), outcome.out.constData());
        QVERIFY(!outcome.out.contains('\033'));
        QCOMPARE(outcome.exitCode, 1);
        const trial::Outcome colored = run("ptrace", {"--color=always"});
        QVERIFY(colored.out.startsWith("\033[31mmissing"));
    }
    void theProgramHasIt()
    {
        const std::string program = DAEMONSCOPE_BINARY_DIR "/bin/daemonscope";
        if (!QFile::exists(QString::fromStdString(program)))
            QSKIP("the window is not part of this build");
        trial::Setup setup{{program, "doctor", "--format", "json"}};
        setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString()};
        const trial::Outcome outcome = trial::run(setup);
        const QJsonObject report = QJsonDocument::fromJson(outcome.out).object();
        QCOMPARE(report[QStringLiteral("format")].toString(), QStringLiteral("daemonscope-doctor"));
        QCOMPARE(outcome.exitCode, report[QStringLiteral("ok")].toBool() ? 0 : 1);
        QVERIFY(trial::run({{program, "--help"}}).out.contains("doctor"));
    }
    void wrongCalls()
    {
        QCOMPARE(run({}, {"--format", "xml"}).exitCode, 2);
        QCOMPARE(run({}, {"--help"}).exitCode, 0);
    }
    void leavesNothing() { QVERIFY(bench_.leftovers().empty()); }
};

QTEST_GUILESS_MAIN(DoctorTest)
#include "tst_doctor.moc"
