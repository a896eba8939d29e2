// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/context.h"
#include "engine/errors.h"
#include "engine/queuebody.h"
#include "engine/state.h"
#include "engine/sync.h"
#include "engine/transport.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace daemonscope::engine {
namespace {

using QueueClock = std::chrono::steady_clock;

constexpr std::size_t readPiece = std::size_t{1} << 16; // what a pipe holds

std::shared_ptr<QueueEnds> makeQueueEnds()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw OSError(errno);
    return std::make_shared<QueueEnds>(QueueEnds{UniqueFd(ends[0]), UniqueFd(ends[1])});
}

/// Keeps what another process of this program's past had of a queue: threads that are not here may have been in the
/// midst of using it, so it can't be destroyed, nor its condition variable, which waits for those who wait for it.
void abandonFeeder(std::shared_ptr<QueueFeeder> feeder)
{
    static auto* abandoned = new std::vector<std::shared_ptr<QueueFeeder>>;
    const std::lock_guard lock(state().mutex);
    abandoned->push_back(std::move(feeder));
}

/// Holds the queue's reader lock, if it could be had in time.
class HeldReaderLock {
public:
    HeldReaderLock(SharedBlock& block, std::optional<std::chrono::nanoseconds> timeout)
        : block_(block)
        , held_(block.wait(queueReaderLock, timeout))
    {
    }
    // What was taken can be given back: post() does not throw then.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    ~HeldReaderLock()
    {
        if (held_)
            block_.post(queueReaderLock);
    }
    HeldReaderLock(const HeldReaderLock&) = delete;
    HeldReaderLock& operator=(const HeldReaderLock&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    SharedBlock& block_;
    bool held_;
};

/// Appends what can be read of `wanted` bytes, waiting for some. A handler that throws here leaves a message in parts,
/// as in Python: the queue is of no use after that.
void readSome(int reader, std::string& bytes, std::size_t wanted, bool isBegin)
{
    waitReadable(reader, std::nullopt);
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min(wanted, readPiece));
    const ssize_t got = ::read(reader, bytes.data() + before, bytes.size() - before);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error != EINTR)
        throw OSError(error);
    if (got == 0 && isBegin)
        throw EOFError("");
    if (got == 0)
        throw OSError("got end of file during message");
}

/// The memory grows with what arrives, not with what the length promises.
std::string readQueueMessage(int reader)
{
    std::uint64_t length = 0;
    std::string header;
    while (header.size() < sizeof(length))
        readSome(reader, header, sizeof(length) - header.size(), header.empty());
    std::memcpy(&length, header.data(), sizeof(length));
    std::string bytes;
    while (bytes.size() < length)
        readSome(reader, bytes, length - bytes.size(), false);
    return bytes;
}

} // namespace

QueueBody::QueueBody(StartMethod method)
    : block_(SharedBlock::create(method, queueLockCount, 1))
    , feeder_(std::make_shared<QueueFeeder>(block_, makeQueueEnds()))
{
}

QueueBody::QueueBody(std::unique_ptr<SharedBlock> block, UniqueFd reader, UniqueFd writer)
    : block_(std::move(block))
    , feeder_(std::make_shared<QueueFeeder>(
          block_, std::make_shared<QueueEnds>(QueueEnds{std::move(reader), std::move(writer)})))
{
}

QueueBody::~QueueBody()
{
    if (feeder_->generation() == processGeneration())
        feeder_->finish();
    else
        abandonFeeder(std::move(feeder_));
}

std::shared_ptr<QueueFeeder> QueueBody::feeder() const
{
    const std::lock_guard lock(state().mutex);
    if (feeder_->generation() != processGeneration()) {
        logDebug("Queue._after_fork()");
        auto fresh = std::make_shared<QueueFeeder>(block_, feeder_->takeEnds());
        abandonFeeder(std::exchange(feeder_, std::move(fresh)));
    }
    return feeder_;
}

std::shared_ptr<QueueEnds> QueueBody::openEnds() const
{
    auto ends = feeder()->ends();
    if (!ends)
        throw OSError("handle is closed");
    return ends;
}

std::string QueueBody::repr() const
{
    std::array<char, 64> text{};
    std::snprintf(
        text.data(), text.size(), "<multiprocessing.queues.Queue object at %p>", static_cast<const void*>(this));
    return text.data();
}

int QueueBody::reader() const
{
    return openEnds()->reader.get();
}

int QueueBody::writer() const
{
    return openEnds()->writer.get();
}

void QueueBody::put(Value value)
{
    const auto own = feeder();
    if (own->closed())
        throw ValueError("Queue " + repr() + " is closed");
    own->put(std::move(value));
}

Value QueueBody::get(std::optional<std::chrono::nanoseconds> timeout)
{
    if (feeder()->closed())
        throw ValueError("Queue " + repr() + " is closed");
    const auto begin = QueueClock::now();
    const auto ends = openEnds(); // held, as close() closes them in another thread
    std::string message;
    {
        const HeldReaderLock lock(*block_, timeout);
        if (!lock.held())
            throw Empty();
        if (timeout) {
            const std::chrono::nanoseconds left = *timeout - (QueueClock::now() - begin);
            if (!waitReadable(ends->reader.get(), std::max(left, std::chrono::nanoseconds(0))))
                throw Empty();
        }
        message = readQueueMessage(ends->reader.get());
    }
    return unpackValue(message);
}

bool QueueBody::empty() const
{
    return !waitReadable(openEnds()->reader.get(), std::chrono::nanoseconds(0));
}

void QueueBody::close()
{
    feeder()->close();
}

void QueueBody::joinThread()
{
    const auto own = feeder();
    if (!own->closed())
        throw AssertionError("Queue " + repr() + " not closed");
    own->join();
}

void QueueBody::cancelJoinThread()
{
    feeder()->cancelJoin();
}

Queue::Queue(StartMethod method)
    : body_(std::make_unique<QueueBody>(method))
{
}

Queue::Queue(std::unique_ptr<QueueBody> body)
    : body_(std::move(body))
{
}

Queue::~Queue() = default;

void Queue::put(Value value)
{
    body_->put(std::move(value));
}

Value Queue::get(std::optional<std::chrono::nanoseconds> timeout)
{
    return body_->get(timeout);
}

bool Queue::empty() const
{
    return body_->empty();
}

void Queue::close()
{
    body_->close();
}

void Queue::joinThread()
{
    body_->joinThread();
}

void Queue::cancelJoinThread()
{
    body_->cancelJoinThread();
}

} // namespace daemonscope::engine
