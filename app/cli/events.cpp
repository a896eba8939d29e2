// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "cli/reportsource.h"
#include "cli/timesorter.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/visibletext.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace daemonscope::cli {
namespace {

struct EventsOptions {
    std::string file;
    std::string format = "text";
    std::vector<std::string> kinds;
};

const char* witnessWord(Witness witness)
{
    switch (witness) {
    case Witness::Recorder:
        return "recorder";
    case Witness::Kernel:
        return "kernel  ";
    case Witness::Runtime:
        return "runtime ";
    case Witness::Output:
        return "output  ";
    }
    return "recorder";
}

std::string textLine(const ProcessTree& tree, const Event& event)
{
    std::string time = preciseTimeText(event.time - tree.start());
    time.insert(0, time.size() < 14 ? 14 - time.size() : 0, ' ');
    const auto process = tree.find(event.process);
    const std::string name =
        process ? terms::name(tree.at(*process)) + " (" + std::to_string(event.process.pid) + ")" : std::string("-");
    return time + "  " + witnessWord(event.witness) + "  " + name + ": " + visibleText(toText(event.payload), 500)
        + "\n";
}

int events(const EventsOptions& options)
{
    // The events stand in the file in the order in which they were told; a person wants the order in which they
    // happened, which differs by milliseconds.
    TimeSorter lines{&print};
    Outcome printed = Done{};
    ProcessTree tree;
    const auto onEvent = [&](const Event& event, const RecordingReader&) {
        if (!printed.ok())
            return;
        tree.apply(event);
        const std::string kind(kindName(event.payload));
        if (!options.kinds.empty()
            && std::find(options.kinds.begin(), options.kinds.end(), kind) == options.kinds.end())
            return;
        printed = lines.add(
            event.time, options.format == "jsonl" ? toJsonLine(event, tree.start()) + "\n" : textLine(tree, event));
    };
    const Outcome read = readRecording(options.file, false, onEvent);
    if (!read.ok())
        return fail(read.error().message);
    if (printed.ok())
        printed = lines.finish();
    if (!printed.ok())
        return fail(printed.error().message);
    return 0;
}

} // namespace

void addEvents(CLI::App& app, Action& chosen)
{
    const auto options = std::make_shared<EventsOptions>();
    CLI::App* sub = app.add_subcommand("events", "Print the events of a recording in order of time");
    sub->add_option("FILE", options->file, "The recording")->required();
    sub->add_option("--format", options->format, "text or jsonl")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "jsonl"}));
    std::vector<std::string> kinds(kindNames().begin(), kindNames().end());
    sub->add_option("--kind", options->kinds, "Only events of these kinds, separated by commas: born, exited …")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(kinds));
    sub->callback([options, &chosen] { chosen = [options] { return events(*options); }; });
}

} // namespace daemonscope::cli
