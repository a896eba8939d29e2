// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include <CLI/CLI.hpp>

#include <iostream>

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
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : cli::kUsageError;
    }
    return chosen ? chosen() : cli::openWindow(file);
}
