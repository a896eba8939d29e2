// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/recordingsession.h"

#include "capture/notice.h"
#include "capture/statement.h"
#include "os/clock.h"
#include "os/descriptorlimit.h"
#include "os/lostpages.h"
#include "os/ptrace.h"
#include "os/self.h"

#include <filesystem>
#include <utility>

namespace daemonscope {

namespace {

const char* modeName(OutputMode mode)
{
    switch (mode) {
    case OutputMode::Lines:
        return "lines";
    case OutputMode::Pipe:
        return "pipe";
    case OutputMode::Pty:
        return "pty";
    case OutputMode::Inherit:
        return "inherit";
    }
    return "inherit";
}

} // namespace

RecorderResult failedRun(std::string sentence, int status)
{
    return {ExitStatus::code(status), std::move(sentence), {}};
}

RecordingSession::RecordingSession(const RecorderOptions& options)
    : options_(options)
    , argv_(commandFor(options.program, options.python))
    , traces_(options.ptrace)
    , whyNotPtrace_(options.ptrace ? "" : "recorded with --no-ptrace")
    , finalPath_(options.recordingPath.empty() ? defaultRecordingName(options.program) : options.recordingPath)
    , path_(finalPath_)
{
    // What is to be overwritten stays until the program runs.
    std::error_code error;
    if (options.overwrite && std::filesystem::is_regular_file(finalPath_, error))
        path_ += ".part" + std::to_string(currentProcess());
}

RecorderResult RecordingSession::run()
{
    if (const Outcome prepared = prepare(); !prepared.ok()) {
        if (recording_)
            discardRecording();
        return failedRun(prepared.error().message);
    }
    auto program = launch();
    if (program.ok() && traces_) {
        if (const Outcome seized = tracing::seize(program.value().pid(), !options_.detach); !seized.ok())
            program = launchUntraced(std::move(program).value(), seized.error().message);
    }
    if (!program.ok()) {
        discardRecording();
        return failedRun(program.error().message);
    }
    RecorderResult result = traces_ ? follow(program.value()) : accompany(program.value());
    conclude(result);
    program.value().host().dismiss();
    return result;
}

Outcome RecordingSession::prepare()
{
    const std::array<bool, 3> open = reserveStandardStreams();
    for (std::size_t fd = 0; fd < open.size(); ++fd)
        streams_.at(fd) = open.at(fd) ? static_cast<int>(fd) : -1;
    if (options_.keepOutput)
        streams_[1] = streams_[2] = openNowhere();
    raiseDescriptorLimit(); // every process with a hook has a connection
    auto signals = takeOverSignals();
    if (!signals.ok())
        return signals.error();
    auto writer = RecordingWriter::create(path_, options_.overwrite);
    if (!writer.ok())
        return writer.error();
    recording_ = std::move(writer).value();
    surviveLostPages();
    recording_->onFailure(
        [](const std::string& why) { notice("the recording ends here, the program goes on: " + why); });

    ServiceThread::Addresses addresses;
    addresses.recording = path_;
    auto folder = PrivateDirectory::create();
    if (folder.ok())
        directory_.emplace(std::move(folder).value());
    else if (hasHook())
        return folder.error();
    if (hasHook())
        addresses.hookSocket = directory_->path() + "/hook";
    if (!options_.controlSocket.empty())
        addresses.controlSocket = options_.controlSocket;
    else if (directory_)
        addresses.controlSocket = directory_->path() + "/control";
    addresses_ = addresses;
    if (!traces_) {
        if (Outcome started = startKeeper(); !started.ok())
            return started;
    }
    auto service =
        ServiceThread::create(*recording_, processes_, addresses, std::move(signals).value(), options_.grace);
    if (!service.ok())
        return service.error();
    service_ = std::move(service).value();
    return prepareOutput();
}

Outcome RecordingSession::prepareOutput()
{
    if (hasTerminal()) {
        auto terminal = TerminalChannel::create(streams_[0]);
        if (!terminal.ok())
            return terminal.error();
        terminal_ = std::move(terminal).value();
    } else if (capturesOutput()) {
        auto output = OutputChannel::create(*recording_, processes_, {streams_[1], streams_[2]}, options_.outputLimits);
        if (!output.ok())
            return output.error();
        output_ = std::move(output).value();
    }
    return Done{};
}

Outcome RecordingSession::startKeeper()
{
    if (options_.detach)
        return Done{};
    auto keeper = Keeper::start(addresses_.hookSocket.empty() ? "" : "DAEMONSCOPE_SOCKET=" + addresses_.hookSocket);
    if (!keeper.ok())
        return keeper.error();
    keeper_.emplace(std::move(keeper).value());
    return Done{};
}

void RecordingSession::announce(ProcessId program, const std::string& kernelMeans, const std::string& whyNone)
{
    recording_->append({monotonicNow(), program, Witness::Recorder, startOf(kernelMeans)});
    CaptureMeans means;
    means.kernel = kernelMeans;
    means.whyNotPtrace = whyNotPtrace_;
    means.whyNone = whyNone;
    means.filter = filters();
    means.detached = options_.detach;
    means.output = capturesOutput();
    means.merged = hasTerminal();
    means.runtime = hasHook();
    means.rootTraces = currentUser() == 0;
    means.lineBuffered = options_.output == OutputMode::Lines && capturesOutput();
    means.lineBufferingInC = !stdbufLibrary().empty();
    recording_->append({monotonicNow(), {}, Witness::Recorder, statementOf(means)});
}

payload::RecordingStarted RecordingSession::startOf(const std::string& kernelMeans) const
{
    payload::RecordingStarted started;
    started.argv = argv_;
    started.workingDirectory = workingDirectory();
    started.wallClockNs = wallClockNow().count();
    started.kernelWitness = kernelMeans != "none";
    started.runtimeWitness = hasHook();
    started.outputMode = modeName(capturesOutput() ? options_.output : OutputMode::Inherit);
    started.outputAttributed = capturesOutput() && !hasTerminal();
    started.recorderVersion = DAEMONSCOPE_VERSION;
    started.recorderPid = currentProcess();
    if (!addresses_.controlSocket.empty())
        started.controlSocket = std::filesystem::absolute(addresses_.controlSocket).string();
    started.sampleNs = sampleInterval().count();
    started.killCalls = filters();
    started.reaping = traces_;
    started.kernelMeans = kernelMeans;
    return started;
}

std::chrono::nanoseconds RecordingSession::sampleInterval() const
{
    return options_.sampleRate > 0 ? std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.sampleRate
                                   : std::chrono::nanoseconds::zero();
}

std::string RecordingSession::workingDirectory() const
{
    return options_.workingDirectory.empty() ? currentDirectory() : options_.workingDirectory;
}

void RecordingSession::conclude(RecorderResult& result)
{
    if (output_)
        output_->finish();
    if (terminal_)
        terminal_->finish();
    service_->finish();
    if (sampler_)
        sampler_->finish();
    if (!result.failure.empty()) {
        discardRecording();
        return;
    }
    recording_->append({monotonicNow(), {}, Witness::Recorder, payload::RecordingEnded{"all processes have ended"}});
    result.warning = recording_->failure();
    if (result.warning.empty())
        result.warning = service_->recordingLoss();
    if (result.warning.empty() && output_)
        result.warning = output_->failure();
    if (const Outcome closed = recording_->close(); !closed.ok() && result.warning.empty())
        result.warning = closed.error().message;
}

void RecordingSession::publish() const
{
    std::error_code ignored;
    if (path_ != finalPath_)
        std::filesystem::rename(path_, finalPath_, ignored);
}

void RecordingSession::discardRecording() const
{
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

} // namespace daemonscope
