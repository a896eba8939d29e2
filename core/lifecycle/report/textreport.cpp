// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/textreport.h"

#include "lifecycle/report/ansi.h"
#include "lifecycle/report/losses.h"
#include "lifecycle/report/treetable.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/verdict.h"
#include "lifecycle/visibletext.h"

#include <string_view>

namespace daemonscope {
namespace {

std::string witnessesText(const payload::RecordingStarted& program)
{
    std::string text;
    if (program.kernelWitness && program.runtimeWitness)
        text = "kernel and runtime witnesses";
    else if (program.kernelWitness)
        text = "kernel witness only";
    else if (program.runtimeWitness)
        text = "runtime witness only";
    else
        text = "no witness of the processes' lives";
    if (program.kernelWitness && !program.kernelMeans.empty() && program.kernelMeans != "ptrace")
        text += " (the kernel's by " + visibleText(program.kernelMeans, 20) + ", without ptrace)";
    if (program.outputMode == "inherit")
        return text + ", output not captured";
    return text + (program.outputAttributed ? ", output by process" : ", output of all processes in one");
}

std::string outcomeText(const ProcessTree& tree)
{
    if (tree.size() == 0)
        return "No process was recorded.";
    const Process& root = tree.at(0);
    std::string text;
    if (root.ended)
        text = std::string("The program ") + (root.exit && root.exit->bySignal() ? "was " : "")
            + terms::ended(root.exit) + " after " + timeText(*root.ended - tree.start());
    else if (tree.complete())
        text = "The program was not seen to end";
    else
        text = "The recording goes on or was cut off at " + timeText(tree.latest() - tree.start())
            + "; what follows is not complete";
    return text + (root.ended && !tree.complete() ? "; the recording is not complete." : ".");
}

std::string heading(const char* text, const TextReportOptions& options)
{
    return "\n" + ansi::styled(text, options.color ? ansi::kBold : nullptr) + "\n";
}

std::string programText(const ProcessTree& tree, const TextReportOptions& options)
{
    std::string text;
    if (const auto& program = tree.program()) {
        text = ansi::styled(visibleCommand(program->argv), options.color ? ansi::kBold : nullptr) + "\n";
        text += outcomeText(tree) + " Seen by: " + witnessesText(*program) + ".\n";
    } else {
        text = outcomeText(tree) + " The beginning of the recording is missing.\n";
    }
    if (const std::string missing = missingAbilities(tree); !missing.empty())
        text += "Could not be seen: " + missing + ".\n";
    for (const std::string& loss : losses(tree))
        text += "Not seen: " + visibleText(loss, 400) + "\n";
    return text;
}

std::string verdictText(const ProcessTree& tree, const Process& process, bool chain, bool color)
{
    const Verdict verdict = daemonscope::verdict(tree, process.index);
    const char* const dim = color ? ansi::kDim : nullptr;
    std::string text = verdict.text + ansi::styled("  [pid " + std::to_string(process.id.pid) + "]", dim) + "\n";
    if (!chain)
        return text;
    for (const Clause& clause : verdict.chain) {
        std::string time = timeText(clause.time - tree.start());
        time.insert(0, time.size() < 9 ? 9 - time.size() : 0, ' ');
        const std::string evidence = std::string("  [") + word(clause.evidence) + "]";
        text += "  " + time + "  " + clause.text + ansi::styled(evidence, dim) + "\n";
    }
    return text;
}

void writeVerdicts(const ProcessTree& tree, const TextReportOptions& options, const WriteText& write)
{
    const bool chains = options.chains && tree.size() <= options.maximumChains;
    write(heading("Verdicts", options));
    if (options.chains && !chains)
        write("(more than " + std::to_string(options.maximumChains) + " processes: without the facts behind them)\n");
    for (const Process& process : tree.processes()) {
        if (!process.foldedInto)
            write(verdictText(tree, process, chains, options.color));
    }
}

std::string findingsText(const ProcessTree& tree, const TextReportOptions& options)
{
    std::string text = heading("Findings", options);
    const std::vector<Finding> found = findings(tree);
    if (found.empty())
        return text + "None.\n";
    for (const Finding& finding : found) {
        const bool severe = finding.severity != Finding::Severity::Info;
        text += ansi::styled(word(finding.severity), options.color && severe ? ansi::kKill : nullptr) + " at "
            + timeText(finding.time - tree.start()) + ": " + finding.text + " [" + finding.rule + "]\n";
        text += "  " + finding.advice + "\n";
    }
    return text;
}

/// For terminals that may not know the characters that daemonscope's own words use.
std::string withoutTypography(std::string_view text)
{
    constexpr std::string_view kMinus = "−";
    constexpr std::string_view kEllipsis = "…";
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with(kMinus)) {
            plain += '-';
            i += kMinus.size();
        } else if (rest.starts_with(kEllipsis)) {
            plain += "...";
            i += kEllipsis.size();
        } else {
            plain += text[i++];
        }
    }
    return plain;
}

} // namespace

void writeTextReport(const ProcessTree& tree, const TextReportOptions& options, const WriteText& write)
{
    const WriteText shown =
        options.unicode ? write : [&write](std::string_view text) { write(withoutTypography(text)); };
    shown(programText(tree, options));
    if (tree.size() == 0)
        return;
    shown("\n");
    TreeTable(tree, options).write(shown);
    writeVerdicts(tree, options, shown);
    shown(findingsText(tree, options));
}

std::string textReport(const ProcessTree& tree, const TextReportOptions& options)
{
    std::string text;
    writeTextReport(tree, options, [&text](std::string_view piece) { text += piece; });
    return text;
}

} // namespace daemonscope
