// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands that read recordings say of files that are cut off, or no recordings.

#include "trial.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using trial::Words;

class UnreadableRecordingsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    /// The first `size` bytes of the recording; its name.
    [[nodiscard]] std::string cutAt(qint64 size) const
    {
        const std::string name = bench_.path("cut.dscope");
        QFile::remove(QString::fromStdString(name));
        QFile file(QString::fromStdString(name));
        if (!QFile::copy(QString::fromStdString(bench_.recording()), file.fileName()) || !file.resize(size))
            qFatal("cannot cut a recording");
        return name;
    }
    /// The calls of all commands that read `file`; the picture goes to no.png.
    [[nodiscard]] QList<Words> callsOn(const std::string& file) const
    {
        return {{"report", file}, {"report", file, "--format", "json"}, {"output", file}, {"events", file},
            {"screenshot", file, "-o", bench_.path("no.png")}};
    }
    void refusedByAll(const std::string& file, const QByteArray& message) const
    {
        for (const Words& call : callsOn(file)) {
            const trial::Outcome outcome = bench_.daemonscope(call);
            const QByteArray told = QByteArray::fromStdString(call.front()) + ": " + outcome.end() + ": " + outcome.err;
            QVERIFY2(outcome.exitCode == 125, told.constData());
            QVERIFY2(outcome.err.contains(message), told.constData());
            QVERIFY2(outcome.err.contains(QByteArray::fromStdString(file)), told.constData());
            QCOMPARE(outcome.out, QByteArray());
        }
        QVERIFY(!QFile::exists(QString::fromStdString(bench_.path("no.png"))));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        const trial::Outcome outcome = bench_.daemonscope({"record", "-o", bench_.recording(), "--", "sh", "-c",
            "i=0; while [ $i -lt 40 ]; do ls /; i=$((i+1)); done"});
        QVERIFY2(outcome.end() == "exit 0", outcome.err.constData());
    }

    void unreadable_data()
    {
        QTest::addColumn<QByteArray>("contents"); ///< null: there is no such file
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("missing") << QByteArray() << QByteArray("No such file");
        QTest::newRow("empty") << QByteArray("") << QByteArray("it is empty");
        QTest::newRow("foreign") << QByteArray(9000, 'x') << QByteArray("is not a daemonscope recording");
    }

    void unreadable()
    {
        QFETCH(const QByteArray, contents);
        QFETCH(const QByteArray, message);
        QFile file(QString::fromStdString(bench_.path("unreadable.dscope")));
        if (!contents.isNull())
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size());
        file.close();
        refusedByAll(file.fileName().toStdString(), message);
        QFile::remove(file.fileName());
    }

    void cutBeforeItsFirstRecord()
    {
        refusedByAll(cutAt(20), "is truncated: it ends at byte 20, within its header");
        for (const qint64 size : {qint64{3000}, qint64{4096}, qint64{4100}})
            refusedByAll(cutAt(size), "not one record of it can be read");
    }

    void cutInTheMiddle()
    {
        const qint64 size = QFile(QString::fromStdString(bench_.recording())).size() * 2 / 3;
        const std::string cut = cutAt(size);
        for (const Words& call : callsOn(cut)) {
            const trial::Outcome outcome = bench_.daemonscope(call);
            QVERIFY2(outcome.end() == "exit 0", outcome.err.constData());
            static const QRegularExpression note(
                QStringLiteral("^daemonscope: note: .*is truncated: it ends at byte (\\d+)"));
            const auto match = note.match(QString::fromUtf8(outcome.err));
            QVERIFY2(match.hasMatch(), outcome.err.constData());
            QVERIFY(match.captured(1).toLongLong() <= size);
        }
        QVERIFY(QFile::remove(QString::fromStdString(bench_.path("no.png"))));
        const QJsonObject told =
            QJsonDocument::fromJson(bench_.daemonscope({"report", cut, "--format", "json"}).out).object();
        QVERIFY(!told.value(QLatin1String("processes")).toArray().isEmpty());
        QCOMPARE(told.value(QLatin1String("program")).toObject().value(QLatin1String("complete")), QJsonValue(false));
    }
};

QTEST_GUILESS_MAIN(UnreadableRecordingsTest)
#include "tst_unreadable_recordings.moc"
