// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/controlchannel.h"
#include "capture/hookchannel.h"
#include "capture/recordingwatch.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace daemonscope {

/// The recorder's thread for everything that is said to it: hook packets, control commands, signals.
class ServiceThread {
public:
    struct Addresses {
        std::string hookSocket;    ///< empty: no runtime witness
        std::string controlSocket; ///< empty: no control
        std::string recording;     ///< the file that is written, to be watched
    };
    /// `grace`: how long what is asked to end may take for it.
    static Result<std::unique_ptr<ServiceThread>> create(RecordingWriter& recording, ProcessRegistry& processes,
        const Addresses& addresses, UniqueFd signals, std::chrono::milliseconds grace = ProgramControl::kGrace);
    ~ServiceThread();
    ServiceThread(const ServiceThread&) = delete;
    ServiceThread& operator=(const ServiceThread&) = delete;

    /// Begins; `programPid` gets the signals that are sent to the recorder.
    void start(std::int32_t programPid);
    /// From now on a signal to the recorder means: end the recording, and with it what is left of the program.
    /// If the program was sent one that asks it to end, what is left gets the same grace as after a stop.
    void programEnded();
    /// Records all that process `pid` has said. Any thread.
    void drain(std::int32_t pid);
    /// Waits until no hook connection is left (without ptrace, the sign that all processes are gone).
    void waitForHangUps();
    /// What became of the recording's file, as a sentence; empty if nothing did.
    [[nodiscard]] std::string recordingLoss() const { return watch_->loss(); }
    /// Takes what is still to be read and ends the thread.
    void finish();

private:
    ServiceThread(Poller poller, UniqueFd signals)
        : poller_(std::move(poller))
        , signals_(std::move(signals))
    {
    }
    void loop();
    void onSignal();

    Poller poller_;
    UniqueFd signals_;
    std::unique_ptr<ProgramControl> program_;
    std::unique_ptr<HookChannel> hook_;
    std::unique_ptr<ControlChannel> control_;
    std::unique_ptr<RecordingWatch> watch_;
    std::atomic<bool> programEnded_ = false;
    std::atomic<bool> ending_ = false;
    bool endRequested_ = false; ///< by a signal to the recorder; the thread's own
    std::thread thread_;
};

} // namespace daemonscope
