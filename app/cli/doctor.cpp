// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "os/self.h"

#include <CLI/CLI.hpp>

#include <filesystem>

namespace daemonscope::cli {

int executeDoctor(const std::vector<std::string>& words)
{
    const auto recorder = std::filesystem::path{executablePath()}.parent_path() / "daemonscope-recorder";
    std::vector<std::string> argv{"daemonscope doctor", "--doctor"};
    argv.insert(argv.end(), words.begin(), words.end());
    return fail(replaceBy(recorder.string(), argv).message);
}

/// Only for the list of subcommands: main() calls executeDoctor() before any parsing, as the recorder has the options.
void addDoctor(CLI::App& app, Action&)
{
    app.add_subcommand("doctor", "Say what this machine permits, and what recordings will lack and why");
}

} // namespace daemonscope::cli
