// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/lightwitness.h"
#include "capture/processregistry.h"
#include "os/launch.h"
#include "os/waitstatus.h"
#include "recording/writer.h"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope {

/// Follows a program that is not traced, from the door of its exec to the end of its last process: with the light
/// witness where the kernel grants one, else with what is learnt of the program itself by waiting for it, and what
/// runtime and output tell. Belongs to the thread that launched the program.
class UntracedRun {
public:
    struct Callbacks {
        /// What tells of processes ("cn_proc", "perf" or "none"), and if it is none, why. Nothing is recorded before.
        std::function<void(const std::string& means, const std::string& whyNone)> opened;
        std::function<void()> begin;                          ///< lets the program execute
        std::function<void()> executed;                       ///< it does
        std::function<void(ProcessId process)> takeLastWords; ///< it is dead: record what it left in sockets
        std::function<void(Signal signal)> programStopped;    ///< the program itself, and not by the recorder
        std::function<void()> programEnded;                   ///< likewise
        std::function<void()> waitForHangUps;                 ///< until nobody is left who could tell of himself
    };
    UntracedRun(RecordingWriter& recording, ProcessRegistry& processes, PendingLaunch& program, Callbacks callbacks);

    /// How the program ended, or why it could not be executed.
    struct Result {
        ExitStatus status;
        std::optional<PendingLaunch::Failure> failure;
    };
    /// `intended`: what is executed, for when nobody tells of it.
    Result run(payload::Executed intended);

private:
    void open();
    void waitForEnd();
    void recordEnd();
    [[nodiscard]] std::optional<payload::Exited> collect(ProcessId process);
    void record(Payload payload);

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    PendingLaunch& program_;
    Callbacks callbacks_;
    ProcessId root_;
    /// What the program's host says of its end: written by this thread, waited for by the witness's.
    std::promise<std::optional<ExitStatus>> told_;
    std::future<std::optional<ExitStatus>> hostsWord_ = told_.get_future();
    ExitStatus status_; ///< of the program; written by who collects it, read when all have ended
    std::unique_ptr<LightWitness> light_;
};

} // namespace daemonscope
