// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// daemonscope-engine: runs a scenario, a program that is written as data, on the engine. No Qt, so that each process of
// a lesson is small and starts at once.

#include "engine/context.h"
#include "engine/runtime.h"
#include "engine/target.h"
#include "scenario/lessoncommand.h"
#include "scenario/reader.h"
#include "scenario/run.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace engine = daemonscope::engine;
namespace scenario = daemonscope::scenario;

constexpr int kUsageError = 2;
constexpr int kOwnFailure = 125;

int fail(const std::string& message, int status)
{
    std::cerr << "daemonscope-engine: " << message << '\n';
    return status;
}

/// The scenario that this process runs. Never destroyed: signal handlers and threads refer to it to the last.
[[gnu::used]] scenario::Scenario* kept = nullptr;

const scenario::Scenario& keep(scenario::Scenario read)
{
    kept = new scenario::Scenario(std::move(read));
    // Whoever reads the recording stands in another folder.
    kept->file = std::filesystem::absolute(kept->file).lexically_normal().string();
    return *kept;
}

struct EngineOptions {
    std::string file;
    std::string startMethod;
};

/// The exit status of a command line that asks for no run; nothing for one that does.
std::optional<int> parse(int argc, char** argv, EngineOptions& options)
{
    CLI::App app{"Runs a scenario: a program of processes, written in YAML, with the semantics of Python's "
                 "multiprocessing. Ends as the program ends; 2: FILE is no scenario, or the call is wrong.",
        "daemonscope-engine"};
    app.set_version_flag("--version", std::string{"daemonscope-engine "} + DAEMONSCOPE_VERSION);
    app.add_option("FILE", options.file, "The scenario")->required();
    app.add_option("--start-method", options.startMethod, "How processes are started where the scenario does not say")
        ->type_name("fork|spawn|forkserver")
        ->check(CLI::IsMember(engine::allStartMethods()));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsageError;
    }
    return std::nullopt;
}

/// In a child that starts afresh: reads the scenario again that its program was told to run.
engine::Target targetAfresh(const std::string& name)
{
    static const scenario::Scenario* program = nullptr;
    if (!program) {
        const std::vector<std::string>& words = engine::programArguments();
        std::vector<char*> argv;
        std::vector<std::string> copies = words;
        argv.reserve(copies.size() + 1);
        for (std::string& word : copies)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        EngineOptions options;
        if (words.empty() || parse(static_cast<int>(words.size()), argv.data(), options))
            return {};
        auto read = scenario::readScenarioFile(options.file);
        if (!read.ok()) {
            fail(read.error().message, 0);
            return {};
        }
        program = &keep(std::move(read).value());
    }
    return scenario::targetOf(*program, name);
}

int runEngine(int argc, char** argv)
{
    engine::setTargetResolver(targetAfresh);
    // A process that was executed to be a child or a helper of another; what it has to do, runMain() knows.
    if (argc > 1 && std::string_view(argv[1]).starts_with("--multiprocessing-"))
        return engine::runMain(argc, argv, [] {});
    EngineOptions options;
    if (const std::optional<int> status = parse(argc, argv, options))
        return *status;
    auto read = scenario::readScenarioFile(options.file);
    if (!read.ok())
        return fail(read.error().message, kUsageError);
    const std::optional<scenario::Method> method = scenario::methodNamed(options.startMethod);
    const bool replaced = method && scenario::replaceStartMethod(read.value(), *method);
    const scenario::Scenario& program = keep(std::move(read).value());
    return engine::runMain(argc, argv, [&] {
        if (method && !replaced)
            engine::setStartMethod(options.startMethod);
        scenario::runProgram(program);
    });
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return runEngine(argc, argv);
    } catch (const std::exception& error) {
        return fail(std::string{"it failed unexpectedly: "} + error.what(), kOwnFailure);
    }
}
