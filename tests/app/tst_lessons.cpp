// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lessons on the command line: lessons, lesson, and --lesson of record, run and screenshot.

#include "scenario/lessons.h"
#include "trial.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using trial::Words;

class LessonsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] trial::Outcome daemonscope(const Words& words) const { return bench_.daemonscope(words); }

    [[nodiscard]] QJsonObject report(const std::string& recording) const
    {
        return QJsonDocument::fromJson(daemonscope({"report", recording, "--format", "json"}).out).object();
    }

private Q_SLOTS:
    void cleanup()
    {
        QVERIFY2(QDir(bench_.runtimeFolder()).isEmpty(), "files of a run are left behind");
        QVERIFY(bench_.leftovers().empty());
    }

    void listsThem()
    {
        const trial::Outcome json = daemonscope({"lessons", "--format", "json"});
        QCOMPARE(json.end(), QByteArray("exit 0"));
        const QJsonArray lessons =
            QJsonDocument::fromJson(json.out).object().value(QStringLiteral("lessons")).toArray();
        const QByteArrayList course{"is-this-a-daemon", "inherited-flag", "daemon-by-constructor", "daemon-by-property",
            "flag-after-start", "no-children-for-daemons", "flag-of-main", "daemon-cut-off", "worker-waited-for",
            "daemons-first", "background-work", "threads-and-a-lock", "background-service", "start-methods",
            "inherited-handler", "orphans", "lock-of-the-dead", "unseen-children", "lost-output", "nested-ends",
            "join-with-a-timeout", "exit-codes"};
        QByteArrayList names;
        for (const QJsonValue& lesson : lessons)
            names << lesson.toObject().value(QStringLiteral("name")).toString().toUtf8();
        QCOMPARE(names, course);
        const trial::Outcome text = daemonscope({"lessons"});
        for (int i = 0; i < lessons.size(); ++i) {
            const QJsonObject lesson = lessons.at(i).toObject();
            QCOMPARE(lesson.value(QStringLiteral("number")).toInt(), i + 1);
            for (const char* key : {"name", "title", "question"})
                QVERIFY2(!lesson.value(QLatin1String(key)).toString().isEmpty(), key);
            for (const char* key : {"engines", "start_methods"})
                QVERIFY2(!lesson.value(QLatin1String(key)).toArray().isEmpty(), key);
            QVERIFY(text.out.contains(lesson.value(QStringLiteral("name")).toString().toUtf8()));
            // What the program is called is what the lesson is called.
            const QByteArray program = daemonscope({"lesson", std::to_string(i + 1), "--as", "yaml"}).out;
            const QByteArray title = "\ntitle: " + lesson.value(QStringLiteral("title")).toString().toUtf8() + '\n';
            QVERIFY2(program.contains(title), title.constData());
        }
    }

    /// What to watch, one question before the run, its answer after it, and a page to read.
    void eachAsksAndAnswers()
    {
        const auto lessons = daemonscope::scenario::readLessons(DAEMONSCOPE_SOURCE_DIR "/resources/lessons");
        QVERIFY(lessons.ok());
        for (const auto& lesson : lessons.value()) {
            QVERIFY2(
                std::ranges::count(lesson.question, '?') == 1 && lesson.question.back() == '?', lesson.name.c_str());
            QVERIFY2(!lesson.watch.empty() && !lesson.answer.empty(), lesson.name.c_str());
            QVERIFY2(!lesson.markdown.empty(), lesson.name.c_str());
        }
    }

    void printsOne_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("python") << QByteArray("python") << QByteArray("if __name__ == \"__main__\":");
        QTest::newRow("cpp") << QByteArray("cpp") << QByteArray("runMain");
        QTest::newRow("yaml") << QByteArray("yaml") << QByteArray("daemon: yes");
        QTest::newRow("markdown") << QByteArray("markdown") << QByteArray("# 8. A daemon that counts");
    }

    void printsOne()
    {
        QFETCH(const QByteArray, form);
        QFETCH(const QByteArray, part);
        const trial::Outcome byName = daemonscope({"lesson", "daemon-cut-off", "--as", form.toStdString()});
        QCOMPARE(byName.end(), QByteArray("exit 0"));
        QVERIFY2(byName.out.contains(part), byName.out.constData());
        QCOMPARE(daemonscope({"lesson", "8", "--as", form.toStdString()}).out, byName.out);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArrayList>("words");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArrayList& words, const char* message) {
            QTest::newRow(name) << words << QByteArray(message);
        };
        row("unknown lesson", {"lesson", "daemon-cut-of", "--as", "yaml"}, "did you mean 'daemon-cut-off'?");
        row("unknown number", {"record", "--lesson", "999"}, "there is no lesson '999'");
        row("unknown lesson to run", {"run", "--lesson", "cut"}, "did you mean 'daemon-cut-off'?");
        row("no form", {"lesson", "8"}, "--as");
        row("unknown form", {"lesson", "8", "--as", "cobol"}, "--as");
        row("unknown start method", {"record", "--lesson", "8", "--start-method", "thread"}, "not 'thread'");
        row("a start method that is not offered", {"record", "--lesson=start-methods", "--start-method=spawn"},
            "is for the start method fork, not 'spawn'");
        row("unknown engine", {"run", "--lesson", "8", "--engine", "ruby"}, "engines native and python, not 'ruby'");
        row("engine without a lesson", {"record", "--engine", "native", "--", "true"}, "--lesson NAME");
        row("lesson and program", {"record", "--lesson", "8", "--", "true"}, "leave out 'true'");
        row("no value", {"record", "--lesson"}, "--lesson needs a value");
        row("lesson and recording", {"screenshot", "x.dscope", "--lesson", "8", "-o", "x.png"}, "either");
        row("unknown option", {"record", "--nonsense", "--lesson", "8"}, "--nonsense");
    }

    void refuses()
    {
        QFETCH(const QByteArrayList, words);
        QFETCH(const QByteArray, message);
        Words command;
        for (const QByteArray& word : words)
            command.push_back(word.toStdString());
        const trial::Outcome outcome = daemonscope(command);
        QCOMPARE(outcome.end(), QByteArray("exit 2"));
        QCOMPARE(outcome.out, QByteArray());
        QVERIFY2(outcome.err.contains(message), outcome.err.constData());
    }

    void records_data()
    {
        QTest::addColumn<QByteArray>("engine");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("as is usual") << QByteArray() << QByteArray() << QByteArray("daemonscope-engine");
        QTest::newRow("native") << QByteArray("native") << QByteArray("spawn") << QByteArray("daemonscope-engine");
        QTest::newRow("python") << QByteArray("python") << QByteArray("spawn") << QByteArray("is-this-a-daemon.py");
    }

    void records()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        QFETCH(const QByteArray, engine);
        QFETCH(const QByteArray, method);
        QFETCH(const QByteArray, program);
        Words words{"record", "--force", "-o", bench_.recording(), "--python", trial::python(), "--lesson", "1"};
        if (!engine.isEmpty())
            words.insert(words.end(), {"--engine", engine.toStdString(), "--start-method", method.toStdString()});
        const trial::Outcome outcome = daemonscope(words);
        QCOMPARE(outcome.end(), QByteArray("exit 0"));
        QCOMPARE(outcome.out,
            QByteArray("MainProcess: am I a daemon? False. Who started me? None\n"
                       "child: am I a daemon? False. Who started me? MainProcess\n"
                       "helper: am I a daemon? True. Who started me? MainProcess\n"
                       "MainProcess: both have ended, and so do I\n"));
        const QJsonObject told = report(bench_.recording());
        QByteArray argv;
        for (const QJsonValue& word :
            told.value(QStringLiteral("program")).toObject().value(QStringLiteral("argv")).toArray())
            argv += word.toString().toUtf8() + ' ';
        QVERIFY2(argv.contains(program), argv.constData());
        const QJsonArray processes = told.value(QStringLiteral("processes")).toArray();
        QStringList methods;
        for (const QJsonValue& process : processes) {
            const QString started = process.toObject().value(QStringLiteral("start_method")).toString();
            if (!started.isEmpty())
                methods << started;
        }
        const QString expected = method.isEmpty() ? QStringLiteral("fork") : QString::fromLatin1(method);
        QCOMPARE(methods, (QStringList{expected, expected}));
    }

    void namesTheRecordingAndLeavesNothingElse()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        const QDir folder(QString::fromStdString(bench_.path("")));
        const QStringList before = folder.entryList(QDir::Files);
        QCOMPARE(daemonscope({"record", "--lesson", "19"}).end(), QByteArray("exit 0")); // it writes files
        QStringList after = folder.entryList(QDir::Files);
        for (const QString& name : before)
            after.removeOne(name);
        QCOMPARE(after.size(), 1);
        QVERIFY2(after.front().startsWith(QLatin1String("daemonscope-lost-output.")), qPrintable(after.front()));
        QVERIFY(QFile::remove(folder.filePath(after.front())));
    }

    void runsAndDraws()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        const std::string picture = bench_.path("run.png");
        const trial::Outcome run =
            daemonscope({"run", "--headless", "--lesson", "is-this-a-daemon", "--screenshot", picture});
        QVERIFY2(run.end() == "exit 0", run.err.constData());
        QVERIFY2(run.out.contains("helper"), run.out.constData());
        // The question before the run, the answer behind all that it showed, and nothing of it earlier.
        QVERIFY2(run.out.startsWith("Lesson 1: Is this process a daemon?\nQuestion: "), run.out.constData());
        const qsizetype answer = run.out.indexOf("\nAnswer: No. Main is not a daemon");
        QVERIFY2(run.out.indexOf("What to watch: ") > 0 && answer > run.out.indexOf("helper"), run.out.constData());
        QVERIFY2(answer < run.out.indexOf("A picture of the window: "), run.out.constData());
        for (const QByteArray& line : run.out.left(run.out.indexOf("\n\n")).split('\n'))
            QVERIFY2(line.size() <= 80, line.constData());
        QVERIFY(!QImage(QString::fromStdString(picture)).isNull());
        const std::string other = bench_.path("shot.png");
        const trial::Outcome shot =
            daemonscope({"screenshot", "--lesson", "1", "--engine", "python", "--reproducible", "-o", other});
        QVERIFY2(shot.end() == "exit 0", shot.err.constData());
        QCOMPARE(QImage(QString::fromStdString(other)).size(), QSize(1440, 1000));
    }

    void frontMatter_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message"); ///< empty: it can be read
        const auto row = [](const char* name, const char* text, const char* message) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(message);
        };
        row("least", "---\ntitle: T\nquestion: Q?\n---\nwords\n", "");
        row("below a comment", "<!--\nlicence\n-->\n\n---\ntitle: T\nquestion: Q?\n---\nwords\n", "");
        row("empty", "", "l.md:1:1: expected front matter");
        row("none", "# words\n", "l.md:1:1: expected front matter");
        row("no end", "---\ntitle: T\n", "has no end");
        row("no title", "---\nquestion: Q?\n---\n", "no title");
        row("wrong method", "---\ntitle: T\nquestion: Q?\nstart_methods: [thread]\n---\n", "l.md:4:17: 'thread'");
        row("no engine", "---\ntitle: T\nquestion: Q?\nengines: []\n---\n", "l.md:4:");
        row("wrong number", "---\nnumber: -1\ntitle: T\nquestion: Q?\n---\n", "l.md:2:9: the number");
    }

    void frontMatter()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, message);
        const auto lesson = daemonscope::scenario::parseLesson(text.toStdString(), "l.md");
        QCOMPARE(lesson.ok(), message.isEmpty());
        if (!lesson.ok()) {
            QVERIFY2(lesson.error().message.find(message.toStdString()) != std::string::npos,
                lesson.error().message.c_str());
            return;
        }
        QCOMPARE(lesson.value().markdown, std::string("words\n"));
        QCOMPARE(lesson.value().title, std::string("T"));
        QCOMPARE(lesson.value().startMethods.front(), std::string("fork"));
        QCOMPARE(lesson.value().engines.front(), std::string("native"));
    }
};

QTEST_GUILESS_MAIN(LessonsTest)
#include "tst_lessons.moc"
