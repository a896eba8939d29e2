// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/recorder.h"

#include "capture/launchenvironment.h"
#include "capture/notice.h"
#include "capture/outputchannel.h"
#include "capture/sampler.h"
#include "capture/servicethread.h"
#include "capture/terminalchannel.h"
#include "capture/tracer.h"
#include "os/clock.h"
#include "os/descriptorlimit.h"
#include "os/jobcontrol.h"
#include "os/keeper.h"
#include "os/launch.h"
#include "os/lostpages.h"
#include "os/privatedirectory.h"
#include "os/procfs.h"
#include "os/self.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <utility>

namespace daemonscope {

namespace {

constexpr int kOwnFailure = 125;

RecorderResult failure(std::string sentence, int status = kOwnFailure)
{
    return {ExitStatus::code(status), std::move(sentence), {}};
}

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

/// One run: holds the parts in the order in which they need each other.
class RecordingSession {
public:
    explicit RecordingSession(const RecorderOptions& options)
        : options_(options)
        , argv_(commandFor(options.program, options.python))
        , finalPath_(options.recordingPath.empty() ? defaultRecordingName(options.program) : options.recordingPath)
        , path_(finalPath_)
    {
        // What is to be overwritten stays until the program runs.
        std::error_code error;
        if (options.overwrite && std::filesystem::is_regular_file(finalPath_, error))
            path_ += ".part" + std::to_string(currentProcess());
    }

    RecorderResult run()
    {
        if (const Outcome prepared = prepare(); !prepared.ok()) {
            if (recording_)
                discardRecording();
            return failure(prepared.error().message);
        }
        auto pending = launch();
        if (!pending.ok()) {
            discardRecording();
            return failure(pending.error().message);
        }
        PendingLaunch& program = pending.value();
        RecorderResult result = options_.ptrace ? follow(program) : accompany(program);
        conclude(result);
        program.host().dismiss();
        return result;
    }

private:
    [[nodiscard]] bool capturesOutput() const { return options_.output != OutputMode::Inherit && !options_.detach; }
    [[nodiscard]] bool hasTerminal() const { return capturesOutput() && options_.output == OutputMode::Pty; }
    [[nodiscard]] bool hasHook() const { return !options_.hookDirectory.empty(); }

    Outcome prepare()
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
        if (!options_.ptrace && !options_.detach) {
            auto keeper =
                Keeper::start(addresses.hookSocket.empty() ? "" : "DAEMONSCOPE_SOCKET=" + addresses.hookSocket);
            if (!keeper.ok())
                return keeper.error();
            keeper_.emplace(std::move(keeper).value());
        }
        auto service =
            ServiceThread::create(*recording_, processes_, addresses, std::move(signals).value(), options_.grace);
        if (!service.ok())
            return service.error();
        service_ = std::move(service).value();
        if (hasTerminal()) {
            auto terminal = TerminalChannel::create(streams_[0]);
            if (!terminal.ok())
                return terminal.error();
            terminal_ = std::move(terminal).value();
        } else if (capturesOutput()) {
            auto output =
                OutputChannel::create(*recording_, processes_, {streams_[1], streams_[2]}, options_.outputLimits);
            if (!output.ok())
                return output.error();
            output_ = std::move(output).value();
        }
        return Done{};
    }

    Result<PendingLaunch> launch()
    {
        LaunchSpec spec;
        spec.argv = argv_;
        spec.environment = currentEnvironment();
        spec.workingDirectory = options_.workingDirectory;
        instrument(spec.environment,
            {addresses_.hookSocket, options_.hookDirectory, options_.output == OutputMode::Lines && capturesOutput()});
        spec.standardInput = streams_[0];
        spec.standardOutput = output_ ? output_->programEnds()[0] : streams_[1];
        spec.standardError = output_ ? output_->programEnds()[1] : streams_[2];
        if (terminal_) {
            spec.terminal = spec.standardInput = spec.standardOutput = spec.standardError = terminal_->programEnd();
            spec.personsTerminal = terminal_->personsTerminal();
        } else {
            spec.foregroundOf = jobControl_.terminalToGive();
        }
        if (options_.ptrace && !options_.detach && options_.filter) {
            auto filter = SyscallFilter::create(output_ != nullptr);
            if (!filter.ok())
                return filter.error();
            spec.filter = std::move(filter).value();
        }
        return PendingLaunch::start(spec);
    }

