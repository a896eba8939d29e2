// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/librarylesson.h"

#include "scenario/lessons.h"

#include <algorithm>

namespace daemonscope {

LibraryLesson libraryLesson(const scenario::Lesson& lesson)
{
    LibraryLesson shown;
    shown.number = static_cast<int>(lesson.number);
    shown.name = QString::fromStdString(lesson.name);
    shown.title = QString::fromStdString(lesson.title);
    shown.question = QString::fromStdString(lesson.question);
    shown.watch = QString::fromStdString(lesson.watch);
    shown.answer = QString::fromStdString(lesson.answer);
    shown.body = QString::fromStdString(lesson.markdown);
    shown.duration = QString::fromStdString(lesson.duration);
    shown.scenarioFile = QString::fromStdString(lesson.scenarioFile);
    for (const LessonEngine engine : {LessonEngine::Native, LessonEngine::Python}) {
        const auto found = std::find(lesson.engines.begin(), lesson.engines.end(), engineName(engine));
        if (found == lesson.engines.begin() && !shown.engines.empty())
            shown.engines.insert(shown.engines.begin(), engine);
        else if (found != lesson.engines.end())
            shown.engines.push_back(engine);
    }
    for (const std::string& method : lesson.startMethods)
        shown.startMethods << QString::fromStdString(method);
    return shown;
}

QString fullAnswer(const LibraryLesson& lesson)
{
    const bool both = !lesson.answer.isEmpty() && !lesson.body.isEmpty();
    return lesson.answer + (both ? QStringLiteral("\n\n") : QString()) + lesson.body;
}

std::string engineName(LessonEngine engine)
{
    return engine == LessonEngine::Native ? "native" : "python";
}

QString engineText(LessonEngine engine)
{
    return engine == LessonEngine::Native ? QStringLiteral("C++ engine") : QStringLiteral("Python");
}

LessonChoice nearestChoice(const LibraryLesson& lesson, const LessonChoice& wish)
{
    LessonChoice choice = wish;
    choice.lesson = lesson.name;
    const auto& engines = lesson.engines;
    if (!engines.empty() && std::find(engines.begin(), engines.end(), wish.engine) == engines.end())
        choice.engine = engines.front();
    if (!lesson.startMethods.contains(wish.startMethod))
        choice.startMethod = lesson.startMethods.value(0);
    return choice;
}

} // namespace daemonscope
