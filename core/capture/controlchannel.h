// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/programcontrol.h"
#include "os/poller.h"
#include "os/socket.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace daemonscope {

/// Where the recorder is told what to do (docs/control-protocol.md): a SOCK_SEQPACKET socket of mode 0600 that takes
/// one command a packet and answers each with one packet. Peers are known by the kernel's credentials; those of other
/// users are refused. Whatever a peer sends, or does not read, nobody else is kept waiting. Belongs to the thread of
/// the Poller.
class ControlChannel {
public:
    /// More connections than that are refused.
    static constexpr std::size_t kMostPeers = 64;
    static constexpr std::size_t kLongestCommand = 256;

    /// Listens at `socketPath`, or nowhere if that is empty.
    static Result<std::unique_ptr<ControlChannel>> create(
        ProgramControl& program, Poller& poller, const std::string& socketPath);

    /// Whether `fd` is the listener or a connection; if so takes what is there.
    bool handle(int fd);
    [[nodiscard]] std::size_t peerCount() const { return peers_.size(); }

private:
    ControlChannel(ProgramControl& program, Poller& poller)
        : program_(program)
        , poller_(poller)
    {
    }
    struct Connection {
        Peer peer;
        std::uint64_t number = 0; ///< as descriptors are used again
    };
    void acceptOne();
    void take(const Connection& connection);
    void answer(std::uint64_t number, const std::string& text);
    void close(int fd);

    ProgramControl& program_;
    Poller& poller_;
    UniqueFd listener_;
    std::unordered_map<int, Connection> peers_;
    std::map<std::uint64_t, int> descriptors_; ///< by number
    std::uint64_t nextNumber_ = 0;
};

} // namespace daemonscope
