// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/outputroute.h"

#include "os/blockedwriter.h"
#include "os/clock.h"
#include "os/readiness.h"
#include "os/self.h"
#include "os/socket.h"
#include "os/terminal.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>
#include <utility>

namespace daemonscope {

OutputRoute::OutputRoute(RecordingWriter& recording, OutputStore& store, ProcessRegistry& processes, int destination)
    : recording_(recording)
    , store_(store)
    , processes_(processes)
    , destination_(destination)
    , prompt_(destination)
{
}

OutputRoute::~OutputRoute()
{
    finish();
}

void OutputRoute::add(payload::Stream stream, UniqueFd reader, std::uint64_t writerInode)
{
    sources_.push_back(Source{stream, std::move(reader), writerInode, true, 0, {}});
}

void OutputRoute::addTerminal(UniqueFd master, std::int32_t program, std::function<void()> hangUp)
{
    sources_.push_back(Source{payload::Stream::Stdout, std::move(master), 0, true, program, std::move(hangUp)});
}

void OutputRoute::start()
{
    receiver_ = std::thread{[this] { receiveLoop(); }};
    copier_ = std::thread{[this] { copyLoop(); }};
}

std::size_t OutputRoute::receiveAvailable(std::size_t index, std::size_t limitBytes)
{
    if (waitingBytes_ >= limitBytes)
        return 0;
    Source& source = sources_.at(index);
    const std::span<char> room{buffer_.data(), OutputBuffer::kBytes};
    Received received =
        source.terminalOf != 0 ? receiveFromTerminal(source.reader.get(), room) : receive(source.reader.get(), room);
    if (source.terminalOf != 0)
        received.senderPid = source.terminalOf;
    if (received.kind == Received::Kind::Closed)
        source.open = false;
    if (received.kind != Received::Kind::Data)
        return 0;
    bool isNew = false;
    const ProcessId process = processes_.findOrAdd(received.senderPid, isNew);
    const std::string_view bytes{buffer_.data(), received.size};
    store_.append(monotonicNow(), process, source.stream, bytes);
    copyOn(bytes);
    return received.size;
}

void OutputRoute::copyOn(std::string_view bytes)
{
    if (abandoned_)
        return;
    // What waits goes first. Whatever fails here fails for the copier again, which deals with it.
    if (waitingBytes_ == 0)
        bytes.remove_prefix(prompt_.write(bytes));
    if (bytes.empty())
        return;
    const std::lock_guard lock{queueMutex_};
    waitingBytes_ += bytes.size();
    queue_.push(buffer_, bytes);
    queueChanged_.notify_all();
}

void OutputRoute::drain()
{
    ++drainers_;
    {
        const std::lock_guard lock{receiveMutex_};
        for (std::size_t index = 0; index < sources_.size(); ++index) {
            // Not what others go on writing meanwhile, which may never end.
            const Source& source = sources_.at(index);
            std::size_t left = !source.open ? 0
                : source.terminalOf != 0    ? kMostInTerminal
                                            : receivableBytes(source.reader.get());
            while (left > 0) {
                const std::size_t got = receiveAvailable(index, kMaxDrainedBytes);
                if (got == 0)
                    break;
                left -= std::min(left, got);
            }
        }
    }
    if (--drainers_ == 0)
        drainers_.notify_all();
}

void OutputRoute::flush(std::chrono::milliseconds limit)
{
    std::unique_lock lock{queueMutex_};
    queueChanged_.wait_for(lock, limit, [this] { return waitingBytes_ == 0; });
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
        std::array<bool, 2> ready = waitReadable(waiting);
        while (ready[0] || ready[1]) {
            if (waitingBytes_ >= kMaxWaitingBytes) {
                std::unique_lock lock{queueMutex_};
                queueChanged_.wait(lock, [this] { return waitingBytes_ < kMaxWaitingBytes; });
            }
            for (int drainers = drainers_; drainers > 0; drainers = drainers_)
                drainers_.wait(drainers);
            // One piece of each in turn: what was written to the two streams one after the other stays near to that
            // order.
            const std::lock_guard lock{receiveMutex_};
            for (std::size_t index = 0; index < sources_.size(); ++index) {
                if (ready.at(index))
                    ready.at(index) = sources_.at(index).open && receiveAvailable(index, kMaxWaitingBytes) > 0;
            }
        }
    }
    const std::lock_guard lock{queueMutex_};
    receivedAll_ = true;
    queueChanged_.notify_all();
}

void OutputRoute::copyLoop()
{
    std::unique_lock lock{queueMutex_};
    for (;;) {
        queueChanged_.wait(lock, [this] { return !queue_.empty() || receivedAll_; });
        if (queue_.empty())
            return;
        WaitingOutput::Piece piece = queue_.pop();
        lock.unlock();
        const std::string_view bytes = piece.bytes();
        const WriteEnd end = abandoned_ ? WriteEnd{} : writeAll(destination_, bytes.data(), bytes.size());
        if (end.kind != WriteEnd::Kind::Done)
            abandoned_ = true;
        if (end.kind == WriteEnd::Kind::ReaderGone)
            refuse();
        else if (end.kind == WriteEnd::Kind::Failed)
            noteLoss(end.why);
        lock.lock();
        waitingBytes_ -= bytes.size();
        queue_.recycle(std::move(piece));
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
    for (Source& source : sources_) {
        if (source.terminalOf != 0) {
            source.open = false;
            source.reader.reset();
            source.hangUp();
            continue;
        }
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
