// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string_view>
#include <vector>

namespace daemonscope::cli {

int fail(const std::string& message)
{
    std::cerr << "daemonscope: " << message << '\n';
    return kFailure;
}

} // namespace daemonscope::cli

int main(int argc, char** argv)
{
    namespace cli = daemonscope::cli;
    CLI::App app{"daemonscope runs a program and shows its processes: who started whom, who is a daemon, who ended "
                 "whom, and why.",
        "daemonscope"};
    app.set_version_flag("--version", std::string{"daemonscope "} + DAEMONSCOPE_VERSION);
    app.require_subcommand(0, 1);
    std::string file;
    app.add_option("FILE", file, "Open this recording in the window");
    cli::Action chosen;
    cli::addRun(app, chosen);
    cli::addRecord(app, chosen);
    cli::addReport(app, chosen);
    cli::addOutput(app, chosen);
    cli::addEvents(app, chosen);
    cli::addScreenshot(app, chosen);
    std::vector<char*> words{argv, argv + argc};
    // "--" ends daemonscope's own options. Directly behind a subcommand the parser would take it for its own.
    if (words.size() > 2 && words[1] == std::string_view{"run"} && words[2] == std::string_view{"--"})
        words.erase(words.begin() + 2);
    if (words.size() > 1 && words[1] == std::string_view{"record"})
        return cli::executeRecorder({words.begin() + 2, words.end()});
    try {
        app.parse(static_cast<int>(words.size()), words.data());
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : cli::kUsageError;
    }
    return chosen ? chosen() : cli::openWindow(file);
}