    payload::RecordingStarted startOf() const
    {
        payload::RecordingStarted started;
        started.argv = argv_;
        started.workingDirectory = options_.workingDirectory.empty() ? currentDirectory() : options_.workingDirectory;
        started.wallClockNs = wallClockNow().count();
        started.kernelWitness = options_.ptrace;
        started.runtimeWitness = hasHook();
        started.outputMode = modeName(capturesOutput() ? options_.output : OutputMode::Inherit);
        started.outputAttributed = capturesOutput() && !hasTerminal();
        started.recorderVersion = DAEMONSCOPE_VERSION;
        started.recorderPid = currentProcess();
        if (!addresses_.controlSocket.empty())
            started.controlSocket = std::filesystem::absolute(addresses_.controlSocket).string();
        started.sampleNs = sampleInterval().count();
        started.killCalls = options_.ptrace && options_.filter && !options_.detach;
        started.reaping = options_.ptrace;
        return started;
    }

    [[nodiscard]] std::chrono::nanoseconds sampleInterval() const
    {
        return options_.sampleRate > 0 ? std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.sampleRate
                                       : std::chrono::nanoseconds::zero();
    }

    void begin(PendingLaunch& program)
    {
        if (terminal_) {
            constexpr int kStandardOutput = 1;
            output_ = OutputChannel::createForTerminal(
                *recording_, processes_, kStandardOutput, terminal_->takeOutputEnd(), program.pid(),
                [this] { terminal_->hangUp(); }, options_.outputLimits);
            terminal_->closeProgramEnd();
            terminal_->start(program.host());
        }
        sampler_ = std::make_unique<Sampler>(*recording_, processes_, sampleInterval());
        sampler_->start();
        if (output_)
            output_->start();
        service_->start(program.pid());
        if (keeper_)
            keeper_->watch(program.pid());
        program.go();
        if (output_)
            output_->closeProgramEnds();
    }

    /// With ptrace: this thread is the tracer.
    RecorderResult follow(PendingLaunch& program)
    {
        if (const Outcome seized = tracing::seize(program.pid(), !options_.detach); !seized.ok()) {
            sendSignal(program.pid(), Signal{SIGKILL});
            discardRecording();
            return failure(seized.error().message);
        }
        recording_->append({monotonicNow(), {program.pid(), 0}, Witness::Recorder, startOf()});
        if (!options_.filter)
            recording_->append({monotonicNow(), {}, Witness::Recorder,
                payload::Lost{
                    "who sent SIGKILL", "--no-filter was given, and the kernel keeps no sender of that signal"}});
        auto reaping = ReapWatch::create(*recording_);
        if (!reaping.ok()) {
            sendSignal(program.pid(), Signal{SIGKILL});
            discardRecording();
            return failure(reaping.error().message);
        }
        Tracer tracer{*recording_, processes_, *reaping.value(),
            {[this](std::int32_t pid) { takeLastWords(pid); },
                [this](std::uint64_t inode) { return output_ && output_->isProgramEnd(inode); },
                [this, &program](Signal signal) { programStopped(program.pid(), signal); }}};
        tracer.adopt(program.pid());
        begin(program);

        RecorderResult result;
        bool executed = false;
        tracer.run([&](std::optional<ExitStatus> ended) {
            if (!ended) {
                if (!std::exchange(executed, true))
                    publish();
                return;
            }
            if (PendingLaunch::Failure reason; !executed && program.failed(reason))
                result = failure(reason.message, reason.exitStatus);
            else
                result.status = *ended;
            service_->programEnded();
            jobControl_.reclaim(program.pid());
        });
        reaping.value()->finish();
        return result;
    }

