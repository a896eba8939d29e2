// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/reportsender.h"

#include "engine/forkcalls.h"
#include "engine/forkpath.h"
#include "os/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace daemonscope::engine::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t packetLimit = 49152;
constexpr nanoseconds longestWait = milliseconds(100);
constexpr nanoseconds waitPeriod = std::chrono::seconds(1);
constexpr nanoseconds retryPause = milliseconds(200);
/// Programs count their descriptors from below; ours stays out of their way.
constexpr int highDescriptor = 1000;
constexpr int descriptorReserve = 24;

DAEMONSCOPE_DATA_IN_EACH_FORK constinit ReportSender theSender;
// At load, so that no call has to look whether it was done; a process that does not report has nothing to report
// before.
[[maybe_unused]] const bool addressWasRead = [] {
    theSender.readAddress();
    return true;
}();

/// A thread's turn with the sender. Not a mutex, as a forked child has to get past one that a thread of its parent
/// holds: the mark of another process is nobody's.
class ReportTurn {
public:
    explicit ReportTurn(std::atomic<pid_t>& lockedBy)
        : lockedBy_(lockedBy)
        , process_(getpidInFork())
    {
        pid_t found = 0;
        while (!lockedBy_.compare_exchange_weak(found, process_, std::memory_order_acquire)) {
            if (found == process_) {
                lockedBy_.wait(process_, std::memory_order_relaxed);
                found = 0;
            }
        }
    }
    ~ReportTurn()
    {
        lockedBy_.store(0, std::memory_order_release);
        if (!isOnlyThread())
            lockedBy_.notify_one();
    }
    ReportTurn(const ReportTurn&) = delete;
    ReportTurn& operator=(const ReportTurn&) = delete;

    [[nodiscard]] pid_t process() const { return process_; }

private:
    std::atomic<pid_t>& lockedBy_;
    pid_t process_;
};

/// Lowest number that the connection may take: high, but below the soft limit.
DAEMONSCOPE_IN_EACH_FORK int lowestDescriptor()
{
    rlimit limit{};
    if (descriptorLimitInFork(limit) != 0 || limit.rlim_cur >= rlim_t{highDescriptor + descriptorReserve})
        return highDescriptor;
    return std::max(static_cast<int>(limit.rlim_cur) - descriptorReserve, 3);
}

bool isRoomMissing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == ENOMEM;
}

/// What the program finds in errno is its own; for what calls libc.
class KeptErrno {
public:
    KeptErrno() = default;
    ~KeptErrno() { errno = before_; }
    KeptErrno(const KeptErrno&) = delete;
    KeptErrno& operator=(const KeptErrno&) = delete;

private:
    int before_ = errno;
};

