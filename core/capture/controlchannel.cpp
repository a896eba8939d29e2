// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/controlchannel.h"

#include "os/clock.h"
#include "os/self.h"

#include <csignal>

namespace daemonscope {

Result<std::unique_ptr<ControlChannel>> ControlChannel::create(
    ProcessRegistry& processes, Poller& poller, const std::string& socketPath)
{
    std::unique_ptr<ControlChannel> channel{new ControlChannel{processes, poller}};
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
        Peer peer = acceptPeer(fd);
        if (peer.socket.valid() && (peer.uid == currentUser() || peer.uid == 0)) {
            poller_.watch(peer.socket.get());
            const int key = peer.socket.get();
            peers_.emplace(key, std::move(peer.socket));
        }
        return true;
    }
    const auto peer = peers_.find(fd);
    if (peer == peers_.end())
        return false;
    constexpr std::size_t kLongestCommand = 256;
    std::vector<char> buffer(kLongestCommand);
    const Received received = receive(fd, buffer);
    if (received.kind == Received::Kind::Data) {
        obey({buffer.data(), received.size});
    } else if (received.kind == Received::Kind::Closed) {
        poller_.unwatch(fd);
        peers_.erase(peer);
    }
    return true;
}

void ControlChannel::obey(std::string_view command)
{
    if (command == "stop") {
        if (program_ > 0)
            sendSignal(-program_, Signal{SIGTERM});
        deadline_ = monotonicNow() + kGrace;
    } else if (command == "kill") {
        signalAll(Signal{SIGKILL});
    } else if (command == "freeze") {
        signalAll(Signal{SIGSTOP});
    } else if (command == "resume") {
        signalAll(Signal{SIGCONT});
    }
}

void ControlChannel::checkDeadline()
{
    if (deadline_ && monotonicNow() >= *deadline_) {
        deadline_.reset();
        signalAll(Signal{SIGKILL});
    }
}

void ControlChannel::signalAll(Signal signal)
{
    for (const std::int32_t pid : processes_.livePids())
        sendSignal(pid, signal);
}

} // namespace daemonscope
