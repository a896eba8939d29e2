// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/controlchannel.h"

#include "os/clock.h"
#include "os/self.h"

#include <csignal>

namespace daemonscope {

Result<std::unique_ptr<ControlChannel>> ControlChannel::create(
    RecordingWriter& recording, ProcessRegistry& processes, Poller& poller, const std::string& socketPath)
{
    std::unique_ptr<ControlChannel> channel{new ControlChannel{recording, processes, poller}};
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
        beginGrace();
    } else if (command == "kill") {
        signalAll(Signal{SIGKILL});
    } else if (command == "freeze") {
        signalAll(Signal{SIGSTOP});
    } else if (command == "resume") {
        signalAll(Signal{SIGCONT});
    }
}

void ControlChannel::beginGrace()
{
    if (!deadline_)
        deadline_ = monotonicNow() + kGrace;
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
    for (const std::int32_t pid : processes_.livePids()) {
        // The kernel keeps no sender of a SIGKILL, so this is the only trace of it.
        if (const auto process = processes_.find(pid); process && signal == Signal{SIGKILL}) {
            recording_.append({monotonicNow(), *process, Witness::Recorder,
                payload::SignalDelivered{SIGKILL, 0, currentProcess(), static_cast<std::int32_t>(currentUser()), {}}});
        }
        sendSignal(pid, signal);
    }
}

} // namespace daemonscope
