// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lessonrun.h"
#include "cli/reportsource.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace daemonscope::cli {
namespace {

struct LessonPrintOptions {
    std::string name;
    std::string form;
};

int printLesson(const LessonPrintOptions& options)
{
    const auto named = lessonNamed(options.name);
    if (const auto* failure = std::get_if<ToldFailure>(&named))
        return failure->exitStatus;
    const scenario::Lesson& lesson = std::get<scenario::Lesson>(named);
    const Result<std::string> text = scenario::lessonText(lesson, options.form);
    if (!text.ok())
        return fail(text.error().message);
    const Outcome printed = print(text.value());
    return printed.ok() ? 0 : fail(printed.error().message);
}

} // namespace

void addLesson(CLI::App& app, Action& chosen)
{
    const auto options = std::make_shared<LessonPrintOptions>();
    CLI::App* sub = app.add_subcommand("lesson", "Print a lesson's program as source text, or its words");
    sub->add_option("NAME", options->name, "The lesson, by name or number; see daemonscope lessons")->required();
    sub->add_option("--as", options->form, "python, cpp, yaml or markdown")
        ->required()
        ->check(CLI::IsMember({"python", "cpp", "yaml", "markdown"}));
    sub->callback([options, &chosen] { chosen = [options] { return printLesson(*options); }; });
}

} // namespace daemonscope::cli
