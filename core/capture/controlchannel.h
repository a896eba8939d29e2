// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "os/poller.h"
#include "os/signal.h"
#include "os/socket.h"
#include "recording/writer.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// What the recorder can be told to do: a SOCK_SEQPACKET socket that takes one word a packet.
///   stop         SIGTERM to the program's process group, then, after a grace, SIGKILL to every process that is left
///   kill         SIGKILL to every process at once
///   freeze       SIGSTOP to every process;  resume: SIGCONT
/// Anything else is ignored. Belongs to the thread of the Poller.
class ControlChannel {
public:
    static constexpr std::chrono::milliseconds kGrace{3000};

    /// Listens at `socketPath`, or nowhere if that is empty. `programPid` is the program's process group too.
    static Result<std::unique_ptr<ControlChannel>> create(
        RecordingWriter& recording, ProcessRegistry& processes, Poller& poller, const std::string& socketPath);
    void setProgram(std::int32_t programPid) { program_ = programPid; }

    bool handle(int fd);
    void obey(std::string_view command);
    /// When the grace of a stop is over.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> deadline() const { return deadline_; }
    /// Kills what is left if it is over.
    void checkDeadline();
    /// SIGKILL to what is left after the grace.
    void beginGrace();
    void signalAll(Signal signal);

private:
    ControlChannel(RecordingWriter& recording, ProcessRegistry& processes, Poller& poller)
        : recording_(recording)
        , processes_(processes)
        , poller_(poller)
    {
    }

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    Poller& poller_;
    UniqueFd listener_;
    std::unordered_map<int, UniqueFd> peers_;
    std::int32_t program_ = 0;
    std::optional<std::chrono::nanoseconds> deadline_;
};

} // namespace daemonscope
