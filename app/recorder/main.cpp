// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// daemonscope-recorder: runs a program and writes its recording. `daemonscope record` executes it; the window starts
// it for every run. No Qt, so that it is small and starts at once.

#include "capture/recorder.h"
#include "commandline.h"
#include "os/privatedirectory.h"
#include "os/self.h"
#include "recorder/doctor.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>

namespace {

using daemonscope::OutputMode;
using daemonscope::RecorderOptions;

constexpr int kUsageError = 2;
constexpr int kOwnFailure = 125;

int fail(const std::string& message, int status)
{
    std::cerr << "daemonscope: " << message << '\n';
    return status;
}

/// The Python hook stands in ../share/daemonscope/python of the programs, both when built and when installed.
std::string findHookDirectory()
{
    const std::filesystem::path programs = std::filesystem::path{daemonscope::executablePath()}.parent_path();
    const std::filesystem::path folder = programs.parent_path() / "share" / "daemonscope" / "python";
    std::error_code error;
    return std::filesystem::exists(folder / "site" / "sitecustomize.py", error) ? folder.string() : std::string{};
}

/// "2.5s", "300ms".
std::optional<std::chrono::milliseconds> durationOf(const std::string& text)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    constexpr double kMostSeconds = 1e6;
    const double seconds = unit == "ms" ? number / 1000 : number;
    if (error != std::errc{} || (unit != "s" && unit != "ms") || !(seconds >= 0 && seconds <= kMostSeconds))
        return std::nullopt;
    return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>{seconds});
}

std::optional<OutputMode> modeOf(const std::string& word)
{
    if (word == "lines")
        return OutputMode::Lines;
    if (word == "pipe")
        return OutputMode::Pipe;
    if (word == "pty")
        return OutputMode::Pty;
    return word == "inherit" ? std::optional{OutputMode::Inherit} : std::nullopt;
}

