// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "os/self.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <vector>

namespace daemonscope::cli {

int executeRecorder(const std::vector<std::string>& words)
{
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
