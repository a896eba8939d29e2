// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "os/self.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace daemonscope::cli {

/// `record` is a program of its own (no Qt in it), which takes over this process: so the shell sees the program's own
/// end, and its options stand in one place.
void addRecord(CLI::App& app, Action& chosen)
{
    CLI::App* const command = app.add_subcommand("record", "Run PROGRAM without a window and write a recording");
    command->prefix_command();
    command->set_help_flag();
    command->callback([command, &chosen] {
        chosen = [words = command->remaining()] {
            const auto recorder = std::filesystem::path{executablePath()}.parent_path() / "daemonscope-recorder";
            std::vector<std::string> argv{"daemonscope record"};
            argv.insert(argv.end(), words.begin(), words.end());
            return fail(replaceBy(recorder.string(), argv).message);
        };
    });
}

} // namespace daemonscope::cli
