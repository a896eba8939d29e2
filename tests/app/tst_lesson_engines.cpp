// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every lesson, with every start method that it offers: the engine and Python do the same. DAEMONSCOPE_REPEAT=N lets
// each be recorded N times.

#include "lessonstory.h"
#include "scenario/lessoncommand.h"
#include "trial.h"

#include <QFile>
#include <QTest>

#include <atomic>
#include <map>
#include <thread>

namespace {
/// They mostly sleep; with more at a time, they would delay each other so much that it shows.
constexpr unsigned kAtATime = 6;

struct LessonRun {
    const daemonscope::scenario::Lesson* lesson = nullptr;
    std::string method;
    std::string engine;
    trial::LessonStory story;
};

QByteArray rowName(const LessonRun& run, int round)
{
    return QByteArray::fromStdString(run.lesson->name + "/" + run.method)
        + (round == 0 ? QByteArray() : " #" + QByteArray::number(round + 1));
}

/// Records a run; what goes wrong becomes the story's error.
void record(LessonRun& run)
{
    const auto command = daemonscope::scenario::lessonCommand(*run.lesson, {run.engine, run.method});
    if (!command.ok()) {
        run.story.error = command.error().message;
        return;
    }
    const trial::Bench bench;
    const std::string& folder = command.value().folder.path();
    const trial::Outcome outcome =
        bench.record({command.value().argv}, {"--output=lines", "--cwd", folder, "--python", trial::python()});
    run.story = trial::LessonStory::read(bench.recording());
    if (outcome.timedOut)
        run.story.error += " it did not end";
    if (const auto left = bench.leftovers(); !left.empty())
        run.story.error += " it left " + std::to_string(left.size()) + " processes behind";
    if (!run.story.error.empty())
        run.story.error += "\n" + outcome.err.toStdString();
}
} // namespace

class LessonEnginesTest : public QObject {
    Q_OBJECT

private:
    std::vector<daemonscope::scenario::Lesson> lessons_;
    std::vector<LessonRun> runs_; ///< native and Python in turn

    void plan()
    {
        for (const auto& lesson : lessons_) {
            for (const std::string& method : lesson.startMethods) {
                for (const char* engine : {"native", "python"})
                    runs_.push_back({&lesson, method, engine, {}});
            }
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        auto read = daemonscope::scenario::readLessons(DAEMONSCOPE_SOURCE_DIR "/resources/lessons");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        lessons_ = std::move(read).value();
        const QByteArray only = qgetenv("DAEMONSCOPE_LESSON");
        if (!only.isEmpty())
            std::erase_if(lessons_, [&](const auto& lesson) { return lesson.name != only.toStdString(); });
        const int repeat = std::max(1, qEnvironmentVariableIntValue("DAEMONSCOPE_REPEAT"));
        for (int i = 0; i < repeat; ++i)
            plan();
        // Longest first would be best, but the order of the course is easier to follow when one hangs.
        std::atomic<std::size_t> next{0};
        std::vector<std::thread> workers;
        for (unsigned i = 0; i < kAtATime; ++i) {
            workers.emplace_back([&] {
                for (std::size_t k = next++; k < runs_.size(); k = next++)
                    record(runs_[k]);
            });
        }
        for (std::thread& worker : workers)
            worker.join();
    }

    void bothEnginesDoTheSame_data()
    {
        QTest::addColumn<int>("index");
        std::map<QByteArray, int> rounds;
        for (std::size_t i = 0; i < runs_.size(); i += 2) {
            const int round = rounds[rowName(runs_[i], 0)]++;
            QTest::newRow(rowName(runs_[i], round).constData()) << static_cast<int>(i);
        }
    }

    void bothEnginesDoTheSame()
    {
        QFETCH(const int, index);
        trial::LessonStory& native = runs_[static_cast<std::size_t>(index)].story;
        trial::LessonStory& python = runs_[static_cast<std::size_t>(index) + 1].story;
        QVERIFY2(native.error.empty(), ("native: " + native.error).c_str());
        QVERIFY2(python.error.empty(), ("python: " + python.error).c_str());
        QVERIFY2(!native.processes.empty() && !native.processes.front().deeds.isEmpty(), "the engine told nothing");
        trial::cutAlike(native, python);
        const QByteArray difference = trial::differences(python.text(), native.text());
        QVERIFY2(difference.isEmpty(), ("Python -, native +\n" + difference).constData());
    }
};

QTEST_GUILESS_MAIN(LessonEnginesTest)
#include "tst_lesson_engines.moc"
