// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/outputchannel.h"

#include "os/clock.h"
#include "os/self.h"
#include "os/socket.h"

namespace daemonscope {

namespace {

payload::Stream streamOf(std::size_t index)
{
    return index == 0 ? payload::Stream::Stdout : payload::Stream::Stderr;
}

} // namespace

Result<std::unique_ptr<OutputChannel>> OutputChannel::create(
    RecordingWriter& recording, ProcessRegistry& processes, std::array<int, 2> destinations, OutputLimits limits)
{
    std::unique_ptr<OutputChannel> channel{new OutputChannel{recording, limits}};
    for (std::size_t index = 0; index < destinations.size(); ++index) {
        if (destinations.at(index) < 0)
            continue;
        auto created = AttributedStream::create();
        if (!created.ok())
            return created.error();
        AttributedStream stream = std::move(created).value();
        channel->inodes_.at(index) = inodeOf(stream.writer.get());
        channel->programEnds_.at(index) = std::move(stream.writer);
        channel->routeTo(destinations.at(index), recording, processes)
            .add(streamOf(index), std::move(stream.reader), channel->inodes_.at(index));
    }
    return channel;
}

std::unique_ptr<OutputChannel> OutputChannel::createForTerminal(RecordingWriter& recording, ProcessRegistry& processes,
    int destination, UniqueFd master, std::int32_t program, std::function<void()> hangUp, OutputLimits limits)
{
    std::unique_ptr<OutputChannel> channel{new OutputChannel{recording, limits}};
    channel->routeTo(destination, recording, processes).addTerminal(std::move(master), program, std::move(hangUp));
    return channel;
}

OutputRoute& OutputChannel::routeTo(int destination, RecordingWriter& recording, ProcessRegistry& processes)
{
    for (const auto& route : routes_) {
        if (isSameFile(route->destination(), destination))
            return *route;
    }
    return *routes_.emplace_back(std::make_unique<OutputRoute>(recording, store_, processes, destination));
}

std::array<int, 2> OutputChannel::programEnds() const
{
    return {programEnds_[0].get(), programEnds_[1].get()};
}

bool OutputChannel::isProgramEnd(std::uint64_t inode) const
{
    return inode != 0 && (inode == inodes_[0] || inode == inodes_[1]);
}

void OutputChannel::closeProgramEnds()
{
    for (UniqueFd& end : programEnds_)
        end.reset();
}

void OutputChannel::start()
{
    for (const auto& route : routes_)
        route->start();
}

void OutputChannel::flush(std::chrono::milliseconds limit)
{
    for (const auto& route : routes_)
        route->flush(limit);
}

void OutputChannel::drain()
{
    for (const auto& route : routes_)
        route->drain();
}

void OutputChannel::ended(ProcessId process)
{
    store_.ended(monotonicNow(), process);
}

void OutputChannel::finish()
{
    for (const auto& route : routes_)
        route->finish();
    store_.finish(monotonicNow());
}

std::string OutputChannel::failure() const
{
    for (const auto& route : routes_) {
        if (std::string reason = route->failure(); !reason.empty())
            return reason;
    }
    return {};
}

} // namespace daemonscope
