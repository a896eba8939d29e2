// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

#include "cli/reportsource.h"
#include "lifecycle/terms.h"
#include "lifecycle/visibletext.h"
#include "os/signal.h"
#include "os/socket.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace daemonscope::cli {
namespace {

/// A freeze waits for some seconds; everything else is answered at once.
constexpr std::chrono::seconds kPatience{30};

struct ControlOptions {
    std::string target;
    std::string command;
    std::string process;
    std::string signal;
};

/// Whom to talk to, and what is known of the program's processes.
struct Target {
    Peer recorder;
    std::optional<ProcessTree> tree; ///< none if a socket was named
};

Result<Target> connectByFile(const std::string& path)
{
    const Result<RecordingReader> reader = RecordingReader::open(path);
    if (!reader.ok())
        return reader.error();
    if (reader.value().state() == RecordingReader::State::Closed)
        return Error{"'" + path + "' is complete: its program has ended"};
    if (reader.value().state() == RecordingReader::State::Abandoned)
        return Error{"the recorder of '" + path + "' is gone, and nothing can be controlled through it any more"};
    Target target;
    target.tree.emplace();
    const Outcome read =
        readRecording(path, true, [&](const Event& event, const RecordingReader&) { target.tree->apply(event); });
    if (!read.ok())
        return read.error();
    const auto& program = target.tree->program();
    if (!program || program->controlSocket.empty())
        return Error{"the recording '" + path + "' names no control socket"};
    auto recorder = connectSeqpacket(program->controlSocket);
    if (!recorder.ok())
        return recorder.error();
    // A file from elsewhere may name any socket; only the one who writes this file is told to do something.
    if (recorder.value().pid != program->recorderPid)
        return Error{"the socket that '" + path + "' names does not belong to its recorder"};
    target.recorder = std::move(recorder).value();
    return target;
}

Result<Target> connectTo(const std::string& where)
{
    std::error_code ignored;
    if (!std::filesystem::is_socket(where, ignored))
        return connectByFile(where);
    auto recorder = connectSeqpacket(where);
    if (!recorder.ok())
        return recorder.error();
    return Target{std::move(recorder).value(), std::nullopt};
}

template <class T> std::optional<T> numberIn(std::string_view text)
{
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

/// "4711:3": pid and serial.
std::optional<ProcessId> identityIn(std::string_view text)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto pid = numberIn<std::int32_t>(text.substr(0, colon));
    const auto serial = numberIn<std::uint32_t>(text.substr(colon + 1));
    return pid && serial ? std::optional{ProcessId{*pid, *serial}} : std::nullopt;
}

Result<ProcessId> processMeant(const Target& target, const std::string& text)
{
    if (const auto identity = identityIn(text))
        return *identity;
    if (!target.tree)
        return Error{
            "with a socket, say PID:SERIAL for the process; with the recording's file, its pid or name will do"};
    const auto pid = numberIn<std::int32_t>(text);
    std::optional<ProcessId> meant;
    for (const Process& process : target.tree->processes()) {
        if (process.ended || (process.name != text && process.id.pid != pid))
            continue;
        if (meant)
            return Error{
                "several living processes are called '" + visibleText(text) + "'; say the pid of the one you mean"};
        meant = process.id;
    }
    if (!meant)
        return Error{"no living process of the recording has the pid or the name '" + visibleText(text) + "'"};
    return *meant;
}

int control(const ControlOptions& options)
{
    if (options.command == "signal" && (options.process.empty() || options.signal.empty())) {
        fail("say which process and which signal, as in: daemonscope control FILE signal 4711 SIGINT");
        return kUsageError;
    }
    if (options.command != "signal" && !options.process.empty()) {
        fail("'" + options.command + "' takes nothing behind it");
        return kUsageError;
    }
    const auto signal = Signal::fromName(options.signal);
    if (options.command == "signal" && !signal) {
        fail("there is no signal '" + visibleText(options.signal) + "'");
        return kUsageError;
    }
    const Result<Target> target = connectTo(options.target);
    if (!target.ok())
        return fail(target.error().message);
    std::string packet = options.command;
    if (options.command == "signal") {
        const Result<ProcessId> process = processMeant(target.value(), options.process);
        if (!process.ok())
            return fail(process.error().message);
        packet += ' ' + std::to_string(process.value().pid) + ' ' + std::to_string(process.value().serial) + ' '
            + signal->name();
    }
    const auto answer = askPacket(target.value().recorder.socket.get(), packet, kPatience);
    if (!answer.ok())
        return fail(answer.error().message);
    const std::string text = visibleText(answer.value());
    if (text == "ok")
        return 0;
    if (!text.starts_with("ok: "))
        return fail(text.starts_with("error: ") ? text.substr(text.find(' ') + 1) : text);
    const Outcome printed = print(text.substr(text.find(' ') + 1) + "\n");
    return printed.ok() ? 0 : fail(printed.error().message);
}

} // namespace

void addControl(CLI::App& app, Action& chosen)
{
    const auto options = std::make_shared<ControlOptions>();
    CLI::App* sub = app.add_subcommand("control", "Stop, kill, freeze or resume a program that is being recorded");
    sub->footer(
        "stop: SIGTERM, and SIGKILL to all that is left after the grace; kill: SIGKILL to every process at once; "
        "freeze: SIGSTOP to every process; resume: what was frozen goes on; signal PROCESS SIGNAL: to one process.");
    sub->add_option("FILE", options->target, "The recording that is being written, or its control socket")->required();
    sub->add_option("COMMAND", options->command, "stop, kill, freeze, resume or signal")
        ->required()
        ->check(CLI::IsMember({"stop", "kill", "freeze", "resume", "signal"}));
    sub->add_option("PROCESS", options->process, "With signal: the pid or the name of the process");
    sub->add_option("SIGNAL", options->signal, "With signal: SIGTERM, SIGINT, SIGUSR1 …");
    sub->callback([options, &chosen] { chosen = [options] { return control(*options); }; });
}

} // namespace daemonscope::cli
