// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lessonrun.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace daemonscope::cli {

namespace {
ToldFailure told(const std::string& message, int exitStatus)
{
    fail(message);
    return {exitStatus};
}

/// Options of the recorder whose value is the next word.
constexpr std::array<std::string_view, 11> kWithValue{"-o", "--output-file", "--output", "--python", "--cwd",
    "--control", "--sample-rate", "--grace", "--limit", "--limit-total", "--color"};

/// Where an option of a lesson keeps its value; null for any other word.
std::string* placeOf(LessonOptions& options, std::string_view name)
{
    if (name == "--lesson")
        return &options.lesson;
    if (name == "--engine")
        return &options.wish.engine;
    return name == "--start-method" ? &options.wish.startMethod : nullptr;
}
/// Words in lines of at most 80 columns.
std::string paragraph(const std::string& text)
{
    constexpr std::size_t columns = 80;
    std::string lines;
    std::size_t used = 0;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto width = static_cast<std::size_t>(
            std::count_if(word.begin(), word.end(), [](unsigned char c) { return (c & 0xc0U) != 0x80U; }));
        const bool fits = used == 0 || used + 1 + width <= columns;
        lines += used == 0 ? "" : fits ? " " : "\n";
        used = fits && used != 0 ? used + 1 + width : width;
        lines += word;
    }
    return lines + "\n";
}
} // namespace

void addLessonOptions(CLI::App& command, LessonOptions& options)
{
    command
        .add_option("--lesson", options.lesson, "Run this lesson's program, by name or number; see daemonscope lessons")
        ->type_name("NAME");
    command.add_option("--engine", options.wish.engine, "What runs the lesson (default: native)")
        ->type_name("native|python");
    command
        .add_option("--start-method", options.wish.startMethod, "How the lesson starts processes (default: its first)")
        ->type_name("fork|spawn|forkserver");
}

std::variant<ToldFailure, scenario::Lesson> lessonNamed(const std::string& name)
{
    Result<std::vector<scenario::Lesson>> lessons = scenario::readLessons(scenario::lessonsFolder());
    if (!lessons.ok())
        return told(lessons.error().message, kFailure);
    if (const scenario::Lesson* found = scenario::findLesson(lessons.value(), name))
        return *found;
    const std::string& nearest = scenario::nearestLesson(lessons.value(), name).name;
    return told(
        "there is no lesson '" + name + "'; did you mean '" + nearest + "'? See daemonscope lessons", kUsageError);
}

std::variant<ToldFailure, ReadyLesson> prepareLesson(const LessonOptions& options)
{
    if (options.lesson.empty())
        return told("--engine and --start-method are for lessons; say which one with --lesson NAME", kUsageError);
    auto named = lessonNamed(options.lesson);
    if (const auto* failure = std::get_if<ToldFailure>(&named))
        return *failure;
    scenario::Lesson& lesson = std::get<scenario::Lesson>(named);
    if (const std::optional<Error> refused = scenario::refusedWish(lesson, options.wish))
        return told(refused->message, kUsageError);
    Result<scenario::LessonCommand> command = scenario::lessonCommand(lesson, options.wish);
    if (!command.ok())
        return told(command.error().message, kFailure);
    return ReadyLesson{std::move(lesson), std::move(command).value()};
}

std::string beforeTheRun(const scenario::Lesson& lesson)
{
    if (lesson.name.empty())
        return {};
    std::string text = "Lesson " + std::to_string(lesson.number) + ": " + lesson.title + "\n";
    text += paragraph("Question: " + lesson.question);
    if (!lesson.watch.empty())
        text += paragraph("What to watch: " + lesson.watch);
    return text + "\n";
}

std::string afterTheRun(const scenario::Lesson& lesson)
{
    if (lesson.name.empty() || lesson.answer.empty())
        return {};
    return "\n" + paragraph("Answer: " + lesson.answer)
        + paragraph("Why it is so: daemonscope lesson " + lesson.name + " --as markdown");
}

Result<RecordWords> splitRecordWords(const std::vector<std::string>& words)
{
    RecordWords split;
    std::size_t i = 0;
    for (; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--" || word == "-m" || !word.starts_with('-'))
            break;
        const auto equals = word.find('=');
        std::string* const place = placeOf(split.lesson, word.substr(0, equals));
        const bool valueFollows = equals == std::string_view::npos && i + 1 < words.size();
        if (place && equals != std::string_view::npos) {
            *place = word.substr(equals + 1);
        } else if (place && valueFollows) {
            *place = words[++i];
        } else if (place) {
            return Error{std::string(word) + " needs a value"};
        } else {
            split.own.push_back(words[i]);
            if (valueFollows && std::find(kWithValue.begin(), kWithValue.end(), word) != kWithValue.end())
                split.own.push_back(words[++i]);
        }
    }
    split.program.assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
    return split;
}

} // namespace daemonscope::cli
