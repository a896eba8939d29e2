// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <string>
#include <vector>

namespace daemonscope {

namespace scenario {
struct Lesson;
}

/// What runs a lesson's program.
enum class LessonEngine { Native, Python };

/// A lesson as the library shows it; plain values, all words for people.
struct LibraryLesson {
    int number = 0;                    ///< the place in the course, from 1
    QString name;                      ///< the slug of the command line
    QString title;                     ///< names what the lesson is about
    QString question;                  ///< what the person is asked before the run
    QString watch;                     ///< what to look at during the run; may be empty
    QString answer;                    ///< shown after the run
    QString body;                      ///< Markdown; may be empty
    QString duration;                  ///< of a run: "4 s"; may be empty
    QString scenarioFile;              ///< path of the program
    std::vector<LessonEngine> engines; ///< what can run it, the usual one first
    QStringList startMethods;          ///< of multiprocessing, the usual one first
};

/// How a lesson is to be run.
struct LessonChoice {
    QString lesson; ///< its name
    LessonEngine engine = LessonEngine::Native;
    QString startMethod;
    bool operator==(const LessonChoice&) const = default;
};

/// The same as it is read from the lesson's file.
LibraryLesson libraryLesson(const scenario::Lesson& lesson);

/// What is told after the run, as Markdown: the answer, and behind it why it is so.
QString fullAnswer(const LibraryLesson& lesson);

/// As on the command line: "native" or "python".
std::string engineName(LessonEngine engine);
/// "C++ engine" or "Python".
QString engineText(LessonEngine engine);

/// What of `lesson` comes nearest to `wish`: its engine and start method where the lesson offers them, else the
/// lesson's usual ones.
LessonChoice nearestChoice(const LibraryLesson& lesson, const LessonChoice& wish);

} // namespace daemonscope
