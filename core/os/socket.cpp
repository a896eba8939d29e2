// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/socket.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace daemonscope {

namespace {

Result<sockaddr_un> addressOf(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{"the socket's path '" + path + "' is too long; set XDG_RUNTIME_DIR or TMPDIR to a shorter folder"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

/// recv(2) that goes on after a reset: who hangs up without having read all has left its last words all the same.
ssize_t receiveLastWords(int socket, std::string& bytes, int flags)
{
    bool reset = false;
    for (;;) {
        const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), flags);
        const bool again = got < 0 && (errno == EINTR || (errno == ECONNRESET && !std::exchange(reset, true)));
        if (!again)
            return got;
    }
}

Peer peerOf(UniqueFd socket)
{
    Peer peer{std::move(socket)};
    if (peer.socket.valid()) {
        ucred credentials{};
        socklen_t size = sizeof credentials;
        if (::getsockopt(peer.socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
            peer.pid = credentials.pid;
            peer.uid = credentials.uid;
        }
    }
    return peer;
}

} // namespace

Result<AttributedStream> AttributedStream::create()
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return systemError("cannot make a socket for the program's output", errno);
    AttributedStream stream{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
    const int on = 1;
    constexpr int kBufferBytes = 1 << 20;
    if (::setsockopt(stream.reader.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
        return systemError("cannot ask the kernel who writes the program's output", errno);
    ::setsockopt(stream.writer.get(), SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof kBufferBytes);
    // Nothing ever comes back this way: a program that reads its stdout sees an end of file, as with a pipe.
    ::shutdown(stream.writer.get(), SHUT_RD);
    return stream;
}

Received receive(int socket, std::span<char> buffer)
{
    iovec area{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    msghdr message{};
    message.msg_iov = &area;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return {errno == EAGAIN || errno == EWOULDBLOCK ? Received::Kind::Nothing : Received::Kind::Closed};
    if (got == 0)
        return {Received::Kind::Closed};
    Received received{Received::Kind::Data, static_cast<std::size_t>(got)};
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        if (header->cmsg_type == SCM_CREDENTIALS) {
            ucred credentials{};
            std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            received.senderPid = credentials.pid;
        }
    }
    return received;
}

std::size_t receivableBytes(int socket)
{
    int bytes = 0;
    return ::ioctl(socket, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

Result<UniqueFd> listenSeqpacket(const std::string& path)
{
    const auto address = addressOf(path);
    if (!address.ok())
        return address.error();
    UniqueFd listener{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!listener.valid())
        return systemError("cannot make the socket '" + path + "'", errno);
    constexpr int kBacklog = 4096;
    constexpr mode_t kOnlyOwner = 0600;
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address.value()), sizeof(sockaddr_un)) != 0
        || ::chmod(path.c_str(), kOnlyOwner) != 0 || ::listen(listener.get(), kBacklog) != 0)
        return systemError("cannot listen on the socket '" + path + "'", errno);
    return listener;
}

Packet receivePacket(int socket, std::size_t limitBytes)
{
    std::string bytes(limitBytes, '\0');
    const ssize_t got = receiveLastWords(socket, bytes, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0)
        return {errno == EAGAIN || errno == EWOULDBLOCK ? Packet::Kind::Nothing : Packet::Kind::Closed, {}};
    if (got == 0)
        return {Packet::Kind::Closed, {}}; // or an empty packet, which nobody has a reason to send
    if (static_cast<std::size_t>(got) > limitBytes)
        return {Packet::Kind::TooLong, {}};
    bytes.resize(static_cast<std::size_t>(got));
    return {Packet::Kind::Whole, std::move(bytes)};
}

bool sendPacketNow(int socket, std::string_view packet)
{
    return ::send(socket, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

bool hasListener(const std::string& path)
{
    const auto address = addressOf(path);
    const UniqueFd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    // A socket whose process is gone refuses (ECONNREFUSED); a full queue is a listener's.
    return address.ok() && socket.valid()
        && (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.value()), sizeof(sockaddr_un)) == 0
            || errno == EAGAIN);
}

Result<Peer> connectSeqpacket(const std::string& path)
{
    const auto address = addressOf(path);
    if (!address.ok())
        return address.error();
    UniqueFd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    if (!socket.valid()
        || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.value()), sizeof(sockaddr_un)) != 0)
        return systemError("cannot connect to the socket '" + path + "'", errno);
    return peerOf(std::move(socket));
}

Result<std::string> askPacket(int socket, std::string_view packet, std::chrono::milliseconds patience)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const timeval limit{seconds.count(), std::chrono::microseconds{patience - seconds}.count()};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    // Who refuses the connection has hung up already, and said why.
    if (::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL) < 0 && errno != EPIPE)
        return systemError("cannot send to the socket", errno);
    constexpr std::size_t kLongestAnswer = 4096;
    std::string answer(kLongestAnswer, '\0');
    const ssize_t got = receiveLastWords(socket, answer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return Error{"no answer came"};
    if (got < 0)
        return systemError("cannot receive the answer", errno);
    if (got == 0)
        return Error{"the other side hung up without an answer"};
    answer.resize(static_cast<std::size_t>(got));
    return answer;
}

Outcome sendPacket(const std::string& path, std::string_view packet)
{
    const auto peer = connectSeqpacket(path);
    if (!peer.ok())
        return peer.error();
    if (::send(peer.value().socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0)
        return systemError("cannot send to the socket '" + path + "'", errno);
    return Done{};
}

Peer acceptPeer(int listener)
{
    return peerOf(UniqueFd{::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)});
}

} // namespace daemonscope