timespec toTimespec(nanoseconds duration)
{
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {static_cast<time_t>(whole.count()), static_cast<long>((duration - whole).count())};
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK ReportSender& sender()
{
    return theSender;
}

void ReportSender::readAddress() noexcept
{
    const char* path = std::getenv("DAEMONSCOPE_SOCKET"); // NOLINT(concurrency-mt-unsafe): no thread runs yet
    const std::size_t length = path ? std::strlen(path) : 0;
    if (length == 0 || length >= sizeof address_.sun_path) {
        finish();
        return;
    }
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, path, length + 1);
    enabled_.store(true, std::memory_order_relaxed);
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::send(RecordText& record, bool hasNext) noexcept
{
    if (!enabled())
        return;
    const ReportTurn turn(lockedBy_);
    if (turn.process() != process_) // a fork that was not the engine's
        begin(turn.process());
    try {
        complete(record);
    } catch (...) { // no memory for the last few bytes
        ++lost_;
        flush();
        return;
    }
    add(record.view(), hasNext);
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::startOver() noexcept
{
    const ReportTurn turn(lockedBy_);
    begin(turn.process());
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::begin(pid_t process) noexcept
{
    drop(); // its hang-up must mean the parent alone
    process_ = process;
    number_ = 0;
    lost_ = 0;
    telling_ = 0;
    waitingSize_ = 0; // the parent sends it
    waitingRecords_ = 0;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::complete(RecordText& record)
{
    record.append(",\"p\":");
    record.append(std::int64_t{process_});
    record.append(",\"s\":");
    record.append(++number_);
    if (waitingSize_ == 0 && lost_ > 0) {
        record.append(",\"lost\":");
        record.append(lost_);
        telling_ = lost_;
    }
    record.append('}');
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::add(std::string_view record, bool hasNext) noexcept
{
    if (waitingSize_ + 1 + record.size() > waiting_.size()) {
        flush();
        deliver(record, 1);
        return;
    }
    if (waitingSize_ > 0)
        waiting_[waitingSize_++] = '\n';
    else if (!hasNext) {
        deliver(record, 1);
        return;
    }
    copyBytes(waiting_.data() + waitingSize_, record);
    waitingSize_ += record.size();
    ++waitingRecords_;
    if (!hasNext)
        flush();
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::flush() noexcept
{
    if (waitingRecords_ > 0)
        deliver({waiting_.data(), waitingSize_}, waitingRecords_);
    waitingSize_ = 0;
    waitingRecords_ = 0;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::deliver(std::string_view packet, int records) noexcept
{
    if (packet.size() <= packetLimit && attempt(packet))
        lost_ -= telling_;
    else
        lost_ += records;
    telling_ = 0;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::attempt(std::string_view packet) noexcept
{
    constexpr int attempts = 2; // a connection that is found broken is made anew once
    for (int i = 0; i < attempts; ++i) {
        if (descriptor_ >= 0 && !isOurs())
            drop();
        if (descriptor_ < 0 && !connect())
            break;
        const Sent sent = sendOnce(packet);
        if (sent != Sent::Broken)
            return sent == Sent::Yes;
        drop();
    }
    return false;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::isOurs() const noexcept
{
    struct stat status { };
    return fstatInFork(descriptor_, status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::drop() noexcept
{
    if (descriptor_ >= 0 && isOurs())
        closeInFork(descriptor_);
    descriptor_ = -1;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::connect() noexcept
{
    if (retryFrom_ > nanoseconds::zero() && isTooEarly())
        return false;
    const int low = socketInFork(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct stat status { };
    if (low >= 0 && fstatInFork(low, status) == 0) {
        // In this order: a fork in between must find the descriptor's mark beside it.
        device_ = status.st_dev;
        inode_ = status.st_ino;
        descriptor_ = duplicateInFork(low, lowestDescriptor());
    }
    if (low >= 0)
        closeInFork(low);
    if (descriptor_ >= 0) {
        const int error = -connectInFork(descriptor_, address_);
        // EAGAIN: more connections wait to be accepted than the receiver's backlog has room for.
        if (error == 0 || (error == EAGAIN && connectSlowly()))
            return true;
    }
    connectLater();
    return false;
}

bool ReportSender::isTooEarly() const noexcept
{
    return monotonicNow() < retryFrom_;
}

void ReportSender::connectLater() noexcept
{
    drop();
    retryFrom_ = monotonicNow() + retryPause;
}

bool ReportSender::connectSlowly() noexcept
{
    const KeptErrno kept;
    // sockaddr is what connect(2) calls the addresses of every family.
    const auto* address = reinterpret_cast<const sockaddr*>(&address_);
    // poll() does not tell when there is room in the backlog, a connect() that blocks does.
    for (;;) {
        const nanoseconds wait = patience();
        const nanoseconds begun = monotonicNow();
        timeval limit{};
        limit.tv_usec = static_cast<suseconds_t>(std::chrono::duration_cast<std::chrono::microseconds>(wait).count());
        if (limit.tv_usec == 0 || ::fcntl(descriptor_, F_SETFL, 0) < 0
            || ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0)
            return false;
        const bool connected = ::connect(descriptor_, address, sizeof address_) == 0;
        const int error = errno;
        patienceLeft_ -= monotonicNow() - begun;
        if (connected)
            return true;
        if (error != EINTR)
            return false;
    }
}

DAEMONSCOPE_IN_EACH_FORK ReportSender::Sent ReportSender::sendOnce(std::string_view packet) noexcept
{
    for (;;) {
        const long result = sendInFork(descriptor_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (result >= 0)
            return Sent::Yes;
        if (const Sent sent = waitForRoom(static_cast<int>(-result)); sent != Sent::Yes)
            return sent;
    }
}

ReportSender::Sent ReportSender::waitForRoom(int error) noexcept
{
    const KeptErrno kept;
    if (error == EINTR)
        return Sent::Yes;
    if (!isRoomMissing(error))
        return Sent::Broken;
    const nanoseconds wait = patience();
    if (wait <= nanoseconds::zero())
        return Sent::NoRoom;
    const nanoseconds begun = monotonicNow();
    pollfd waited{descriptor_, POLLOUT, 0};
    const timespec limit = toTimespec(wait);
    ::ppoll(&waited, 1, &limit, nullptr);
    // At least something, so that no error that comes back at once can keep the program here for ever.
    patienceLeft_ -= std::max<nanoseconds>(monotonicNow() - begun, std::chrono::microseconds(10));
    return Sent::Yes;
}

ReportSender::Duration ReportSender::patience() noexcept
{
    const nanoseconds now = monotonicNow();
    if (renewedAt_ < nanoseconds::zero() || now - renewedAt_ >= waitPeriod) {
        renewedAt_ = now;
        patienceLeft_ = longestWait;
    }
    return patienceLeft_;
}

} // namespace daemonscope::engine::report
