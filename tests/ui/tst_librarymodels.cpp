// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The library's lists: lessons, and recordings that are remembered.
#include "scenario/lessons.h"
#include "ui/model/librarymodel.h"
#include "ui/model/libraryprogram.h"
#include "ui/model/libraryrecent.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

using namespace daemonscope;

namespace {
LibraryLesson lessonOf(int number, const QString& name)
{
    LibraryLesson lesson;
    lesson.number = number;
    lesson.name = name;
    lesson.title = QStringLiteral("Title of ") + name;
    lesson.question = QStringLiteral("Why ") + name + QLatin1Char('?');
    lesson.engines = {LessonEngine::Native, LessonEngine::Python};
    lesson.startMethods = QStringList{QStringLiteral("fork"), QStringLiteral("spawn")};
    return lesson;
}

QDateTime day(int number)
{
    return {QDate(2026, 3, number), QTime(12, 0), QTimeZone::utc()};
}
} // namespace

class TestLibraryModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lessonsStandInTheOrderOfTheCourse()
    {
        LibraryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setLessons({lessonOf(12, QStringLiteral("late")), lessonOf(2, QStringLiteral("early"))});
        QCOMPARE(model.rowCount(), 2);
        const QModelIndex first = model.index(0);
        QCOMPARE(first.data().toString(), QStringLiteral("Title of early"));
        QCOMPARE(first.data(LibraryModel::NumberRole).toInt(), 2);
        QCOMPARE(first.data(LibraryModel::QuestionRole).toString(), QStringLiteral("Why early?"));
        QCOMPARE(first.data(LibraryModel::MethodsRole).toString(), QStringLiteral("fork, spawn"));
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString(), QStringLiteral("Lesson 2, Title of early. Why early?"));
        QCOMPARE(model.indexOf(QStringLiteral("late")).row(), 1);
        QVERIFY(!model.indexOf(QStringLiteral("none")).isValid());
        QVERIFY(!model.lesson({}));
        model.setLessons({});
        QCOMPARE(model.rowCount(), 0);
    }

    void aLessonIsShownAsItWasRead()
    {
        scenario::Lesson read;
        read.name = "cut-off";
        read.number = 8;
        read.title = "Cut off \xE2\x9C\x82";
        read.duration = "4 s";
        read.markdown = "# Body\n";
        read.engines = {"python", "native"};
        read.startMethods = {"spawn", "fork"};
        const LibraryLesson shown = libraryLesson(read);
        QCOMPARE(shown.number, 8);
        QCOMPARE(shown.title, QString::fromUtf8("Cut off \xE2\x9C\x82"));
        QCOMPARE(shown.duration, QStringLiteral("4 s"));
        QCOMPARE(shown.body, QStringLiteral("# Body\n"));
        QVERIFY((shown.engines == std::vector{LessonEngine::Python, LessonEngine::Native}));
        QCOMPARE(shown.startMethods, (QStringList{QStringLiteral("spawn"), QStringLiteral("fork")}));
        read.engines = {"python"};
        QVERIFY((libraryLesson(read).engines == std::vector{LessonEngine::Python}));
    }

    void aChoiceIsKeptWhereTheLessonOffersIt()
    {
        LibraryLesson lesson = lessonOf(1, QStringLiteral("one"));
        const LessonChoice wish{QStringLiteral("other"), LessonEngine::Python, QStringLiteral("forkserver")};
        LessonChoice got = nearestChoice(lesson, wish);
        QCOMPARE(got.lesson, QStringLiteral("one"));
        QVERIFY(got.engine == LessonEngine::Python);
        QCOMPARE(got.startMethod, QStringLiteral("fork"));
        lesson.engines = {LessonEngine::Native};
        lesson.startMethods << QStringLiteral("forkserver");
        got = nearestChoice(lesson, wish);
        QVERIFY(got.engine == LessonEngine::Native);
        QCOMPARE(got.startMethod, QStringLiteral("forkserver"));
    }

    void aProgramIsWrittenInThreeLanguages()
    {
        LibraryLesson lesson = lessonOf(1, QStringLiteral("one"));
        lesson.scenarioFile = write(QStringLiteral("scenario.yaml"),
            "title: One\nmain:\n  - create: {process: p, target: f, daemon: yes}\n  - start: p\n"
            "functions:\n  f:\n    - print: \"{name} speaks\"\n");
        LibraryProgram program = programOf(lesson, {});
        QVERIFY2(program.error.isEmpty(), qPrintable(program.error));
        QVERIFY(program.python.contains(QStringLiteral("import multiprocessing")));
        QVERIFY(program.cpp.contains(QStringLiteral("#include")));
        QVERIFY(program.yaml.startsWith(QStringLiteral("title: One")));
        QVERIFY(!program.python.contains(QStringLiteral("forkserver")));
        program = programOf(lesson, QStringLiteral("forkserver"));
        QVERIFY(program.python.contains(QStringLiteral("forkserver")));
        QVERIFY(program.cpp.contains(QStringLiteral("forkserver"), Qt::CaseInsensitive));

        lesson.scenarioFile = write(QStringLiteral("wrong.yaml"), "title: One\nmain:\n  - jump: 3\n");
        program = programOf(lesson, QStringLiteral("fork"));
        QVERIFY2(program.error.contains(QStringLiteral("wrong.yaml:3")), qPrintable(program.error));
        QVERIFY(program.python.isEmpty() && program.cpp.isEmpty());
        QVERIFY(program.yaml.contains(QStringLiteral("jump")));

        lesson.scenarioFile = directory_.filePath(QStringLiteral("none.yaml"));
        QVERIFY(programOf(lesson, {}).error.contains(QStringLiteral("none.yaml")));
    }

    void theLatestRecordingStandsFirst()
    {
        LibraryRecent recent;
        QAbstractItemModelTester tester(&recent, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QString a = write(QStringLiteral("a.dscope"), "");
        const QString b = write(QStringLiteral("b.dscope"), "");
        recent.add(a, QStringLiteral("python3 a.py"), day(1));
        recent.add(b, {}, day(2));
        QCOMPARE(recent.rowCount(), 2);
        QCOMPARE(recent.index(0).data().toString(), QStringLiteral("b.dscope"));
        // Once more: it moves up, and what was known of it stays.
        recent.add(a, {}, day(3));
        QCOMPARE(recent.rowCount(), 2);
        QCOMPARE(recent.index(0).data(LibraryRecent::PathRole).toString(), a);
        QCOMPARE(recent.index(0).data(LibraryRecent::ProgramRole).toString(), QStringLiteral("python3 a.py"));
        for (int i = 0; i < 2 * LibraryRecent::kMost; ++i)
            recent.add(directory_.filePath(QStringLiteral("%1.dscope").arg(i)), {}, day(4));
        QCOMPARE(recent.rowCount(), LibraryRecent::kMost);
        const QString gone = recent.index(1).data(LibraryRecent::PathRole).toString();
        recent.forget(gone);
        QCOMPARE(recent.rowCount(), LibraryRecent::kMost - 1);
        QVERIFY(!recent.indexOf(gone).isValid());
        recent.forget(gone);
        QCOMPARE(recent.rowCount(), LibraryRecent::kMost - 1);
    }

    void aMissingFileIsMarked()
    {
        LibraryRecent recent;
        QAbstractItemModelTester tester(&recent, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QString path = write(QStringLiteral("here.dscope"), "");
        recent.add(path, {}, day(1));
        QVERIFY(!recent.index(0).data(LibraryRecent::MissingRole).toBool());
        QSignalSpy changed(&recent, &QAbstractItemModel::dataChanged);
        recent.refresh();
        QCOMPARE(changed.count(), 0);
        QVERIFY(QFile::remove(path));
        recent.refresh();
        QCOMPARE(changed.count(), 1);
        QVERIFY(recent.index(0).data(LibraryRecent::MissingRole).toBool());
        QVERIFY(recent.index(0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("missing")));
    }

    void theListOutlivesTheProgram()
    {
        const QString file = directory_.filePath(QStringLiteral("settings.ini"));
        const QString path = write(QStringLiteral("kept.dscope"), "");
        {
            LibraryRecent recent;
            recent.useSettings(settings(file));
            recent.add(path, QStringLiteral("sh -c 'a b'"), day(5));
            // Another window, which knows nothing of the first one's list yet.
            LibraryRecent other;
            other.useSettings(settings(file));
            other.add(directory_.filePath(QStringLiteral("other.dscope")), {}, day(6));
            recent.add(directory_.filePath(QStringLiteral("third.dscope")), {}, day(7));
            QCOMPARE(recent.rowCount(), 3);
        }
        LibraryRecent recent;
        QAbstractItemModelTester tester(&recent, QAbstractItemModelTester::FailureReportingMode::QtTest);
        recent.useSettings(settings(file));
        QCOMPARE(recent.rowCount(), 3);
        const RecentRecording* last = recent.recording(recent.indexOf(path));
        QVERIFY(last);
        QCOMPARE(last->program, QStringLiteral("sh -c 'a b'"));
        QCOMPARE(last->used, day(5));
        QVERIFY(!last->missing);
    }

    void strangeSettingsDoNoHarm()
    {
        const QString file = write(QStringLiteral("strange.ini"),
            "[recentRecordings]\nsize=1000000000\n1\\path=relative.dscope\n2\\path=/no/such\\x1b.dscope\n"
            "2\\used=yesterday\n3\\path=\n");
        LibraryRecent recent;
        recent.useSettings(settings(file));
        QCOMPARE(recent.rowCount(), 1);
        const QString name = recent.index(0).data().toString();
        QVERIFY2(!name.contains(QChar(0x1b)), qPrintable(name));
        QVERIFY(recent.index(0).data(LibraryRecent::MissingRole).toBool());
    }

private:
    QString write(const QString& name, const QByteArray& content)
    {
        QFile file(directory_.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write a file for the test");
        return file.fileName();
    }
    static std::unique_ptr<QSettings> settings(const QString& file)
    {
        return std::make_unique<QSettings>(file, QSettings::IniFormat);
    }

    QTemporaryDir directory_;
};

QTEST_GUILESS_MAIN(TestLibraryModels)
#include "tst_librarymodels.moc"
