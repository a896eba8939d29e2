// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/launchenvironment.h"
#include "capture/letgo.h"
#include "capture/outputchannel.h"
#include "capture/recorder.h"
#include "capture/sampler.h"
#include "capture/servicethread.h"
#include "capture/terminalchannel.h"
#include "capture/untracedrun.h"
#include "os/jobcontrol.h"
#include "os/keeper.h"
#include "os/launch.h"
#include "os/privatedirectory.h"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope {

/// One run of the recorder: holds the parts in the order in which they need each other. Belongs to the main thread.
class RecordingSession {
public:
    /// `options` must outlive it.
    explicit RecordingSession(const RecorderOptions& options);
    RecorderResult run();

private:
    [[nodiscard]] bool capturesOutput() const { return options_.output != OutputMode::Inherit && !options_.detach; }
    [[nodiscard]] bool hasTerminal() const { return capturesOutput() && options_.output == OutputMode::Pty; }
    [[nodiscard]] bool hasHook() const { return !options_.hookDirectory.empty(); }
    /// Only a tracer can answer the filter's calls; for others they would fail.
    [[nodiscard]] bool filters() const { return traces_ && !options_.detach && options_.filter; }
    [[nodiscard]] std::chrono::nanoseconds sampleInterval() const;
    [[nodiscard]] std::string workingDirectory() const; ///< the program's

    // ---- recordingsession.cpp: what there is before the program, and after it ----
    Outcome prepare();
    Outcome prepareOutput();
    /// Without ptrace nothing else ends the program when the recorder is killed.
    Outcome startKeeper();
    /// The first words of a recording: what is recorded, and what can be seen.
    void announce(ProcessId program, const std::string& kernelMeans, const std::string& whyNone);
    [[nodiscard]] payload::RecordingStarted startOf(const std::string& kernelMeans) const;
    void conclude(RecorderResult& result);
    /// The program runs: the recording takes the place of the one that it overwrites.
    void publish() const;
    /// A program that never ran leaves no recording behind.
    void discardRecording() const;

    // ---- recordingruns.cpp: the program's launch and life ----
    Result<PendingLaunch> launch();
    /// The kernel refuses ptrace. The program, which has executed nothing yet and would have a filter, is started anew.
    Result<PendingLaunch> launchUntraced(PendingLaunch refused, const std::string& why);
    void begin(PendingLaunch& program);
    /// With ptrace: this thread is the tracer of the program, which it has seized.
    RecorderResult follow(PendingLaunch& program);
    RecorderResult accompany(PendingLaunch& program);
    /// A process that is not traced any more is ended with the recorder, too. `group`: the program's.
    Outcome keep(std::int32_t group, std::int32_t pid);
    void programStopped(std::int32_t pid, Signal signal);
    void takeLastWords(ProcessId process);

    const RecorderOptions& options_;
    std::vector<std::string> argv_;
    bool traces_;
    std::string whyNotPtrace_; ///< if it doesn't
    std::string finalPath_;
    std::string path_;                    ///< while the program does not run yet
    std::array<int, 3> streams_{0, 1, 2}; ///< what the program gets or would have got; -1: closed
    ProcessRegistry processes_;
    std::unique_ptr<RecordingWriter> recording_;
    std::optional<PrivateDirectory> directory_;
    ServiceThread::Addresses addresses_;
    SyscallFilter filter_;                ///< that the program was launched with
    std::optional<Keeper> keeper_;        ///< of what is not traced
    std::optional<UntracedRun> untraced_; ///< its light witness is asked by the threads of those below
    std::optional<LetGo> letGo_;          ///< likewise
    std::unique_ptr<ServiceThread> service_;
    std::unique_ptr<OutputChannel> output_;
    std::unique_ptr<Sampler> sampler_;
    std::unique_ptr<TerminalChannel> terminal_; ///< if the program has one of its own
    JobControl jobControl_;
};

/// A run that came to nothing, in a sentence; `status`: the recorder's own exit status.
RecorderResult failedRun(std::string sentence, int status = 125);

} // namespace daemonscope
