// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/jsonreport.h"

#include "lifecycle/report/losses.h"
#include "lifecycle/verdict.h"
#include "os/clock.h"

#include <utility>

namespace daemonscope {
namespace {

using Json = nlohmann::ordered_json;

Json exitJson(const std::optional<ExitStatus>& exit)
{
    if (!exit)
        return nullptr;
    if (exit->bySignal())
        return {{"signal", exit->signal().name()}, {"number", exit->signal().number()}};
    return {{"code", exit->exitCode()}};
}

/// Writes the values that depend on the tree that a process stands in.
class ProcessWriter {
public:
    explicit ProcessWriter(const ProcessTree& tree)
        : tree_(tree)
    {
    }

    [[nodiscard]] Json write(const Process& process) const;

private:
    [[nodiscard]] std::int64_t since(EventTime time) const { return (time - tree_.start()).count(); }
    [[nodiscard]] Json since(const std::optional<EventTime>& time) const
    {
        return time ? Json(since(*time)) : Json(nullptr);
    }
    [[nodiscard]] Json id(std::optional<ProcessIndex> index) const
    {
        if (!index)
            return nullptr;
        return tree_.at(*index).foldedInto.value_or(*index);
    }
    [[nodiscard]] Json idOrOutside(bool happened, std::optional<ProcessIndex> index) const
    {
        if (!happened)
            return nullptr;
        return index ? id(index) : Json("outside");
    }
    [[nodiscard]] Json endedBy(const Process& process) const;
    [[nodiscard]] Json chain(const Process& process, std::string& text) const;
    [[nodiscard]] Json threads(const Process& process) const;
    [[nodiscard]] Json sampled(const Process& process) const;

