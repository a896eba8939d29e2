// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/hookdecoder.h"
#include "capture/processregistry.h"
#include "os/poller.h"
#include "os/socket.h"
#include "recording/writer.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// The runtime witness's end of the hook protocol: listens, accepts one connection a process, and records what they
/// say. Peers are known by the kernel's credentials; those of other users are refused. handle() belongs to the thread
/// of the Poller, drain() may be called from any thread.
class HookChannel {
public:
    static Result<std::unique_ptr<HookChannel>> create(
        RecordingWriter& recording, ProcessRegistry& processes, Poller& poller, const std::string& socketPath);

    /// Whether `fd` is the listener or a connection; if so takes what is there.
    bool handle(int fd);
    /// Records everything that the process has said up to now. Called before its end is recorded.
    void drain(std::int32_t pid);
    /// Waits until every connection has hung up.
    void waitForHangUps();

private:
    HookChannel(RecordingWriter& recording, ProcessRegistry& processes, Poller& poller, UniqueFd listener)
        : recording_(recording)
        , processes_(processes)
        , poller_(poller)
        , listener_(std::move(listener))
        , buffer_(kBufferBytes)
    {
    }
    struct Connection {
        UniqueFd socket;
        std::int32_t pid = 0;
    };
    void acceptAll();
    /// Reads until nothing is left; false once the peer has hung up.
    bool readAll(const Connection& connection);
    void record(const Connection& connection, std::string_view packet);
    void close(int fd);

    static constexpr std::size_t kBufferBytes = 64UL << 10; ///< more than the protocol's largest packet

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    Poller& poller_;
    UniqueFd listener_;
    std::mutex mutex_;
    std::condition_variable hungUp_;
    std::vector<char> buffer_;
    std::unordered_map<int, Connection> connections_;
    std::unordered_multimap<std::int32_t, int> byPid_;
};

} // namespace daemonscope
