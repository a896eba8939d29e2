// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/queuefeeder.h"

#include "engine/errors.h"
#include "engine/state.h"
#include "engine/transport.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace daemonscope::engine {
namespace {

constexpr int closePriority = 10;
constexpr int joinPriority = -5;

/// Holds the queue's writer lock, against the feeders of other processes.
class HeldWriterLock {
public:
    explicit HeldWriterLock(SharedBlock& block)
        : block_(block)
    {
        block_.wait(queueWriterLock, std::nullopt);
    }
    // What was taken can be given back: post() does not throw then.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    ~HeldWriterLock() { block_.post(queueWriterLock); }
    HeldWriterLock(const HeldWriterLock&) = delete;
    HeldWriterLock& operator=(const HeldWriterLock&) = delete;

private:
    SharedBlock& block_;
};

void writeQueueMessage(int writer, const std::string& bytes)
{
    std::uint64_t length = bytes.size();
    std::array<char, sizeof(length)> header{};
    std::memcpy(header.data(), &length, sizeof(length));
    std::string message(header.data(), header.size());
    message += bytes;
    for (std::size_t written = 0; written < message.size();) {
        const ssize_t wrote = ::write(writer, message.data() + written, message.size() - written);
        if (wrote >= 0)
            written += static_cast<std::size_t>(wrote);
        else if (errno != EINTR)
            throw OSError(errno);
    }
}

} // namespace

QueueFeeder::QueueFeeder(std::shared_ptr<SharedBlock> block, std::shared_ptr<QueueEnds> ends)
    : block_(std::move(block))
    , ends_(std::move(ends))
{
}

void QueueFeeder::put(Value value)
{
    bool started = false;
    {
        const std::lock_guard lock(mutex_);
        if (!thread_) {
            startThread();
            started = true;
        }
        buffer_.emplace_back(std::move(value));
    }
    notEmpty_.notify_one();
    if (started)
        addFinalizers();
}

void QueueFeeder::startThread()
{
    // It takes no signals: handlers run in the main thread, and a pipe without a reader is an error and not a SIGPIPE.
    thread_ = OsThread::start([self = shared_from_this()] { self->feed(); }, OsThread::Signals::Blocked);
}

void QueueFeeder::addFinalizers()
{
    // A fork has copies of them, which are not for it.
    addFinalizer(
        [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && self->generation() == processGeneration())
                self->join();
        },
        joinPriority);
    addFinalizer(
        [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && self->generation() == processGeneration())
                self->finish();
        },
        closePriority);
}

void QueueFeeder::close()
{
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    finish();
}

bool QueueFeeder::closed() const
{
    const std::lock_guard lock(mutex_);
    return closed_;
}

void QueueFeeder::finish()
{
    {
        const std::lock_guard lock(mutex_);
        if (finished_ || !thread_)
            return;
        finished_ = true;
        buffer_.emplace_back(std::nullopt);
    }
    notEmpty_.notify_one();
    logDebug("telling queue thread to quit");
}

void QueueFeeder::join()
{
    std::shared_ptr<OsThread> thread;
    {
        const std::lock_guard lock(mutex_);
        if (!joinCancelled_)
            thread = thread_;
    }
    if (!thread)
        return;
    logDebug("joining queue thread");
    thread->wait(std::nullopt);
    logDebug("... queue thread joined");
}

void QueueFeeder::cancelJoin()
{
    const std::lock_guard lock(mutex_);
    joinCancelled_ = true;
}

std::shared_ptr<QueueEnds> QueueFeeder::ends() const
{
    const std::lock_guard lock(state().mutex);
    return ends_;
}

std::shared_ptr<QueueEnds> QueueFeeder::takeEnds()
{
    const std::lock_guard lock(state().mutex);
    return std::exchange(ends_, nullptr);
}

/// Queue._feed(): the thread.
void QueueFeeder::feed()
{
    for (;;) {
        std::optional<Value> next;
        {
            std::unique_lock lock(mutex_);
            notEmpty_.wait(lock, [this] { return !buffer_.empty(); });
            next = std::move(buffer_.front());
            buffer_.pop_front();
        }
        if (!next)
            break;
        if (!send(*next))
            return;
    }
    logDebug("feeder thread got sentinel -- exiting");
    takeEnds().reset();
}

/// It stays open as long as this thread, which alone closes it, does not. Not held: a fork meanwhile would hold it for
/// ever.
int QueueFeeder::openWriter() const
{
    const std::lock_guard lock(state().mutex);
    if (!ends_)
        throw OSError("handle is closed");
    return ends_->writer.get();
}

/// Whether to go on. What cannot be sent is printed and left out.
bool QueueFeeder::send(const Value& value)
{
    try {
        const std::string bytes = packValue(value);
        const int writer = openWriter();
        const HeldWriterLock lock(*block_);
        writeQueueMessage(writer, bytes);
        return true;
    } catch (...) {
        // While the process ends, what the thread needs may be gone already.
        if (!state().exiting) {
            printException();
            return true;
        }
        logInfo("error in queue thread: " + exceptionMessage());
        return false;
    }
}

} // namespace daemonscope::engine
