// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/uniquefd.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace daemonscope {

/// The two ends of a stream: what a program writes into `writer` is read from `reader`, with the kernel's word for who
/// wrote it (SO_PASSCRED, unix(7)).
struct AttributedStream {
    UniqueFd reader;
    UniqueFd writer;
    static Result<AttributedStream> create();
};

/// What one receive returned.
struct Received {
    enum class Kind { Data, Nothing, Closed };
    Kind kind = Kind::Nothing;
    std::size_t size = 0;
    std::int32_t senderPid = 0; ///< with SO_PASSCRED; 0 otherwise
};
/// Receives into `buffer` without blocking. Data of two writers is never merged into one receive (unix(7)).
Received receive(int socket, std::span<char> buffer);
/// How many bytes receive() would find in a stream now.
std::size_t receivableBytes(int socket);

/// A listening SOCK_SEQPACKET socket at `path`, mode 0600, non-blocking.
Result<UniqueFd> listenSeqpacket(const std::string& path);

/// One packet of a SOCK_SEQPACKET connection.
struct Packet {
    enum class Kind { Whole, TooLong, Nothing, Closed };
    Kind kind = Kind::Nothing;
    std::string bytes; ///< of a whole one
};
/// Receives a packet of at most `limitBytes` without blocking. Descriptors that a peer sends along are not taken.
Packet receivePacket(int socket, std::size_t limitBytes);
/// Sends a packet without blocking; false if there is no room for it or nobody to take it.
bool sendPacketNow(int socket, std::string_view packet);
/// Whether somebody listens at the SOCK_SEQPACKET socket at `path`.
bool hasListener(const std::string& path);

/// Sends one packet to the SOCK_SEQPACKET listener at `path`, over a connection of its own.
Outcome sendPacket(const std::string& path, std::string_view packet);

/// Who is at the other end of a connection, by SO_PEERCRED.
struct Peer {
    UniqueFd socket;
    std::int32_t pid = 0;
    std::uint32_t uid = 0;
};
/// Connects to the SOCK_SEQPACKET listener at `path`; who listens is told by the kernel.
Result<Peer> connectSeqpacket(const std::string& path);
/// Sends one packet over such a connection and waits for the answer, no longer than `patience`.
Result<std::string> askPacket(int socket, std::string_view packet, std::chrono::milliseconds patience);
/// The next connection of a listener; an invalid socket if none waits. The connection is non-blocking.
Peer acceptPeer(int listener);

} // namespace daemonscope