    /// Without ptrace: the hook and the output tell; of the program itself, this process is the parent.
    RecorderResult accompany(PendingLaunch& program)
    {
        const ProcessId root = processes_.born(program.pid());
        recording_->append({monotonicNow(), root, Witness::Recorder, startOf()});
        recording_->append(
            {monotonicNow(), root, Witness::Kernel, payload::Born{std::nullopt, payload::Born::How::Launch, 0}});
        begin(program);
        if (PendingLaunch::Failure reason; program.failed(reason)) {
            program.waitForEnd({});
            return failure(reason.message, reason.exitStatus);
        }
        publish();
        recording_->append({monotonicNow(), root, Witness::Kernel,
            payload::Executed{argv_, {}, startOf().workingDirectory, "the executable is not known without ptrace"}});
        RecorderResult result;
        result.status = program.waitForEnd([&](Signal signal) { programStopped(program.pid(), signal); });
        takeLastWords(program.pid());
        recording_->append({monotonicNow(), root, Witness::Kernel,
            payload::Exited{result.status.bySignal(),
                result.status.bySignal() ? result.status.signal().number() : result.status.exitCode(),
                result.status.coreDumped(), 0, 0}});
        processes_.ended(program.pid());
        service_->programEnded();
        jobControl_.reclaim(program.pid());
        service_->waitForHangUps();
        return result;
    }

    void programStopped(std::int32_t pid, Signal signal)
    {
        // What it printed before must not wait with the recorder, which may stop now, too.
        constexpr std::chrono::milliseconds kPatience{1000}; // with a destination that takes no more
        if (output_) {
            output_->drain();
            output_->flush(kPatience);
        }
        if (terminal_)
            terminal_->programStopped(pid, signal);
        else
            jobControl_.programStopped(pid, signal);
    }

    void takeLastWords(std::int32_t pid)
    {
        if (output_)
            output_->drain();
        if (const auto process = processes_.find(pid); output_ && process)
            output_->ended(*process);
        service_->drain(pid);
    }

    void conclude(RecorderResult& result)
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
        recording_->append(
            {monotonicNow(), {}, Witness::Recorder, payload::RecordingEnded{"all processes have ended"}});
        result.warning = recording_->failure();
        if (result.warning.empty())
            result.warning = service_->recordingLoss();
        if (result.warning.empty() && output_)
            result.warning = output_->failure();
        if (const Outcome closed = recording_->close(); !closed.ok() && result.warning.empty())
            result.warning = closed.error().message;
    }

    /// The program runs: the recording takes the place of the one that it overwrites.
    void publish() const
    {
        std::error_code ignored;
        if (path_ != finalPath_)
            std::filesystem::rename(path_, finalPath_, ignored);
    }

    /// A program that never ran leaves no recording behind.
    void discardRecording() const
    {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    const RecorderOptions& options_;
    std::vector<std::string> argv_;
    std::string finalPath_;
    std::string path_;                    ///< while the program does not run yet
    std::array<int, 3> streams_{0, 1, 2}; ///< what the program gets or would have got; -1: closed
    ProcessRegistry processes_;
    std::unique_ptr<RecordingWriter> recording_;
    std::optional<PrivateDirectory> directory_;
    ServiceThread::Addresses addresses_;
    std::optional<Keeper> keeper_; ///< without ptrace
    std::unique_ptr<ServiceThread> service_;
    std::unique_ptr<OutputChannel> output_;
    std::unique_ptr<Sampler> sampler_;
    std::unique_ptr<TerminalChannel> terminal_; ///< if the program has one of its own
    JobControl jobControl_;
};

} // namespace

RecorderResult recordProgram(const RecorderOptions& options)
{
    return RecordingSession{options}.run();
}

std::string defaultRecordingName(const std::vector<std::string>& program)
{
    std::string name = program.empty() ? "program" : std::filesystem::path{program.front()}.filename().string();
    if (name == "-m" && program.size() > 1)
        name = program[1];
    return "daemonscope-" + name + '.' + std::to_string(currentProcess()) + ".dscope";
}

} // namespace daemonscope
