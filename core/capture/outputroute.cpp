// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/outputroute.h"

#include "os/blockedwriter.h"
#include "os/clock.h"
#include "os/readiness.h"
#include "os/self.h"
#include "os/socket.h"

#include <chrono>
#include <string_view>
#include <utility>

namespace daemonscope {

namespace {

constexpr std::size_t kReceiveBytes = 256UL << 10;

} // namespace

OutputRoute::OutputRoute(RecordingWriter& recording, ProcessRegistry& processes, int destination)
    : recording_(recording)
    , processes_(processes)
    , destination_(destination)
    , buffer_(kReceiveBytes)
{
}

OutputRoute::~OutputRoute()
{
    finish();
}

void OutputRoute::add(payload::Stream stream, UniqueFd reader, std::uint64_t writerInode)
{
    sources_.push_back(Source{stream, std::move(reader), writerInode});
}

void OutputRoute::start()
{
    receiver_ = std::thread{[this] { receiveLoop(); }};
    copier_ = std::thread{[this] { copyLoop(); }};
}

bool OutputRoute::receiveAvailable(std::size_t index, std::size_t limitBytes)
{
    {
        const std::lock_guard lock{queueMutex_};
        if (waitingBytes_ >= limitBytes)
            return false;
    }
    Source& source = sources_.at(index);
    const Received received = receive(source.reader.get(), buffer_);
    if (received.kind == Received::Kind::Closed)
        source.open = false;
    if (received.kind != Received::Kind::Data)
        return false;
    bool isNew = false;
    const ProcessId process = processes_.findOrAdd(received.senderPid, isNew);
    const std::string_view bytes{buffer_.data(), received.size};
    recording_.appendOutput(monotonicNow(), process, source.stream, bytes);
    const std::lock_guard lock{queueMutex_};
    queue_.emplace_back(bytes);
    waitingBytes_ += bytes.size();
    queueChanged_.notify_all();
    return true;
}

void OutputRoute::drain()
{
    const std::lock_guard lock{receiveMutex_};
    for (std::size_t index = 0; index < sources_.size(); ++index) {
        while (sources_.at(index).open && receiveAvailable(index, kMaxDrainedBytes)) { }
    }
}

std::array<int, 2> OutputRoute::openReaders()
{
    const std::lock_guard lock{receiveMutex_};
    std::array<int, 2> readers{-1, -1};
    for (std::size_t index = 0; index < sources_.size(); ++index)
        readers.at(index) = sources_.at(index).open ? sources_.at(index).reader.get() : -1;
    return readers;
}

void OutputRoute::receiveLoop()
{
    for (std::array<int, 2> waiting = openReaders(); waiting[0] >= 0 || waiting[1] >= 0; waiting = openReaders()) {
        waitReadable(waiting);
        {
            std::unique_lock lock{queueMutex_};
            queueChanged_.wait(lock, [this] { return waitingBytes_ < kMaxWaitingBytes; });
        }
        // One piece of each in turn: what was written to the two streams one after the other stays near to that order.
        const std::lock_guard lock{receiveMutex_};
        for (std::size_t index = 0; index < sources_.size(); ++index) {
            if (sources_.at(index).open)
                receiveAvailable(index, kMaxWaitingBytes);
        }
    }
    const std::lock_guard lock{queueMutex_};
    receivedAll_ = true;
    queueChanged_.notify_all();
}

void OutputRoute::copyLoop()
{
    bool closed = false;
    std::unique_lock lock{queueMutex_};
    for (;;) {
        queueChanged_.wait(lock, [this] { return !queue_.empty() || receivedAll_; });
        if (queue_.empty())
            return;
        const std::string piece = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        const WriteEnd end = closed ? WriteEnd{} : writeAll(destination_, piece.data(), piece.size());
        closed = closed || end.kind != WriteEnd::Kind::Done;
        if (end.kind == WriteEnd::Kind::ReaderGone)
            refuse();
        else if (end.kind == WriteEnd::Kind::Failed)
            noteLoss(end.why);
        lock.lock();
        waitingBytes_ -= piece.size();
        queueChanged_.notify_all();
    }
}

void OutputRoute::noteLoss(const std::string& why)
{
    // The program can't be told: its write has succeeded long ago. So the person is.
    recording_.append({monotonicNow(), {}, Witness::Recorder,
        payload::Lost{"output of the program on its way to where it would have gone", why}});
    const std::lock_guard lock{queueMutex_};
    failure_ = "the program's output could not be written where it was to go: " + why;
}

std::string OutputRoute::failure()
{
    const std::lock_guard lock{queueMutex_};
    return failure_;
}

void OutputRoute::refuse()
{
    // The reader is gone: the program must see that too, as it would have seen it with a pipe. The kernel's way of
    // saying so with a socket lacks something: a write that waits for room fails without SIGPIPE, which is sent at the
    // beginning of a write only. As nobody receives now, who waits goes on waiting, and can be sent it; and who was
    // woken up by the last receive will soon wait again.
    constexpr std::chrono::milliseconds kPatience{100};
    constexpr std::chrono::milliseconds kNap{1};
    const std::lock_guard lock{receiveMutex_};
    const EventTime begin = monotonicNow();
    for (const Source& source : sources_) {
        std::vector<std::pair<std::int32_t, std::int32_t>> waiting;
        for (bool someRun = true; someRun;) {
            waiting.clear();
            someRun = false;
            for (const std::int32_t pid : processes_.livePids()) {
                for (const std::int32_t tid : blockedWriters(pid, source.writerInode, someRun))
                    waiting.emplace_back(pid, tid);
            }
            if (monotonicNow() - begin > kPatience)
                break;
            if (someRun)
                std::this_thread::sleep_for(kNap);
        }
        for (const auto& [pid, tid] : waiting)
            sendSigpipe(pid, tid);
        refuseInput(source.reader.get());
    }
}

void OutputRoute::finish()
{
    if (!receiver_.joinable())
        return; // never started
    receiver_.join();
    copier_.join();
}

} // namespace daemonscope
