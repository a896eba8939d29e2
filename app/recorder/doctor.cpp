// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorder/doctor.h"

#include "capture/doctor.h"
#include "commandline.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int runDoctor(int argc, char** argv, const std::string& hookDirectory)
{
    constexpr int kDoctorUsageError = 2;
    CLI::App app{
        "Tries what this machine permits, and says what recordings will lack and why, and what can be done about "
        "it. Exits with 0 when all that is needed works, else with 1.",
        "daemonscope doctor"};
    std::string format = "text";
    std::string color = "auto";
    app.add_option("--format", format, "text or json")->capture_default_str()->check(CLI::IsMember({"text", "json"}));
    daemonscope::cli::addColorOption(app, color);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kDoctorUsageError;
    }
    const char* const noColor = std::getenv("NO_COLOR");
    const bool wantsColor = color == "always"
        || (color == "auto" && ::isatty(STDOUT_FILENO) != 0 && (noColor == nullptr || *noColor == '\0'));
    const auto checks = daemonscope::examine(hookDirectory);
    std::fputs(
        (format == "json" ? daemonscope::doctorJson(checks) : daemonscope::doctorText(checks, wantsColor)).c_str(),
        stdout);
    return daemonscope::isHealthy(checks) ? 0 : 1;
}
