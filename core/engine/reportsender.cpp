// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/reportsender.h"

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

constinit ReportSender theSender;
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
        , process_(::getpid())
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
    const long limit = ::sysconf(_SC_OPEN_MAX);
    if (limit > 0 && limit < highDescriptor + descriptorReserve)
        return std::max(static_cast<int>(limit) - descriptorReserve, 3);
    return highDescriptor;
}

bool isRoomMissing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == ENOMEM;
}

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

DAEMONSCOPE_IN_EACH_FORK void ReportSender::send(std::string& packet) noexcept
{
    const int errorBefore = errno;
    if (enabled()) {
        const ReportTurn turn(lockedBy_);
        if (turn.process() != process_) // a fork that was not the engine's
            begin(turn.process());
        try {
            deliver(packet, turn.process());
        } catch (...) { // no memory for the last few bytes
            ++lost_;
        }
    }
    errno = errorBefore;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::startOver() noexcept
{
    const int errorBefore = errno;
    {
        const ReportTurn turn(lockedBy_);
        begin(turn.process());
    }
    errno = errorBefore;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::begin(pid_t process) noexcept
{
    drop(); // its hang-up must mean the parent alone
    process_ = process;
    number_ = 0;
    lost_ = 0;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::deliver(std::string& packet, pid_t process)
{
    packet += ",\"p\":";
    packet += std::to_string(process);
    packet += ",\"s\":";
    packet += std::to_string(++number_);
    const std::size_t size = packet.size();
    constexpr int attempts = 2; // a connection that is found broken is made anew once
    for (int i = 0; i < attempts; ++i) {
        if (descriptor_ >= 0 && !isOurs())
            drop();
        if (descriptor_ < 0 && !connect())
            break;
        packet.resize(size);
        if (lost_ > 0) {
            packet += ",\"lost\":";
            packet += std::to_string(lost_);
        }
        packet += '}';
        if (packet.size() > packetLimit)
            break;
        const Sent sent = sendOnce(packet);
        if (sent == Sent::Yes) {
            lost_ = 0;
            return;
        }
        if (sent == Sent::NoRoom)
            break;
        drop();
    }
    ++lost_;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::isOurs() const noexcept
{
    struct stat status { };
    return ::fstat(descriptor_, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

DAEMONSCOPE_IN_EACH_FORK void ReportSender::drop() noexcept
{
    if (descriptor_ >= 0 && isOurs())
        ::close(descriptor_);
    descriptor_ = -1;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::connect() noexcept
{
    if (monotonicNow() < retryFrom_)
        return false;
    const int low = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct stat status { };
    if (low >= 0 && ::fstat(low, &status) == 0) {
        // In this order: a fork in between must find the descriptor's mark beside it.
        device_ = status.st_dev;
        inode_ = status.st_ino;
        descriptor_ = ::fcntl(low, F_DUPFD_CLOEXEC, lowestDescriptor());
    }
    if (low >= 0)
        ::close(low);
    if (descriptor_ >= 0 && connectSocket())
        return true;
    drop();
    retryFrom_ = monotonicNow() + retryPause;
    return false;
}

DAEMONSCOPE_IN_EACH_FORK bool ReportSender::connectSocket() noexcept
{
    // sockaddr is what connect(2) calls the addresses of every family.
    const auto* address = reinterpret_cast<const sockaddr*>(&address_);
    if (::connect(descriptor_, address, sizeof address_) == 0)
        return true;
    // EAGAIN: more connections wait to be accepted than the receiver's backlog has room for. poll() does not tell when
    // that changes, a connect() that blocks does.
    if (errno != EAGAIN)
        return false;
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

DAEMONSCOPE_IN_EACH_FORK ReportSender::Sent ReportSender::sendOnce(const std::string& packet) noexcept
{
    for (;;) {
        if (::send(descriptor_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            return Sent::Yes;
        if (errno == EINTR)
            continue;
        if (!isRoomMissing(errno))
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
    }
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
