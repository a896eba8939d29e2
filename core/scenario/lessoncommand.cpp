// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/lessoncommand.h"

#include "os/self.h"
#include "scenario/cppwriter.h"
#include "scenario/pythonwriter.h"
#include "scenario/reader.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace daemonscope::scenario {

namespace {
namespace fs = std::filesystem;

/// "fork", "fork and spawn", "fork, spawn and forkserver"
std::string enumerated(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

bool offers(const std::vector<std::string>& words, const std::string& wanted)
{
    return wanted.empty() || std::find(words.begin(), words.end(), wanted) != words.end();
}

/// The engine's program beside the running one, or in the folder bin beside that of the running one.
Result<std::string> engineProgram()
{
    const fs::path here = fs::path(executablePath()).parent_path();
    for (const fs::path& program : {here / "daemonscope-engine", here.parent_path() / "bin" / "daemonscope-engine"}) {
        std::error_code error;
        if (fs::exists(program, error))
            return program.string();
    }
    return Error{"the program '" + (here / "daemonscope-engine").string() + "', which runs lessons, is missing"};
}

Outcome writeFile(const std::string& path, const std::string& text)
{
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    return stream ? Outcome(Done{}) : Outcome(systemError("cannot write the lesson's program '" + path + "'", errno));
}

std::string wordsOfLesson(const Lesson& lesson)
{
    std::string text =
        "# " + std::to_string(lesson.number) + ". " + lesson.title + "\n\n**Question.** " + lesson.question + "\n";
    if (!lesson.watch.empty())
        text += "\n**Watch.** " + lesson.watch + "\n";
    if (!lesson.answer.empty())
        text += "\n**Answer.** " + lesson.answer + "\n";
    if (!lesson.markdown.empty())
        text += "\n" + lesson.markdown;
    return text;
}
} // namespace

std::optional<Method> methodNamed(const std::string& name)
{
    for (const Method method : {Method::Fork, Method::Spawn, Method::ForkServer}) {
        if (name == methodName(method))
            return method;
    }
    return std::nullopt;
}

std::optional<Error> refusedWish(const Lesson& lesson, const LessonWish& wish)
{
    const auto sentence = [&](const char* what, const std::vector<std::string>& offered, const std::string& wanted) {
        return Error{"the lesson '" + lesson.name + "' is for the " + what + " " + enumerated(offered) + ", not '"
            + wanted + "'"};
    };
    if (!offers(lesson.engines, wish.engine))
        return sentence(lesson.engines.size() == 1 ? "engine" : "engines", lesson.engines, wish.engine);
    if (!offers(lesson.startMethods, wish.startMethod))
        return sentence(
            lesson.startMethods.size() == 1 ? "start method" : "start methods", lesson.startMethods, wish.startMethod);
    return std::nullopt;
}

Result<LessonCommand> lessonCommand(const Lesson& lesson, const LessonWish& wish)
{
    if (std::optional<Error> refused = refusedWish(lesson, wish))
        return std::move(*refused);
    const std::string method = wish.startMethod.empty() ? lesson.startMethods.front() : wish.startMethod;
    const std::string engine = !wish.engine.empty() ? wish.engine
        : offers(lesson.engines, "native")          ? "native"
                                                    : lesson.engines.front();
    Result<PrivateDirectory> folder = PrivateDirectory::create(PrivateDirectory::WhenAbandoned::RemoveFiles);
    if (!folder.ok())
        return folder.error();
    LessonCommand command{{}, std::move(folder).value()};
    if (engine == "python") {
        const Result<Scenario> scenario = readScenarioFile(lesson.scenarioFile);
        if (!scenario.ok())
            return scenario.error();
        const WrittenProgram program = writePython(scenario.value(), {methodNamed(method)});
        const std::string path = command.folder.path() + "/" + lesson.name + ".py";
        if (const Outcome written = writeFile(path, program.text); !written.ok())
            return written.error();
        command.argv = {path};
    } else {
        Result<std::string> program = engineProgram();
        if (!program.ok())
            return program.error();
        command.argv = {std::move(program).value(), lesson.scenarioFile, "--start-method", method};
    }
    return command;
}

Result<std::string> lessonText(const Lesson& lesson, const std::string& form)
{
    if (form == "markdown")
        return wordsOfLesson(lesson);
    if (form == "yaml") {
        std::ifstream stream(lesson.scenarioFile, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(stream), {}};
        if (!stream.is_open() || stream.bad())
            return Error{"the lesson's program '" + lesson.scenarioFile + "' cannot be read"};
        return text;
    }
    const Result<Scenario> scenario = readScenarioFile(lesson.scenarioFile);
    if (!scenario.ok())
        return scenario.error();
    return form == "cpp" ? writeCpp(scenario.value()).text : writePython(scenario.value()).text;
}

} // namespace daemonscope::scenario
