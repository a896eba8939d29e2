// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lessonrun.h"
#include "os/self.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <variant>
#include <vector>

namespace daemonscope::cli {

namespace {
int wrongCall(const std::string& message)
{
    fail(message + "; see daemonscope record --help");
    return kUsageError;
}

/// Whether one of the words is this option, in any of its spellings.
bool hasOption(const std::vector<std::string>& words, std::string_view brief, std::string_view full)
{
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return (brief.size() == 2 && word.starts_with(brief)) || word == full
            || word.starts_with(std::string(full) + "=");
    });
}

/// What the recorder has to be told to record a lesson.
std::vector<std::string> recorderWords(const ReadyLesson& ready, const std::vector<std::string>& own)
{
    const std::string& folder = ready.command.folder.path();
    // The recorder takes this process's place, so it is the one that sees the end of the run.
    std::vector<std::string> words{"--remove-folder", ready.command.folder.handOver()};
    words.insert(words.end(), own.begin(), own.end());
    if (!hasOption(own, {}, "--cwd"))
        words.insert(words.end(), {"--cwd", folder});
    if (!hasOption(own, "-o", "--output-file")) {
        words.emplace_back("-o");
        words.push_back("daemonscope-" + ready.lesson.name + "." + std::to_string(currentProcess()) + ".dscope");
    }
    words.emplace_back("--");
    words.insert(words.end(), ready.command.argv.begin(), ready.command.argv.end());
    return words;
}
} // namespace

int executeRecorder(std::vector<std::string> words)
{
    const Result<RecordWords> taken = splitRecordWords(words);
    if (!taken.ok())
        return wrongCall(taken.error().message);
    const RecordWords& split = taken.value();
    std::variant<ToldFailure, ReadyLesson> prepared; // its files live until the recorder has taken over
    if (hasOption(split.own, "-h", "--help") || hasOption(split.own, {}, "--version")) {
        words = split.own;
    } else if (split.lesson.any()) {
        if (!split.program.empty() && !split.lesson.lesson.empty())
            return wrongCall("a lesson brings its own program; leave out '" + split.program.back() + "'");
        prepared = prepareLesson(split.lesson);
        if (const auto* failure = std::get_if<ToldFailure>(&prepared))
            return failure->exitStatus;
        words = recorderWords(std::get<ReadyLesson>(prepared), split.own);
    }
    const auto recorder = std::filesystem::path{executablePath()}.parent_path() / "daemonscope-recorder";
    std::vector<std::string> argv{"daemonscope record"};
    argv.insert(argv.end(), words.begin(), words.end());
    return fail(replaceBy(recorder.string(), argv).message);
}

/// Only for the list of subcommands: main() calls executeRecorder() before any parsing, as the recorder has the
/// options.
void addRecord(CLI::App& app, Action&)
{
    app.add_subcommand("record", "Run PROGRAM without a window and write a recording");
}

} // namespace daemonscope::cli