    const ProcessTree& tree_;
};

/// What the looks at its CPU and memory found; null for a process that none was taken at.
Json ProcessWriter::sampled(const Process& process) const
{
    const auto samples = tree_.resources().of(process.index);
    if (samples.empty())
        return nullptr;
    const ResourceSample& last = samples.back();
    return {{"samples", samples.size()}, {"peak_rss_bytes", *tree_.resources().peakRssBytes(process.index)},
        {"last",
            {{"time_ns", since(last.time)}, {"cpu_ns", last.cpuNs}, {"rss_bytes", last.rssBytes},
                {"threads", last.threads}}}};
}

Json ProcessWriter::endedBy(const Process& process) const
{
    const std::optional<EndedBy> by = tree_.endedBy(process.index);
    if (!by)
        return nullptr;
    return {{"process", id(by->process)}, {"signal", by->signal.name()}, {"how", word(by->how)},
        {"known_by", word(by->knownBy)}};
}

Json ProcessWriter::chain(const Process& process, std::string& text) const
{
    Json clauses = Json::array();
    Verdict verdict = daemonscope::verdict(tree_, process.index);
    for (Clause& clause : verdict.chain) {
        clauses.push_back({{"time_ns", since(clause.time)}, {"text", std::move(clause.text)},
            {"evidence", daemonscope::word(clause.evidence)}});
    }
    text = std::move(verdict.text);
    return clauses;
}

Json ProcessWriter::threads(const Process& process) const
{
    Json list = Json::array();
    for (const ThreadLife& thread : process.told->threads) {
        // No thread outlives its process: one that did not say that it ended did so with it.
        const std::optional<EventTime> ended = thread.ended ? thread.ended : process.ended;
        list.push_back({{"name", thread.name}, {"daemon", thread.daemon}, {"started_ns", since(thread.started)},
            {"ended_ns", since(ended)}});
    }
    return list;
}

Json ProcessWriter::write(const Process& process) const
{
    const std::optional<bool> daemon = daemonFlag(process);
    Json json;
    json["id"] = process.index;
    json["pid"] = process.id.pid;
    json["name"] = process.name;
    json["command"] = process.image->command;
    json["role"] = word(process.role);
    json["parent"] = id(process.parent);
    json["kernel_parent"] = id(process.kernelParent);
    json["adopted_by"] = idOrOutside(
        process.rare->adoption.has_value(), process.rare->adoption ? process.rare->adoption->adopter : std::nullopt);
    json["reaped_by"] = idOrOutside(process.reaped.has_value() && !process.reaperUnknown, process.reapedBy);
    json["daemon"] = daemon ? Json(*daemon) : Json(nullptr);
    json["daemon_origin"] = daemon && process.daemonOrigin ? Json(word(*process.daemonOrigin)) : Json(nullptr);
    json["start_method"] = process.startMethod ? Json(word(*process.startMethod)) : Json(nullptr);
    json["born_ns"] = since(process.born);
    json["ended_ns"] = since(process.ended);
    json["reaped_ns"] = since(process.reaped);
    json["orphaned_ns"] = since(process.orphanedAt);
    json["exit"] = exitJson(process.exit);
    json["cpu_ns"] = process.cpuNs;
    json["max_rss_bytes"] = process.maxRssBytes;
    json["sampled"] = sampled(process);
    json["ended_by"] = endedBy(process);
    std::string text;
    Json clauses = chain(process, text);
    json["verdict"] = {{"text", std::move(text)}, {"chain", std::move(clauses)}};
    json["output"] = {{"stdout_bytes", process.stdoutBytes}, {"stderr_bytes", process.stderrBytes},
        {"dropped_bytes", process.rare->droppedBytes}};
    json["threads"] = threads(process);
    return json;
}

Json programJson(const ProcessTree& tree)
{
    Json json;
    const auto& program = tree.program();
    json["argv"] = program ? Json(program->argv) : Json::array();
    json["cwd"] = program ? Json(program->workingDirectory) : Json(nullptr);
    json["started"] = program ? Json(rfc3339(std::chrono::nanoseconds(program->wallClockNs))) : Json(nullptr);
    json["duration_ns"] = tree.latest() > tree.start() ? (tree.latest() - tree.start()).count() : 0;
    json["exit"] = tree.size() > 0 ? exitJson(tree.at(0).exit) : Json(nullptr);
    json["complete"] = tree.complete();
    return json;
}

Json captureJson(const ProcessTree& tree, const std::vector<std::string>& notes)
{
    const auto& program = tree.program();
    const char* output = !program || program->outputMode == "inherit" ? "none"
        : program->outputAttributed                                   ? "attributed"
                                                                      : "merged";
    Json lost = losses(tree);
    for (const std::string& note : notes)
        lost.push_back(note);
    const std::string means = !program  ? "none"
        : !program->kernelMeans.empty() ? program->kernelMeans
        : program->kernelWitness        ? "ptrace"
                                        : "none";
    Json abilities = Json::array();
    for (const payload::Ability& ability : tree.abilities())
        abilities.push_back({{"what", ability.what}, {"available", ability.available}, {"words", ability.words}});
    return {{"kernel", program && program->kernelWitness}, {"runtime", program && program->runtimeWitness},
        {"output", output}, {"lost", std::move(lost)}, {"kernel_means", means}, {"abilities", std::move(abilities)}};
}

constexpr const char* kProcesses = "processes";

/// All but the processes, which may be very many.
Json reportWithoutProcesses(const ProcessTree& tree, const std::vector<std::string>& notes)
{
    Json found = Json::array();
    for (Finding& finding : findings(tree)) {
        found.push_back({{"rule", std::move(finding.rule)}, {"severity", word(finding.severity)},
            {"process", finding.process}, {"time_ns", (finding.time - tree.start()).count()},
            {"text", std::move(finding.text)}, {"advice", std::move(finding.advice)}});
    }
    Json report;
    report["format"] = "daemonscope-report";
    report["version"] = 1;
    report["program"] = programJson(tree);
    report["capture"] = captureJson(tree, notes);
    report[kProcesses] = Json::array();
    report["findings"] = std::move(found);
    return report;
}

/// A value as it stands `depth` levels deep in an indented text, without the first line's indentation.
std::string text(const Json& value, std::size_t depth = 0)
{
    constexpr int kIndent = 2;
    std::string flat = value.dump(kIndent, ' ', false, Json::error_handler_t::replace);
    if (depth == 0)
        return flat;
    std::string indented;
    indented.reserve(flat.size() * 2);
    for (const char c : flat) {
        indented += c;
        if (c == '\n') // of the layout: in a string it is escaped
            indented.append(depth * kIndent, ' ');
    }
    return indented;
}

} // namespace

nlohmann::ordered_json jsonReport(const ProcessTree& tree, const std::vector<std::string>& notes)
{
    Json report = reportWithoutProcesses(tree, notes);
    const ProcessWriter writer(tree);
    for (const Process& process : tree.processes()) {
        if (!process.foldedInto)
            report[kProcesses].push_back(writer.write(process));
    }
    return report;
}

void writeJsonReport(const ProcessTree& tree, const std::vector<std::string>& notes, const WriteText& write)
{
    const ProcessWriter writer(tree);
    const char* between = "{\n  ";
    const Json report = reportWithoutProcesses(tree, notes);
    for (const auto& [key, value] : report.items()) {
        write(std::exchange(between, ",\n  ") + text(key) + ": ");
        if (key != kProcesses) {
            write(text(value, 1));
            continue;
        }
        const char* opening = "[\n    ";
        for (const Process& process : tree.processes()) {
            if (!process.foldedInto)
                write(std::exchange(opening, ",\n    ") + text(writer.write(process), 2));
        }
        write(*opening == '[' ? "[]" : "\n  ]");
    }
    write("\n}\n");
}

std::string jsonText(const nlohmann::ordered_json& value)
{
    return text(value) + "\n";
}

} // namespace daemonscope
