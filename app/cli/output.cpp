// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "cli/processname.h"
#include "cli/reportsource.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <optional>

namespace daemonscope::cli {
namespace {

struct OutputOptions {
    std::string file;
    std::string process;
    std::string stream;
};

void sayWhatIsMissing(const ProcessTree& tree, std::optional<ProcessIndex> only)
{
    std::uint64_t dropped = 0;
    for (const Process& process : tree.processes())
        dropped += !only || only == process.index ? process.rare->droppedBytes : 0;
    if (dropped > 0)
        std::fprintf(stderr, "daemonscope: note: %llu bytes were not kept (record --limit)\n",
            static_cast<unsigned long long>(dropped));
    if (!tree.program())
        return;
    if (tree.program()->outputMode == "inherit")
        std::fputs("daemonscope: note: the output was not captured (--output=inherit)\n", stderr);
    else if (only && !tree.program()->outputAttributed)
        std::fputs("daemonscope: note: the recording does not tell which process wrote what\n", stderr);
}

int output(const OutputOptions& options)
{
    const Result<ProcessTree> read = readTree(options.file);
    if (!read.ok())
        return fail(read.error().message);
    const ProcessTree& tree = read.value();
    std::optional<ProcessIndex> only;
    if (!options.process.empty()) {
        const Result<ProcessIndex> found = findProcess(tree, options.process);
        if (!found.ok())
            return fail(found.error().message);
        only = found.value();
    }
    sayWhatIsMissing(tree, only);
    // Read a second time rather than kept: a recording may hold more output than fits in memory.
    std::string failure;
    const auto onEvent = [&](const Event& event, const RecordingReader& reader) {
        const auto* written = std::get_if<payload::OutputWritten>(&event.payload);
        if (!written || !failure.empty() || (only && tree.find(event.process) != only))
            return;
        const bool isStdout = written->stream == payload::Stream::Stdout;
        if (!options.stream.empty() && isStdout != (options.stream == "stdout"))
            return;
        const Result<std::string> bytes = reader.readOutput(*written);
        if (!bytes.ok())
            failure = bytes.error().message;
        else if (const Outcome printed = print(bytes.value()); !printed.ok())
            failure = printed.error().message;
    };
    const Outcome again = readRecording(options.file, true, onEvent);
    if (!again.ok())
        return fail(again.error().message);
    return failure.empty() ? 0 : fail(failure);
}

} // namespace

void addOutput(CLI::App& app, Action& chosen)
{
    const auto options = std::make_shared<OutputOptions>();
    CLI::App* sub = app.add_subcommand("output", "Print the bytes that the processes of a recording wrote, as written");
    sub->add_option("FILE", options->file, "The recording")->required();
    sub->add_option("--process", options->process, "Only what this process wrote: its name, or its id in the report")
        ->check(CLI::Validator(&processNameComplaint, ""));
    sub->add_option("--stream", options->stream, "Only this stream: stdout or stderr")
        ->check(CLI::IsMember({"stdout", "stderr"}));
    sub->callback([options, &chosen] { chosen = [options] { return output(*options); }; });
}

} // namespace daemonscope::cli