/// "512", "64K", "10M", "2G": bytes, with multiples of 1024.
std::uint64_t sizeOf(const std::string& option, const std::string& text)
{
    constexpr std::string_view kUnits = "KMG";
    constexpr unsigned kBitsOfAUnit = 10;
    std::uint64_t size = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const std::string_view unit{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
    const std::size_t power = unit.empty() ? 0 : kUnits.find(unit.front()) + 1;
    const bool known = unit.empty() || (unit.size() == 1 && power > 0);
    if (error != std::errc{} || !known || size > UINT64_MAX >> (kBitsOfAUnit * power))
        throw CLI::ValidationError(option, "'" + text + "' is not a size such as 500K, 64M or 2G");
    return size << (kBitsOfAUnit * power);
}

void addLimits(CLI::App& app, daemonscope::OutputLimits& limits)
{
    app.add_option_function<std::string>(
           "--limit", [&limits](const std::string& text) { limits.perProcess = sizeOf("--limit", text); },
           "Keep at most SIZE bytes of what each process writes; more still reaches its destination")
        ->type_name("SIZE");
    app.add_option_function<std::string>(
           "--limit-total", [&limits](const std::string& text) { limits.total = sizeOf("--limit-total", text); },
           "The same for all processes together")
        ->type_name("SIZE");
}

void addOptions(CLI::App& app, RecorderOptions& options)
{
    app.add_option("-o,--output-file", options.recordingPath,
           "The recording to write (default: daemonscope-<program>.<pid>.dscope)")
        ->type_name("FILE");
    app.add_flag("--force", options.overwrite, "Overwrite an existing recording");
    app.add_option_function<std::string>(
           "--output",
           [&options](const std::string& word) {
               const auto mode = modeOf(word);
               if (!mode)
                   throw CLI::ValidationError("--output", "'" + word + "' is not lines, pipe, pty or inherit");
               options.output = *mode;
           },
           "How the program's output is captured: lines (written line by line, as on a terminal), pipe (as into a "
           "pipe), pty (a terminal of its own, for interactive and full-screen programs; who wrote what is not known "
           "then), inherit (not captured)")
        ->type_name("lines|pipe|pty|inherit");
    app.add_flag("!--no-ptrace", options.ptrace,
        "Do not use ptrace: births and ends are told by the kernel where it allows that, signals by nobody; set-uid "
        "programs keep their rights");
    app.add_flag("!--no-filter", options.filter,
        "Do not filter system calls: for programs that do little else. Who sends SIGKILL is then not known, and "
        "/dev/stdout and its like cannot be opened");
    app.add_flag(
        "--detach", options.detach, "Let the program live on if the recorder dies; its output is not captured");
    app.add_option("--python", options.python, "The interpreter for a PROGRAM that ends in .py and for -m MODULE")
        ->type_name("PATH");
    app.add_option("--sample-rate", options.sampleRate,
           "How many times a second the CPU time and the memory of every process are looked at; 0: never")
        ->type_name("N")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    app.add_option("--cwd", options.workingDirectory, "The program's working directory")->type_name("DIR");
    app.add_option("--control", options.controlSocket,
           "Listen for the commands of daemonscope control on this socket (default: one in a private folder, which the "
           "recording names)")
        ->type_name("SOCKET");
    app.add_option_function<std::string>(
           "--grace",
           [&options](const std::string& word) {
               const auto grace = durationOf(word);
               if (!grace)
                   throw CLI::ValidationError("--grace", "'" + word + "' is not a time; write 2.5s or 300ms");
               options.grace = *grace;
           },
           "How long the program may take to end when it is asked to stop, before all that is left of it is killed "
           "(default: 3s)")
        ->type_name("TIME");
}

int runRecorder(int argc, char** argv)
{
    if (argc > 1 && std::string_view(argv[1]) == "--doctor")
        return runDoctor(argc - 1, argv + 1, findHookDirectory());
    // A folder with files that only this run needs, made by whoever executed this recorder. It goes when the run ends,
    // and also if the other options are wrong, so it stands before them.
    std::optional<daemonscope::PrivateDirectory> folder;
    if (argc > 2 && std::string_view(argv[1]) == "--remove-folder")
        folder = daemonscope::PrivateDirectory::adopt(argv[2]);
    std::string removedFolder;
    CLI::App app{
        "Runs PROGRAM without a window and writes a recording of all its processes. Ends as PROGRAM ends: with its "
        "exit status, or by the same signal; 125: daemonscope failed, 126: PROGRAM is not executable, 127: not found. "
        "The recording goes on until the last process of PROGRAM has ended.",
        "daemonscope record"};
    daemonscope::cli::setUsage(app,
        "Usage: daemonscope record [OPTIONS] [--] PROGRAM [ARG...]\n"
        "       daemonscope record [OPTIONS] -m MODULE [ARG...]");
    app.footer("A lesson is recorded with: daemonscope record [OPTIONS] --lesson NAME [--engine native|python] "
               "[--start-method fork|spawn|forkserver]");
    app.prefix_command();
    app.set_version_flag("--version", std::string{"daemonscope "} + DAEMONSCOPE_VERSION);
    RecorderOptions options;
    addOptions(app, options);
    addLimits(app, options.outputLimits);
    app.add_flag("--keep-output", options.keepOutput)->group(""); // the window's: what it reads is in the recording
    app.add_option("--remove-folder", removedFolder)->group("");
    daemonscope::cli::acceptColorOption(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int status = app.exit(error);
        return status == 0 ? 0 : kUsageError;
    }
    options.program = app.remaining();
    if (!options.program.empty() && options.program.front() == "--")
        options.program.erase(options.program.begin());
    if (options.program.empty())
        return fail(
            "there is no program to record; say one, as in: daemonscope record -- python3 script.py", kUsageError);
    if (options.program.front().size() > 1 && options.program.front().front() == '-' && options.program.front() != "-m")
        return fail("unknown option '" + options.program.front() + "'; see daemonscope record --help", kUsageError);
    if (options.program.front() == "-m" && options.program.size() == 1)
        return fail("-m needs the name of a module, as in: daemonscope record -m http.server", kUsageError);
    if (options.output == OutputMode::Pty && options.detach)
        return fail(
            "--output=pty and --detach do not go together, as the terminal would go with the recorder", kUsageError);
    options.hookDirectory = findHookDirectory();

    const daemonscope::RecorderResult result = daemonscope::recordProgram(options);
    folder.reset(); // endAs() does not return
    if (!result.failure.empty())
        return fail(result.failure, result.status.exitCode() != 0 ? result.status.exitCode() : kOwnFailure);
    if (!result.warning.empty())
        fail("not everything could be recorded: " + result.warning, 0);
    daemonscope::endAs(result.status);
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return runRecorder(argc, argv);
    } catch (const std::exception& error) {
        return fail(std::string{"it failed unexpectedly: "} + error.what(), kOwnFailure);
    }
}
