// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/controlcommand.h"
#include "capture/freezer.h"
#include "capture/signaller.h"
#include "os/self.h"

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace daemonscope {

/// Who asked for something.
struct ControlPeer {
    std::int32_t pid = 0;
    std::uint32_t uid = 0;
};

/// What the recorder does with the program when it is told to. Nothing here waits: what takes time goes on in step(),
/// which is to be called when deadline() is over. Belongs to one thread.
///   stop     SIGTERM to the program's process group (to all that is left, once the program itself has ended), then,
///            after a grace, SIGKILL to every process; what was frozen goes on, as it could not end otherwise
///   kill     SIGKILL to every process, again and again until none is left, as some may just be born
///   freeze   SIGSTOP to every process until none runs (Freezer)
///   resume   SIGCONT to those that were frozen
///   signal   any signal to one process
class ProgramControl {
public:
    static constexpr std::chrono::milliseconds kGrace{3000};
    /// Takes the answer: "ok", "ok: …" or "error: …", each one sentence.
    using Reply = std::function<void(const std::string& answer)>;

    ProgramControl(RecordingWriter& recording, ProcessRegistry& processes, std::chrono::milliseconds grace = kGrace);
    /// `programPid` is the program's process group too.
    void setProgram(std::int32_t programPid) { program_ = programPid; }

    /// Does what the command says and records that it was asked for. The answer comes at once, or from a later step().
    void obey(const ControlCommand& command, const ControlPeer& peer, Reply reply);
    /// SIGKILL to what is left after the grace.
    void beginGrace();
    /// SIGKILL to all, at once.
    void killAll();
    /// Passes on what reached the recorder, and records it: a terminal's signal to the program's process group, as the
    /// terminal would have sent it to that; another one to the program itself.
    void passOn(const ReceivedSignal& received);

    /// When step() has something to do; nothing as long as it has not.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> deadline() const;
    void step();

private:
    void stop(const Reply& reply);
    void stepKill();
    void stepFreeze();
    void answerFreeze(const std::string& answer);

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    Signaller signaller_;
    Freezer freezer_;
    std::chrono::milliseconds grace_;
    std::int32_t program_ = 0;

    std::optional<std::chrono::nanoseconds> graceEnd_;
    bool killing_ = false;
    std::set<std::uint32_t> killed_; ///< serials
    std::vector<Reply> freezeReplies_;
    std::chrono::nanoseconds patienceEnd_{}; ///< of those who wait for a freeze
    std::chrono::nanoseconds nextStep_{};    ///< of killing and freezing
};

} // namespace daemonscope
