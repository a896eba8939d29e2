// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessonprogram.h"

#include "scenario/cppwriter.h"
#include "scenario/reader.h"
#include "trial.h"
#include "trialguard.h"

#include <QDir>
#include <QFile>

namespace trial {

namespace {
using namespace daemonscope;

/// What both the header and the programs are compiled with, or a compiler does not take the one for the others.
Words compiler()
{
    const std::string core = sourceFile("core");
    Words words{DAEMONSCOPE_CXX, "-std=c++20", "-O0", "-pthread", "-I" + core, "-I" + core + "/engine/include"};
    const std::string sanitizer = DAEMONSCOPE_SANITIZER;
    if (!sanitizer.empty())
        words.push_back("-fsanitize=" + sanitizer);
    return words;
}

Outcome compileWith(Words words, const Words& more)
{
    words.insert(words.end(), more.begin(), more.end());
    return run({words});
}
} // namespace

LessonCompiler::LessonCompiler()
    : folder_(QString::fromStdString(guardedFolder() + "/XXXXXX"))
{
    const std::string folder = folder_.path().toStdString() + "/daemonscope";
    QDir().mkpath(QString::fromStdString(folder));
    // Without it everything takes longer, no more.
    [[maybe_unused]] const Outcome made = compileWith(compiler(),
        {"-x", "c++-header", sourceFile("core/engine/include/daemonscope/engine.h"), "-o", folder + "/engine.h.gch"});
}

Result<std::string> LessonCompiler::compile(const scenario::Lesson& lesson, scenario::Method method) const
{
    const auto scenario = scenario::readScenarioFile(lesson.scenarioFile);
    if (!scenario.ok())
        return scenario.error();
    const std::string program = folder_.path().toStdString() + "/" + lesson.name;
    QFile source(QString::fromStdString(program + ".cpp"));
    const std::string text = scenario::writeCpp(scenario.value(), {method}).text;
    if (!source.open(QIODevice::WriteOnly) || source.write(QByteArray::fromStdString(text)) < 0)
        return Error{"the program of lesson '" + lesson.name + "' cannot be written"};
    source.close();
    Words words = compiler();
    words.insert(words.begin() + 1, "-I" + folder_.path().toStdString());
    const Outcome made =
        compileWith(words, {program + ".cpp", DAEMONSCOPE_ENGINE_LIBRARY, "-Wl,-z,now", "-o", program});
    if (made.exitCode != 0)
        return Error{"the C++ of lesson '" + lesson.name + "' does not compile:\n" + made.err.toStdString()};
    return program;
}

} // namespace trial
