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
        , mostConnections_(mostConnections())
    {
    }
    struct Connection {
        UniqueFd socket;
        std::int32_t pid = 0;
    };
    static std::size_t mostConnections();
    void acceptAll();
    void refuse(const Peer& peer);
    /// Reads until it has got `most` records (or packets that hold none), or nothing is left; false once the peer has
    /// hung up.
    bool read(const Connection& connection, std::size_t most);
    void record(const Connection& connection, std::string_view text);
    void close(int fd);

    static constexpr std::size_t kBufferBytes = 64UL << 10; ///< more than the protocol's largest packet
    /// One that never stops talking does not keep the others from being heard …
    static constexpr std::size_t kRecordsInTurn = 256;
    /// … nor the recorder from going on when it has ended, and has passed its connection on to a child.
    static constexpr std::size_t kLastRecords = 4096;
    static constexpr std::size_t kConnectionsOfOne = 64; ///< the protocol needs one for each process

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    Poller& poller_;
    UniqueFd listener_;
    std::mutex mutex_;
    std::condition_variable hungUp_;
    std::vector<char> buffer_;
    std::size_t mostConnections_;
    std::uint64_t refused_ = 0;
    std::unordered_map<int, Connection> connections_;
    std::unordered_multimap<std::int32_t, int> byPid_;
};

} // namespace daemonscope
