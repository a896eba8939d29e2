// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/lessons.h"
#include "cli/commands.h"
#include "cli/reportsource.h"
#include "lifecycle/report/jsonreport.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace daemonscope::cli {
namespace {

std::string lessonsAsJson(const std::vector<scenario::Lesson>& lessons)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const scenario::Lesson& lesson : lessons) {
        list.push_back({{"name", lesson.name}, {"number", lesson.number}, {"title", lesson.title},
            {"question", lesson.question}, {"engines", lesson.engines}, {"start_methods", lesson.startMethods}});
    }
    return jsonText({{"lessons", std::move(list)}});
}

std::string lessonsAsText(const std::vector<scenario::Lesson>& lessons)
{
    std::size_t width = 0;
    for (const scenario::Lesson& lesson : lessons)
        width = std::max(width, lesson.name.size());
    std::string text;
    for (const scenario::Lesson& lesson : lessons) {
        const std::string number = std::to_string(lesson.number);
        text += std::string(number.size() < 2 ? 1 : 0, ' ') + number + "  " + lesson.name
            + std::string(width - lesson.name.size() + 2, ' ') + lesson.title + "\n";
    }
    return text + "\nOpen one with: daemonscope run --lesson NAME\n";
}

int listLessons(const std::string& format)
{
    const Result<std::vector<scenario::Lesson>> lessons = scenario::readLessons(scenario::lessonsFolder());
    if (!lessons.ok())
        return fail(lessons.error().message);
    const Outcome printed = print(format == "json" ? lessonsAsJson(lessons.value()) : lessonsAsText(lessons.value()));
    return printed.ok() ? 0 : fail(printed.error().message);
}

} // namespace

void addLessons(CLI::App& app, Action& chosen)
{
    const auto format = std::make_shared<std::string>("text");
    CLI::App* sub = app.add_subcommand("lessons", "List the lessons");
    sub->add_option("--format", *format, "text or json")->capture_default_str()->check(CLI::IsMember({"text", "json"}));
    sub->callback([format, &chosen] { chosen = [format] { return listLessons(*format); }; });
}

} // namespace daemonscope::cli
