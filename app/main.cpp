// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "commandline.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

namespace daemonscope::cli {

int fail(const std::string& message)
{
    std::cerr << "daemonscope: " << message << '\n';
    return kFailure;
}

} // namespace daemonscope::cli

namespace {

/// The words of the call. What `--color` stands in front of the command is put behind it, where every command takes it.
std::vector<std::string> wordsOf(int argc, char** argv)
{
    std::vector<std::string> words{argv + 1, argv + argc};
    const bool alone = !words.empty() && words.front() == "--color";
    const std::ptrdiff_t length = alone ? 2 : 1;
    const bool inFront = alone || (!words.empty() && words.front().starts_with("--color="));
    if (inFront && std::ssize(words) > length)
        std::rotate(words.begin(), words.begin() + length, words.begin() + length + 1);
    return words;
}

int runMain(int argc, char** argv)
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
    cli::addControl(app, chosen);
    cli::addReport(app, chosen);
    cli::addOutput(app, chosen);
    cli::addEvents(app, chosen);
    cli::addScreenshot(app, chosen);
    cli::addLessons(app, chosen);
    cli::addLesson(app, chosen);
    cli::addDoctor(app, chosen);
    cli::acceptColorOption(app);
    for (CLI::App* command : app.get_subcommands({})) {
        if (!command->get_option_no_throw("--color"))
            cli::acceptColorOption(*command);
    }
    // These are parsed elsewhere: run and record take a PROGRAM with options of its own, doctor is the recorder's.
    std::vector<std::string> words = wordsOf(argc, argv);
    if (!words.empty() && words.front() == "run")
        return cli::runWords({words.begin() + 1, words.end()});
    if (!words.empty() && words.front() == "record")
        return cli::executeRecorder({words.begin() + 1, words.end()});
    if (!words.empty() && words.front() == "doctor")
        return cli::executeDoctor({words.begin() + 1, words.end()});
    try {
        // CLI11 takes the words from the back.
        std::reverse(words.begin(), words.end());
        app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : cli::kUsageError;
    }
    if (chosen)
        return chosen();
    std::error_code error;
    if (!file.empty() && !std::filesystem::exists(file, error)) {
        const bool meantCommand = file.find('/') == std::string::npos && file.find('.') == std::string::npos;
        cli::fail(meantCommand ? "there is no command '" + file + "' in this version; see daemonscope --help"
                               : "there is no recording '" + file + "'");
        return meantCommand ? cli::kUsageError : cli::kFailure;
    }
    return cli::openWindow(file);
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return runMain(argc, argv);
    } catch (const std::exception& error) {
        return daemonscope::cli::fail(std::string{"it failed unexpectedly: "} + error.what());
    }
}
