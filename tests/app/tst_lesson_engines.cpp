// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every lesson, with every start method that it offers: the engine and Python do the same, and so does the C++ program
// that the lesson is written as. DAEMONSCOPE_REPEAT=N lets each be recorded N times, DAEMONSCOPE_LESSON=NAME only one.

#include "lessonprogram.h"
#include "lessonstory.h"
#include "scenario/lessoncommand.h"
#include "trial.h"

#include <QFile>
#include <QTest>

#include <atomic>
#include <memory>
#include <thread>

namespace {
/// They mostly sleep; with more at a time, they would delay each other so much that it shows.
constexpr unsigned kAtATime = 6;
/// Compilers do not sleep.
constexpr unsigned kCompilersAtATime = 2;

struct LessonRun {
    const daemonscope::scenario::Lesson* lesson = nullptr;
    std::string method;
    std::string engine;  ///< "native", "python", or "c++" for the program written from it
    std::string program; ///< of "c++"
    trial::LessonStory story;
};

/// Two runs that are to tell one story.
struct Comparison {
    QByteArray name;
    std::size_t one;
    std::size_t other;
};

/// Records a run; what goes wrong becomes the story's error.
void record(LessonRun& run)
{
    if (!run.story.error.empty())
        return;
    const std::string engine = run.program.empty() ? run.engine : "native";
    const auto command = daemonscope::scenario::lessonCommand(*run.lesson, {engine, run.method});
    if (!command.ok()) {
        run.story.error = command.error().message;
        return;
    }
    const trial::Bench bench;
    const std::string& folder = command.value().folder.path();
    const trial::Words program = run.program.empty() ? command.value().argv : trial::Words{run.program};
    const trial::Outcome outcome =
        bench.record({program}, {"--output=lines", "--cwd", folder, "--python", trial::python()});
    run.story = trial::LessonStory::read(bench.recording());
    if (outcome.timedOut)
        run.story.error += " it did not end";
    if (const auto left = bench.leftovers(); !left.empty())
        run.story.error += " it left " + std::to_string(left.size()) + " processes behind";
    if (!run.story.error.empty())
        run.story.error += "\n" + outcome.err.toStdString();
}

/// Does `work` for each of `runs`, several at a time.
template <class F> void forEach(std::vector<LessonRun*> runs, unsigned atATime, const F& work)
{
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < atATime; ++i) {
        workers.emplace_back([&] {
            for (std::size_t k = next++; k < runs.size(); k = next++)
                work(*runs[k]);
        });
    }
    for (std::thread& worker : workers)
        worker.join();
}
} // namespace

class LessonEnginesTest : public QObject {
    Q_OBJECT

private:
    std::vector<daemonscope::scenario::Lesson> lessons_;
    std::unique_ptr<trial::LessonCompiler> compiler_;
    std::vector<LessonRun> runs_;
    std::vector<Comparison> comparisons_;

    void plan(int round)
    {
        const QByteArray number = round == 0 ? QByteArray() : " #" + QByteArray::number(round + 1);
        for (const auto& lesson : lessons_) {
            for (const std::string& method : lesson.startMethods) {
                const QByteArray name = QByteArray::fromStdString(lesson.name + "/" + method);
                const std::size_t native = runs_.size();
                runs_.push_back({&lesson, method, "native", {}, {}});
                runs_.push_back({&lesson, method, "python", {}, {}});
                comparisons_.push_back({name + number, native + 1, native});
                // With the other start methods it would be the same program but for one line.
                if (round > 0 || method != lesson.startMethods.front())
                    continue;
                runs_.push_back({&lesson, method, "c++", {}, {}});
                comparisons_.push_back({name + " as C++", native, native + 2});
            }
        }
    }

    void compile()
    {
        compiler_ = std::make_unique<trial::LessonCompiler>();
        std::vector<LessonRun*> programs;
        for (LessonRun& run : runs_) {
            if (run.engine == "c++")
                programs.push_back(&run);
        }
        forEach(programs, kCompilersAtATime, [this](LessonRun& run) {
            const auto made = compiler_->compile(*run.lesson, *daemonscope::scenario::methodNamed(run.method));
            if (made.ok())
                run.program = made.value();
            else
                run.story.error = made.error().message;
        });
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why)) {
            // Who judges the engine may not be away unnoticed.
            QVERIFY2(!qEnvironmentVariableIsSet("CI"), ("the lessons are not compared: " + why).constData());
            QSKIP(why.constData());
        }
        auto read = daemonscope::scenario::readLessons(DAEMONSCOPE_SOURCE_DIR "/resources/lessons");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        lessons_ = std::move(read).value();
        const QByteArray only = qgetenv("DAEMONSCOPE_LESSON");
        if (!only.isEmpty())
            std::erase_if(lessons_, [&](const auto& lesson) { return lesson.name != only.toStdString(); });
        const int repeat = std::max(1, qEnvironmentVariableIntValue("DAEMONSCOPE_REPEAT"));
        for (int i = 0; i < repeat; ++i)
            plan(i);
        compile();
        // Longest first would be best, but the order of the course is easier to follow when one hangs.
        std::vector<LessonRun*> all;
        for (LessonRun& run : runs_)
            all.push_back(&run);
        forEach(all, kAtATime, record);
    }

    void allTellTheSame_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < comparisons_.size(); ++i)
            QTest::newRow(comparisons_[i].name.constData()) << static_cast<int>(i);
    }

    void allTellTheSame()
    {
        QFETCH(const int, index);
        const Comparison& compared = comparisons_[static_cast<std::size_t>(index)];
        const LessonRun& first = runs_[compared.one];
        const LessonRun& second = runs_[compared.other];
        // Copies, as the native run is compared twice.
        trial::LessonStory one = first.story;
        trial::LessonStory other = second.story;
        for (const LessonRun* run : {&first, &second}) {
            QVERIFY2(run->story.error.empty(), (run->engine + ": " + run->story.error).c_str());
            QVERIFY2(!run->story.processes.empty() && !run->story.processes.front().deeds.isEmpty(),
                (run->engine + " told nothing").c_str());
        }
        trial::cutAlike(one, other);
        const QByteArray signs = QByteArray::fromStdString(first.engine + " -, " + second.engine + " +\n");
        const QByteArray difference = trial::differences(one.text(), other.text());
        QVERIFY2(difference.isEmpty(), (signs + difference).constData());
        const QByteArrayList reversed = trial::reversedEnds(one.ends, other.ends);
        QVERIFY2(reversed.isEmpty(), (signs + reversed.join('\n')).constData());
    }
};

QTEST_GUILESS_MAIN(LessonEnginesTest)
#include "tst_lesson_engines.moc"
