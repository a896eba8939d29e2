// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commands.h"
#include "scenario/lessoncommand.h"

#include <string>
#include <variant>
#include <vector>

/// What `run`, `record` and `screenshot` share for `--lesson`.
namespace daemonscope::cli {

/// The options of the command line that choose a lesson's program.
struct LessonOptions {
    std::string lesson; ///< empty: no lesson was asked for
    scenario::LessonWish wish;
    [[nodiscard]] bool any() const { return !lesson.empty() || !wish.engine.empty() || !wish.startMethod.empty(); }
};
void addLessonOptions(CLI::App& command, LessonOptions& options);

/// The exit status of a failure that has been told.
struct ToldFailure {
    int exitStatus = kFailure;
};
/// The lesson called `name`. Tells of its failure; an unknown name is a usage error, for which the nearest one is
/// named.
std::variant<ToldFailure, scenario::Lesson> lessonNamed(const std::string& name);

struct ReadyLesson {
    scenario::Lesson lesson;
    scenario::LessonCommand command;
};
/// The program of the lesson that is asked for. Tells of its failure.
std::variant<ToldFailure, ReadyLesson> prepareLesson(const LessonOptions& options);

/// What a person without a window is told of a lesson: title, question and what to watch; and the answer. Each ends
/// with a newline, in lines of at most 80 columns; nothing if it is no lesson.
std::string beforeTheRun(const scenario::Lesson& lesson);
std::string afterTheRun(const scenario::Lesson& lesson);

/// The words of `daemonscope record`, taken apart.
struct RecordWords {
    LessonOptions lesson;
    std::vector<std::string> own;     ///< the recorder's other options
    std::vector<std::string> program; ///< PROGRAM and its arguments, with "--" if it stood there
};
/// An error for an option of the lesson's without its value.
Result<RecordWords> splitRecordWords(const std::vector<std::string>& words);

} // namespace daemonscope::cli
