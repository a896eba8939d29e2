// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/outputchannel.h"

#include "os/clock.h"
#include "os/readiness.h"
#include "os/self.h"

namespace daemonscope {

namespace {

constexpr std::size_t kReceiveBytes = 256UL << 10;

payload::Stream streamOf(std::size_t index)
{
    return index == 0 ? payload::Stream::Stdout : payload::Stream::Stderr;
}

} // namespace

OutputChannel::OutputChannel(RecordingWriter& recording, ProcessRegistry& processes, std::array<int, 2> destinations)
    : recording_(recording)
    , processes_(processes)
    , destinations_(destinations)
    , buffer_(kReceiveBytes)
{
}

Result<std::unique_ptr<OutputChannel>> OutputChannel::create(
    RecordingWriter& recording, ProcessRegistry& processes, std::array<int, 2> destinations)
{
    std::unique_ptr<OutputChannel> channel{new OutputChannel{recording, processes, destinations}};
    for (std::size_t index = 0; index < destinations.size(); ++index) {
        if (destinations.at(index) < 0)
            continue;
        auto stream = AttributedStream::create();
        if (!stream.ok())
            return stream.error();
        channel->streams_.at(index) = std::move(stream).value();
        channel->inodes_.at(index) = inodeOf(channel->streams_.at(index).writer.get());
        channel->open_.at(index) = true;
    }
    return channel;
}

OutputChannel::~OutputChannel()
{
    if (receiver_.joinable())
        finish();
}

std::array<int, 2> OutputChannel::programEnds() const
{
    return {streams_[0].writer.get(), streams_[1].writer.get()};
}

bool OutputChannel::isProgramEnd(std::uint64_t inode) const
{
    return inode != 0 && (inode == inodes_[0] || inode == inodes_[1]);
}

void OutputChannel::closeProgramEnds()
{
    for (AttributedStream& stream : streams_)
        stream.writer.reset();
}

void OutputChannel::start()
{
    receiver_ = std::thread{[this] { receiveLoop(); }};
    copier_ = std::thread{[this] { copyLoop(); }};
}

bool OutputChannel::receiveAvailable(std::size_t stream)
{
    {
        const std::lock_guard lock{queueMutex_};
        if (waitingBytes_ >= kMaxWaitingBytes)
            return false;
    }
    const Received received = receive(streams_.at(stream).reader.get(), buffer_);
    if (received.kind == Received::Kind::Closed)
        open_.at(stream) = false;
    if (received.kind != Received::Kind::Data)
        return false;
    bool isNew = false;
    const ProcessId process = processes_.findOrAdd(received.senderPid, isNew);
    const std::string_view bytes{buffer_.data(), received.size};
    recording_.appendOutput(monotonicNow(), process, streamOf(stream), bytes);
    const std::lock_guard lock{queueMutex_};
    queue_.push_back(Piece{stream, std::string{bytes}});
    waitingBytes_ += bytes.size();
    queueChanged_.notify_all();
    return true;
}

void OutputChannel::drain()
{
    const std::lock_guard lock{receiveMutex_};
    for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
        while (open_.at(stream) && receiveAvailable(stream)) { }
    }
}

void OutputChannel::receiveLoop()
{
    for (;;) {
        std::array<int, 2> waiting{};
        {
            const std::lock_guard lock{receiveMutex_};
            for (std::size_t stream = 0; stream < streams_.size(); ++stream)
                waiting.at(stream) = open_.at(stream) ? streams_.at(stream).reader.get() : -1;
        }
        if (waiting[0] < 0 && waiting[1] < 0)
            break;
        waitReadable(waiting);
        {
            std::unique_lock lock{queueMutex_};
            queueChanged_.wait(lock, [this] { return waitingBytes_ < kMaxWaitingBytes; });
        }
        // One piece of each in turn: what was written to the two streams one after the other stays near to that order.
        const std::lock_guard lock{receiveMutex_};
        for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
            if (open_.at(stream))
                receiveAvailable(stream);
        }
    }
    const std::lock_guard lock{queueMutex_};
    receivedAll_ = true;
    queueChanged_.notify_all();
}

void OutputChannel::copyLoop()
{
    std::array<bool, 2> refused{};
    std::unique_lock lock{queueMutex_};
    for (;;) {
        queueChanged_.wait(lock, [this] { return !queue_.empty() || receivedAll_; });
        if (queue_.empty())
            return;
        const Piece piece = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        if (!refused.at(piece.stream)
            && !writeAll(destinations_.at(piece.stream), piece.bytes.data(), piece.bytes.size())) {
            // The reader is gone: the program must see that too, as it would have seen it.
            refused.at(piece.stream) = true;
            refuseInput(streams_.at(piece.stream).reader.get());
        }
        lock.lock();
        waitingBytes_ -= piece.bytes.size();
        queueChanged_.notify_all();
    }
}

void OutputChannel::finish()
{
    receiver_.join();
    copier_.join();
}

} // namespace daemonscope
