// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Python scripts end alike and print alike, tracebacks included, with and without the recorder and its hook.

#include "trial.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using trial::Words;

class PythonTransparencyTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    void compare(const Words& arguments, const QByteArray& input = {})
    {
        trial::Setup setup{{trial::python()}};
        setup.command.insert(setup.command.end(), arguments.begin(), arguments.end());
        setup.input = input;
        const trial::Outcome plain = trial::run(setup);
        const trial::Outcome recorded = bench_.record(setup);
        QVERIFY(!plain.timedOut);
        QCOMPARE(recorded.err, plain.err);
        QCOMPARE(recorded.out, plain.out);
        QCOMPARE(recorded.end(), plain.end());
        QCOMPARE(QDir{bench_.runtimeFolder()}.entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{});
        QVERIFY(bench_.leftovers().empty());
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        QVERIFY(!trial::python().empty());
    }

    void ends_data()
    {
        QTest::addColumn<std::string>("name");
        QFile script{QString::fromStdString(trial::sourceFile("tests/fixtures/python/ends.py"))};
        QVERIFY(script.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(script.readAll());
        const QRegularExpression definition{QStringLiteral("^def case_(\\w+)"), QRegularExpression::MultilineOption};
        for (auto match = definition.globalMatch(text); match.hasNext();) {
            const QString name = match.next().captured(1);
            if (name != u"interrupt_when_asleep")
                QTest::newRow(qPrintable(name)) << name.toStdString();
        }
    }

    void ends()
    {
        QFETCH(const std::string, name);
        compare({trial::sourceFile("tests/fixtures/python/ends.py"), name}, "three\nlines of\ninput");
    }

    void startMethods_data()
    {
        QTest::addColumn<std::string>("method");
        for (const char* const method : {"fork", "spawn", "forkserver"})
            QTest::newRow(method) << std::string{method};
    }

    void startMethods()
    {
        QFETCH(const std::string, method);
        compare({trial::sourceFile("tests/fixtures/python/methods.py"), method});
    }

    void pools_data()
    {
        QTest::addColumn<std::string>("kind");
        for (const char* const kind : {"pool", "closed_pool", "executor", "broken_executor", "manager"})
            QTest::newRow(kind) << std::string{kind};
    }

    void pools()
    {
        QFETCH(const std::string, kind);
        compare({trial::sourceFile("tests/fixtures/python/pools.py"), kind});
    }

    void waysToStart_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::newRow("-c") << QByteArrayList{"-c", "import sys; print(sys.argv, sys.flags.isolated)", "x"};
        QTest::newRow("-m") << QByteArrayList{"-m", "json.tool", "--compact"};
        QTest::newRow("stdin") << QByteArrayList{"-"};
        QTest::newRow("isolated") << QByteArrayList{"-I", "-c", "import sys; print(sys.path[0])"};
        QTest::newRow("without site") << QByteArrayList{"-S", "-c", "print(1)"};
        QTest::newRow("optimised") << QByteArrayList{"-OO", "-c", "assert 0; print(__debug__)"};
        QTest::newRow("warnings are errors") << QByteArrayList{"-W", "error", "-X", "dev", "-c", "print(1)"};
        QTest::newRow("no such file") << QByteArrayList{"nosuchscript.py"};
        QTest::newRow("version") << QByteArrayList{"--version"};
    }

    void waysToStart()
    {
        QFETCH(const QByteArrayList, arguments);
        Words words;
        for (const QByteArray& word : arguments)
            words.push_back(word.toStdString());
        compare(words, "[1, 2]\n");
    }

    void examples_data()
    {
        QTest::addColumn<std::string>("script");
        const QDir folder{QString::fromStdString(trial::sourceFile("resources/examples"))};
        const QStringList scripts = folder.entryList({QStringLiteral("*.py")}, QDir::Files);
        QVERIFY(!scripts.isEmpty());
        for (const QString& script : scripts)
            QTest::newRow(qPrintable(script)) << folder.filePath(script).toStdString();
    }

    /// Examples print from several processes at once, and which line comes first is theirs to say. Side by side, as
    /// they sleep most of the time.
    void examples()
    {
        QFETCH(const std::string, script);
        const trial::Setup setup{{trial::python(), script}};
        const auto sorted = [](const QByteArray& text) {
            QByteArrayList lines = text.split('\n');
            std::sort(lines.begin(), lines.end());
            return lines;
        };
        trial::Trial plainRun{setup};
        const trial::Outcome recorded = bench_.record(setup);
        const trial::Outcome plain = plainRun.finish();
        QCOMPARE(recorded.end(), plain.end());
        QCOMPARE(sorted(recorded.err), sorted(plain.err));
        QCOMPARE(sorted(recorded.out), sorted(plain.out));
        QVERIFY(bench_.leftovers().empty());
    }
};

QTEST_GUILESS_MAIN(PythonTransparencyTest)
#include "tst_transparency_python.moc"
