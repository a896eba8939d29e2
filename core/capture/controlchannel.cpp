// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/controlchannel.h"

#include "os/self.h"

namespace daemonscope {

Result<std::unique_ptr<ControlChannel>> ControlChannel::create(
    ProgramControl& program, Poller& poller, const std::string& socketPath)
{
    std::unique_ptr<ControlChannel> channel{new ControlChannel{program, poller}};
    if (!socketPath.empty()) {
        auto listener = listenSeqpacket(socketPath);
        if (!listener.ok())
            return listener.error();
        channel->listener_ = std::move(listener).value();
        poller.watch(channel->listener_.get());
    }
    return channel;
}

bool ControlChannel::handle(int fd)
{
    if (listener_.valid() && fd == listener_.get()) {
        acceptOne();
        return true;
    }
    const auto peer = peers_.find(fd);
    if (peer == peers_.end())
        return false;
    take(peer->second);
    return true;
}

void ControlChannel::acceptOne()
{
    Peer peer = acceptPeer(listener_.get());
    if (!peer.socket.valid())
        return;
    const char* refusal = nullptr;
    if (peer.uid != currentUser() && peer.uid != 0)
        refusal = "error: only the user who records, and root, may control the recording";
    else if (peers_.size() >= kMostPeers)
        refusal = "error: too many connections; close one";
    if (refusal) {
        sendPacketNow(peer.socket.get(), refusal);
        return;
    }
    const int fd = peer.socket.get();
    poller_.watch(fd);
    descriptors_.emplace(nextNumber_, fd);
    peers_.emplace(fd, Connection{std::move(peer), nextNumber_++});
}

void ControlChannel::take(const Connection& connection)
{
    const std::uint64_t number = connection.number;
    const Packet packet = receivePacket(connection.peer.socket.get(), kLongestCommand);
    switch (packet.kind) {
    case Packet::Kind::Nothing:
        break;
    case Packet::Kind::Closed:
        close(connection.peer.socket.get());
        break;
    case Packet::Kind::TooLong:
        answer(number, "error: a command has at most " + std::to_string(kLongestCommand) + " bytes");
        break;
    case Packet::Kind::Whole: {
        const auto command = parseControlCommand(packet.bytes);
        if (!command.ok())
            answer(number, "error: " + command.error().message);
        else
            program_.obey(command.value(), {connection.peer.pid, connection.peer.uid},
                [this, number](const std::string& text) { answer(number, text); });
        break;
    }
    }
}

void ControlChannel::answer(std::uint64_t number, const std::string& text)
{
    const auto known = descriptors_.find(number);
    // Whoever asks without end and reads no answers is no longer listened to.
    if (known != descriptors_.end() && !sendPacketNow(known->second, text))
        close(known->second);
}

void ControlChannel::close(int fd)
{
    const auto peer = peers_.find(fd);
    if (peer == peers_.end())
        return;
    poller_.unwatch(fd);
    descriptors_.erase(peer->second.number);
    peers_.erase(peer);
}

} // namespace daemonscope
