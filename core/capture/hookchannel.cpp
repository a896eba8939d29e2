// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/hookchannel.h"

#include "os/clock.h"
#include "os/descriptorlimit.h"
#include "os/readiness.h"
#include "os/self.h"

#include <algorithm>

namespace daemonscope {

Result<std::unique_ptr<HookChannel>> HookChannel::create(
    RecordingWriter& recording, ProcessRegistry& processes, Poller& poller, const std::string& socketPath)
{
    auto listener = listenSeqpacket(socketPath);
    if (!listener.ok())
        return listener.error();
    std::unique_ptr<HookChannel> channel{new HookChannel{recording, processes, poller, std::move(listener).value()}};
    poller.watch(channel->listener_.get());
    return channel;
}

bool HookChannel::handle(int fd)
{
    const std::lock_guard lock{mutex_};
    if (fd == listener_.get()) {
        acceptAll();
        return true;
    }
    const auto found = connections_.find(fd);
    if (found == connections_.end())
        return false;
    if (!read(found->second, kRecordsInTurn))
        close(fd);
    return true;
}

void HookChannel::drain(std::int32_t pid)
{
    const std::lock_guard lock{mutex_};
    if (isReadable(listener_.get()))
        acceptAll();
    const auto [first, last] = byPid_.equal_range(pid);
    for (auto entry = first; entry != last; ++entry)
        read(connections_.at(entry->second), kLastRecords);
}

void HookChannel::waitForHangUps()
{
    std::unique_lock lock{mutex_};
    acceptAll();
    hungUp_.wait(lock, [this] { return connections_.empty(); });
}

void HookChannel::acceptAll()
{
    for (Peer peer = acceptPeer(listener_.get()); peer.socket.valid(); peer = acceptPeer(listener_.get())) {
        // Root may watch others' programs, and a program may have changed its user; nobody else has business here.
        if (currentUser() != 0 && peer.uid != currentUser() && peer.uid != 0)
            continue;
        if (connections_.size() >= mostConnections_ || byPid_.count(peer.pid) >= kConnectionsOfOne) {
            refuse(peer);
            continue;
        }
        const int fd = peer.socket.get();
        poller_.watch(fd);
        byPid_.emplace(peer.pid, fd);
        connections_.emplace(fd, Connection{std::move(peer.socket), peer.pid});
    }
}

std::size_t HookChannel::mostConnections()
{
    // Some descriptors are the recorder's own; without any it could not even turn a connection down.
    constexpr std::size_t kOwn = 100;
    return descriptorLimit() > 2 * kOwn ? descriptorLimit() - kOwn : kOwn;
}

void HookChannel::refuse(const Peer& peer)
{
    // Once for all, so that nobody can fill the recording with it.
    if (refused_++ > 0)
        return;
    recording_.append({monotonicNow(), {}, Witness::Recorder,
        payload::Lost{"what some processes had to say through their hooks",
            "there were more connections than the recorder takes, first of pid " + std::to_string(peer.pid)}});
}

bool HookChannel::read(const Connection& connection, std::size_t most)
{
    for (std::size_t got = 0; got < most;) {
        const Received received = receive(connection.socket.get(), buffer_);
        if (received.kind == Received::Kind::Nothing)
            return true;
        if (received.kind == Received::Kind::Closed)
            return false;
        const auto records = recordsOf({buffer_.data(), received.size});
        for (const std::string_view text : records)
            record(connection, text);
        got += std::max<std::size_t>(records.size(), 1);
    }
    return true;
}

void HookChannel::record(const Connection& connection, std::string_view text)
{
    bool isNew = false;
    const ProcessId process = processes_.findOrAdd(connection.pid, isNew);
    const auto resolve = [this](std::int32_t pid) { return processes_.find(pid); };
    auto decoded = decodeHookRecord(text, resolve);
    if (!decoded)
        return;
    // A time to come would put the end of the recording there.
    const EventTime time = std::min(decoded->time, monotonicNow());
    if (isNew) {
        const auto parent = decoded->kernelParentPid ? processes_.find(*decoded->kernelParentPid) : std::nullopt;
        recording_.append({time, process, Witness::Runtime, payload::Born{parent, payload::Born::How::Unknown, 0}});
    }
    if (decoded->lostBefore > 0)
        recording_.append({time, process, Witness::Runtime, payload::HookGap{decoded->lostBefore}});
    for (Payload& payload : decoded->payloads)
        recording_.append({time, process, Witness::Runtime, std::move(payload)});
}

void HookChannel::close(int fd)
{
    const auto found = connections_.find(fd);
    poller_.unwatch(fd);
    const auto [first, last] = byPid_.equal_range(found->second.pid);
    byPid_.erase(std::find_if(first, last, [fd](const auto& entry) { return entry.second == fd; }));
    connections_.erase(found);
    hungUp_.notify_all();
}

} // namespace daemonscope
