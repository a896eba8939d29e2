// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "cli/reportsource.h"
#include "commandline.h"
#include "lifecycle/report/jsonreport.h"
#include "lifecycle/report/textreport.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope::cli {
namespace {

struct ReportOptions {
    std::string file;
    std::string format = "text";
    std::string color = "auto";
};

constexpr std::array<std::string_view, 2> kFormats{"text", "json"};
/// To come. Who asks for them is told so; they are not offered.
constexpr std::array<std::string_view, 3> kLaterFormats{"markdown", "mermaid", "dot"};

template <std::size_t size> bool isOneOf(const std::string& word, const std::array<std::string_view, size>& words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string formatComplaint(const std::string& given)
{
    return isOneOf(given, kFormats) || isOneOf(given, kLaterFormats) ? std::string() : given + " not in {text,json}";
}

/// Prints what `write` writes, piece by piece.
Outcome printPieces(const std::function<void(const WriteText&)>& write)
{
    Outcome printed{Done{}};
    write([&printed](std::string_view piece) {
        if (printed.ok() && std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size())
            printed = systemError("cannot write to standard output", errno);
    });
    return printed.ok() ? print({}) : printed;
}

int report(const ReportOptions& options)
{
    if (!isOneOf(options.format, kFormats)) {
        fail("report --format " + options.format + " is not there yet; text and json are");
        return kUsageError;
    }
    std::vector<std::string> notes;
    const Result<ProcessTree> tree = readTree(options.file, &notes);
    if (!tree.ok())
        return fail(tree.error().message);
    const Outcome printed = printPieces([&](const WriteText& write) {
        if (options.format == "json")
            writeJsonReport(tree.value(), notes, write);
        else
            writeTextReport(tree.value(), textOptions(options.color), write);
    });
    return printed.ok() ? 0 : fail(printed.error().message);
}

} // namespace

void addReport(CLI::App& app, Action& chosen)
{
    const auto options = std::make_shared<ReportOptions>();
    CLI::App* sub = app.add_subcommand("report", "Print a recording's process tree, verdicts and findings");
    sub->add_option("FILE", options->file, "The recording")->required();
    sub->add_option("--format", options->format, "text or json")
        ->capture_default_str()
        ->check(CLI::Validator(&formatComplaint, "{text,json}"));
    addColorOption(*sub, options->color);
    sub->callback([options, &chosen] { chosen = [options] { return report(*options); }; });
}

} // namespace daemonscope::cli
