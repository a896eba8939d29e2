// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What report, output and events say of recordings of real programs.

#include "trial.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTest>

using trial::Words;

namespace {

/// What each daemon of family.py writes.
const QByteArray kWritten("\x00\xff\xfe no text \x80\nand no newline at its end", 39);

QJsonObject jsonOf(const QByteArray& text)
{
    return QJsonDocument::fromJson(text).object();
}

/// "exit 3", "SIGTERM"; "runs" without an end.
QString endOf(const QJsonObject& process)
{
    const QJsonObject exit = process.value(QLatin1String("exit")).toObject();
    if (exit.contains(QLatin1String("signal")))
        return exit.value(QLatin1String("signal")).toString();
    return exit.isEmpty() ? QStringLiteral("runs")
                          : QStringLiteral("exit %1").arg(exit.value(QLatin1String("code")).toInt());
}

/// The processes of a JSON report.
class Report {
public:
    explicit Report(const QByteArray& json)
        : processes_(jsonOf(json).value(QLatin1String("processes")).toArray())
    {
    }

    [[nodiscard]] QList<QJsonObject> processes() const
    {
        QList<QJsonObject> list;
        for (const QJsonValue& process : processes_)
            list << process.toObject();
        return list;
    }
    [[nodiscard]] QString nameOf(const QJsonValue& id) const
    {
        for (const QJsonObject& process : processes()) {
            if (id.isDouble() && process.value(QLatin1String("id")) == id)
                return process.value(QLatin1String("name")).toString();
        }
        return id.isNull() ? QStringLiteral("nobody") : id.toVariant().toString();
    }
    /// "Process-1: child of MainProcess by fork (kernel: MainProcess), daemon by constructor; SIGTERM, exit sequence of
    /// MainProcess by SIGTERM".
    [[nodiscard]] QString lineOf(const QJsonObject& process) const
    {
        const auto text = [&process](const char* key) { return process.value(QLatin1String(key)).toString(); };
        QString line = text("name") + QStringLiteral(": ") + text("role") + QStringLiteral(" of ")
            + nameOf(process.value(QLatin1String("parent")));
        if (const QString method = text("start_method"); !method.isEmpty())
            line += QStringLiteral(" by ") + method;
        line += QStringLiteral(" (kernel: %1), ").arg(nameOf(process.value(QLatin1String("kernel_parent"))));
        line += (process.value(QLatin1String("daemon")).toBool() ? QStringLiteral("daemon by ")
                                                                 : QStringLiteral("no daemon by "))
            + text("daemon_origin") + QStringLiteral("; ") + endOf(process);
        const QJsonObject by = process.value(QLatin1String("ended_by")).toObject();
        if (!by.isEmpty()) {
            line += QStringLiteral(", %1 of %2 by %3")
                        .arg(by.value(QLatin1String("how")).toString(), nameOf(by.value(QLatin1String("process"))),
                            by.value(QLatin1String("signal")).toString());
        }
        return line;
    }
    /// Of the processes that multiprocessing knows; what helps them is not the same in all Pythons.
    [[nodiscard]] QStringList family() const
    {
        QStringList lines;
        for (const QJsonObject& process : processes()) {
            const QString role = process.value(QLatin1String("role")).toString();
            if (role == QLatin1String("main") || role == QLatin1String("child"))
                lines << lineOf(process);
        }
        return lines;
    }

private:
    QJsonArray processes_;
};

} // namespace

class ReadingCommandsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] std::string path(const QByteArray& name) const { return bench_.path(name.toStdString()); }
    [[nodiscard]] QByteArray record(const QByteArray& name, const Words& program, QByteArray* output = nullptr) const
    {
        Words words{"record", "-o", path(name), "--"};
        words.insert(words.end(), program.begin(), program.end());
        const trial::Outcome outcome = bench_.daemonscope(words);
        if (output)
            *output = outcome.out;
        return outcome.end() == "exit 0" ? QByteArray() : outcome.end() + ": " + outcome.err;
    }
    [[nodiscard]] QByteArray recordPython(const QByteArray& name, const char* script, const char* argument) const
    {
        return record(
            name, {trial::python(), trial::sourceFile("tests/fixtures/python/" + std::string(script)), argument});
    }
    [[nodiscard]] Report report(const QByteArray& name) const
    {
        return Report(bench_.daemonscope({"report", path(name), "--format", "json"}).out);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        for (const char* method : {"fork", "spawn", "forkserver"}) {
            QByteArray output;
            const QByteArray failure = record(
                method, {trial::python(), trial::sourceFile("tests/fixtures/python/family.py"), method}, &output);
            QVERIFY2(failure.isEmpty(), failure.constData());
            QCOMPARE(output, kWritten); // through the recorder, too
        }
    }
    void cleanupTestCase()
    {
        QVERIFY(QDir(bench_.runtimeFolder()).isEmpty());
        QVERIFY(bench_.leftovers().empty());
    }

    void everyStartMethod_data()
    {
        QTest::addColumn<QByteArray>("kernelParent");
        QTest::newRow("fork") << QByteArray("MainProcess");
        QTest::newRow("spawn") << QByteArray("MainProcess");
        QTest::newRow("forkserver") << QByteArray("fork server");
    }

    void everyStartMethod()
    {
        QFETCH(const QByteArray, kernelParent);
        const QString method = QString::fromLatin1(QTest::currentDataTag());
        const QString born = QStringLiteral(": child of MainProcess by %1 (kernel: %2), ")
                                 .arg(method, QString::fromLatin1(kernelParent));
        const QString ended = QStringLiteral("; SIGTERM, exit sequence of MainProcess by SIGTERM");
        const Report told = report(QTest::currentDataTag());
        QCOMPARE(told.family().join(QLatin1Char('\n')),
            (QStringList{QStringLiteral("MainProcess: main of nobody (kernel: nobody), no daemon by default; exit 0"),
                 QStringLiteral("Process-1") + born + QStringLiteral("daemon by constructor") + ended,
                 QStringLiteral("Process-2") + born + QStringLiteral("daemon by property") + ended,
                 QStringLiteral("Process-3") + born + QStringLiteral("no daemon by default; exit 3")})
                .join(QLatin1Char('\n')));
        for (const QJsonObject& process : told.processes()) {
            const QString name = process.value(QLatin1String("name")).toString();
            QVERIFY(process.value(QLatin1String("pid")).toInt() > 0);
            QVERIFY2(process.value(QLatin1String("ended_ns")).toDouble()
                    > process.value(QLatin1String("born_ns")).toDouble(),
                qPrintable(name));
        }
        // Under fork it needs no helpers.
        QCOMPARE(told.processes().size() > told.family().size(), method != QLatin1String("fork"));
    }

    void textReport()
    {
        const trial::Outcome outcome = bench_.daemonscope({"report", path("fork"), "--format", "text"});
        QCOMPARE(outcome.end(), QByteArray("exit 0"));
        QCOMPARE(outcome.err, QByteArray());
        const QByteArray& text = outcome.out;
        const QByteArray tree = text.left(text.indexOf("\nVerdicts\n"));
        for (const char* row : {R"(\nMainProcess +\d+ +main \(non-daemon\) .* finished, exit 0\n)",
                 R"(Process-1 +\d+ +daemon .* SIGTERM +killed by SIGTERM\n)",
                 R"(Process-2 +\d+ +daemon .* SIGTERM +killed by SIGTERM\n)",
                 R"(Process-3 +\d+ +non-daemon .* finished, exit 3\n)"})
            QVERIFY2(QRegularExpression(QLatin1String(row)).match(QString::fromUtf8(tree)).hasMatch(), row);
        QVERIFY2(
            text.contains("Process-1 (daemon) was ended by SIGTERM from MainProcess, whose exit sequence terminates"),
            text.constData());
        QVERIFY2(text.contains("\nFindings\n"), text.constData());
    }

    void pools()
    {
        QCOMPARE(recordPython("pool", "pools.py", "pool"), QByteArray());
        const Report told = report("pool");
        const QStringList lines = told.family();
        QCOMPARE(lines.size(), 4);
        // Whether a worker leaves by itself before the pool terminates it is a matter of luck.
        const QRegularExpression worker(
            QStringLiteral(R"(^\w*PoolWorker-[123]: child of MainProcess by \w+ \(kernel: .*\), daemon by property; )"
                           R"((exit 0|SIGTERM, terminate of MainProcess by SIGTERM)$)"));
        for (const QString& line : lines.mid(1))
            QVERIFY2(worker.match(line).hasMatch(), qPrintable(line));
        QVERIFY2(!told.processes().front().value(QLatin1String("threads")).toArray().isEmpty(), "the pool has threads");
    }

    void executors()
    {
        QCOMPARE(recordPython("executor", "pools.py", "executor"), QByteArray());
        const QStringList lines = report("executor").family();
        QVERIFY(lines.size() == 2 || lines.size() == 3); // it starts no more workers than it needs
        const QRegularExpression worker(QStringLiteral(
            R"(^\w*Process-[12]: child of MainProcess by \w+ \(kernel: .*\), no daemon by \w+; exit 0$)"));
        for (const QString& line : lines.mid(1))
            QVERIFY2(worker.match(line).hasMatch(), qPrintable(line));
    }

    void output_data()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("stdout") << QByteArrayList{"--stream", "stdout"} << kWritten;
        QTest::newRow("of a process") << QByteArrayList{"--process", "Process-1"} << kWritten;
        QTest::newRow("by its id") << QByteArrayList{"--process", "1"} << kWritten;
        QTest::newRow("of a stream") << QByteArrayList{"--process", "Process-2", "--stream", "stderr"} << kWritten;
        QTest::newRow("of the other") << QByteArrayList{"--process", "Process-2", "--stream=stdout"} << QByteArray();
        QTest::newRow("of a silent one") << QByteArrayList{"--process", "MainProcess"} << QByteArray();
    }

    void output()
    {
        QFETCH(const QByteArrayList, options);
        QFETCH(const QByteArray, bytes);
        Words words{"output", path("fork")};
        for (const QByteArray& option : options)
            words.push_back(option.toStdString());
        const trial::Outcome outcome = bench_.daemonscope(words);
        QCOMPARE(outcome.end(), QByteArray("exit 0"));
        QCOMPARE(outcome.out, bytes);
        QCOMPARE(outcome.err, QByteArray());
    }

    /// In order of time: each of the two writes its line and then the rest, while the other may write, too.
    void outputOfAll()
    {
        const trial::Outcome outcome = bench_.daemonscope({"output", path("fork")});
        QCOMPARE(outcome.end(), QByteArray("exit 0"));
        const qsizetype line = kWritten.indexOf('\n') + 1;
        const QByteArray together = kWritten.left(line) + kWritten.left(line) + kWritten.mid(line) + kWritten.mid(line);
        QVERIFY2(outcome.out == kWritten + kWritten || outcome.out == together, outcome.out.toHex(' ').constData());
    }

    void outputOfNobody()
    {
        const trial::Outcome outcome = bench_.daemonscope({"output", path("fork"), "--process", "Process-9"});
        QCOMPARE(outcome.end(), QByteArray("exit 125"));
        QVERIFY2(outcome.err.contains("called 'Process-9'"), outcome.err.constData());
        QCOMPARE(outcome.out, QByteArray());
        QCOMPARE(bench_.daemonscope({"output", path("fork"), "--process", ""}).end(), QByteArray("exit 2"));
        QCOMPARE(bench_.daemonscope({"output", path("fork"), "--stream", "stdin"}).end(), QByteArray("exit 2"));
    }

    void events()
    {
        const auto linesOf = [this](const Words& options) {
            Words words{"events", path("spawn")};
            words.insert(words.end(), options.begin(), options.end());
            QByteArray out = bench_.daemonscope(words).out;
            out.chop(out.endsWith('\n') ? 1 : 0);
            return out.split('\n');
        };
        const QList<QByteArray> all = linesOf({"--format", "jsonl"});
        double before = 0;
        QSet<QString> kinds;
        for (const QByteArray& line : all) {
            const QJsonObject event = jsonOf(line);
            QVERIFY2(event.contains(QLatin1String("kind")), line.constData());
            const double time = event.value(QLatin1String("time_ns")).toDouble(-1);
            QVERIFY2(time >= before, line.constData());
            before = time;
            kinds << event.value(QLatin1String("kind")).toString();
        }
        for (const char* kind :
            {"recording-started", "born", "executed", "output-written", "signal-delivered", "exited"})
            QVERIFY2(kinds.contains(QLatin1String(kind)), kind);
        QCOMPARE(linesOf({}).size(), all.size());

        const QList<QByteArray> lives = linesOf({"--format", "jsonl", "--kind", "born,exited"});
        QMap<int, QStringList> kindsOf; // by process
        for (const QByteArray& line : lives) {
            const QJsonObject event = jsonOf(line);
            kindsOf[event.value(QLatin1String("process")).toInt(-1)] << event.value(QLatin1String("kind")).toString();
        }
        QCOMPARE(kindsOf.size(), report("spawn").processes().size());
        for (const QStringList& life : kindsOf)
            QCOMPARE(life, (QStringList{QStringLiteral("born"), QStringLiteral("exited")}));
        const trial::Outcome unknown = bench_.daemonscope({"events", path("spawn"), "--kind", "born,reborn"});
        QCOMPARE(unknown.end(), QByteArray("exit 2"));
        QVERIFY2(unknown.err.contains("reborn"), unknown.err.constData());
    }

    /// Another tree than Python's: make runs compilers, and these run others.
    void make()
    {
        const QStringList usual{QStringLiteral("/usr/bin")}; // not a cache that runs a compiler, or not
        const QString compiler = QStandardPaths::findExecutable(QStringLiteral("gcc"), usual);
        const QString make = QStandardPaths::findExecutable(QStringLiteral("make"), usual);
        if (compiler.isEmpty() || make.isEmpty())
            QSKIP("there is no gcc or no make in /usr/bin");
        const QString folder = QString::fromStdString(path("project"));
        QVERIFY(QDir().mkpath(folder));
        const auto write = [&folder](const char* name, const QByteArray& text) {
            QFile file(folder + QLatin1Char('/') + QLatin1String(name));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        QVERIFY(write("Makefile", "program: one.o two.o\n\t$(CC) -o $@ one.o two.o\n"));
        QVERIFY(write("one.c", "int two(void);\nint main(void) { return two(); }\n"));
        QVERIFY(write("two.c", "int two(void) { return 0; }\n"));
        QCOMPARE(
            record("make", {make.toStdString(), "-C", folder.toStdString(), "-j2", "CC=" + compiler.toStdString()}),
            QByteArray());
        const Report told = report("make");
        QMap<QString, int> counts; // of "name < parent < …"
        for (const QJsonObject& process : told.processes()) {
            QStringList line;
            QJsonValue id = process.value(QLatin1String("id"));
            while (id.isDouble()) {
                line << told.nameOf(id);
                id = told.processes().at(id.toInt()).value(QLatin1String("parent"));
            }
            ++counts[line.join(QStringLiteral(" < "))];
            QCOMPARE(endOf(process), QStringLiteral("exit 0"));
            QCOMPARE(process.value(QLatin1String("parent")), process.value(QLatin1String("kernel_parent")));
        }
        const QMap<QString, int> expected{{QStringLiteral("make"), 1}, {QStringLiteral("gcc < make"), 3},
            {QStringLiteral("cc1 < gcc < make"), 2}, {QStringLiteral("as < gcc < make"), 2},
            {QStringLiteral("collect2 < gcc < make"), 1}, {QStringLiteral("ld < collect2 < gcc < make"), 1}};
        QCOMPARE(counts, expected);
    }
};

QTEST_GUILESS_MAIN(ReadingCommandsTest)
#include "tst_reading_commands.moc"
