// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/syscalllistener.h"

#include "os/pidfd.h"
#include "os/procfs.h"
#include "os/remotecalls.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

namespace daemonscope {

namespace {

// Of newer headers than some systems have.
constexpr std::uint64_t kThreadsOrError = 1U << 4; // SECCOMP_FILTER_FLAG_TSYNC_ESRCH
constexpr std::uint64_t kWaitKillable = 1U << 5;   // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
constexpr std::uint32_t kAnswerToo = 1U << 1;      // SECCOMP_ADDFD_FLAG_SEND

constexpr const char* kCannot = "cannot answer the process's calls after daemonscope lets go of it";

UniqueFd descriptorOf(const UniqueFd& pidfd, int fd)
{
    return UniqueFd{static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd.get(), fd, 0U))};
}

bool writeMemory(std::int32_t tid, std::uint64_t address, const std::string& bytes)
{
    const iovec local{const_cast<char*>(bytes.data()), bytes.size()};
    const iovec remote{reinterpret_cast<void*>(address), bytes.size()}; // NOLINT(performance-no-int-to-ptr)
    return ::process_vm_writev(tid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes.size());
}

/// The result of the call, in the process, that installs the filter whose sock_fprog stands at `address`.
std::int64_t installFilter(tracing::RemoteCalls& calls, bool manyThreads, std::uint64_t address)
{
    std::uint64_t flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | kWaitKillable;
    if (manyThreads)
        flags |= SECCOMP_FILTER_FLAG_TSYNC | kThreadsOrError;
    const auto install = [&] {
        return calls.make(SYS_seccomp, {SECCOMP_SET_MODE_FILTER, flags, address}).value_or(-ESRCH);
    };
    std::int64_t result = install();
    if (result == -EINVAL) {
        flags &= ~kWaitKillable; // before Linux 5.19
        result = install();
    }
    // It has given up the rights by which the first filter was installed. Under a tracer it could gain none anyway.
    if (result == -EACCES && calls.make(SYS_prctl, {PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0}) == 0)
        result = install();
    return result;
}

} // namespace

Result<SyscallListener> SyscallListener::install(
    std::int32_t tid, std::int32_t pid, bool manyThreads, const SyscallFilter& filter)
{
    // Once the filter is there, it must be possible to fetch its listener. Whether it will be, a descriptor that does
    // not exist says, too.
    const UniqueFd handle = openPidfd(pid);
    if (const UniqueFd none = descriptorOf(handle, INT_MAX); none.valid() || errno != EBADF)
        return systemError(kCannot, errno);
    auto calls = tracing::RemoteCalls::begin(tid);
    if (!calls)
        return Error{std::string{kCannot} + ": it is no 64-bit program's, or it was killed"};

    const std::string program = filter.forListener();
    const std::uint64_t size = sizeof(sock_fprog) + program.size();
    const std::int64_t area =
        calls->make(SYS_mmap, {0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, ~0ULL, 0})
            .value_or(-ESRCH);
    std::int64_t listener = area;
    const bool mapped = area >= 0 || area < -PATH_MAX;
    if (mapped) {
        const auto address = static_cast<std::uint64_t>(area);
        sock_fprog head{};
        head.len = static_cast<unsigned short>(program.size() / sizeof(sock_filter));
        head.filter = reinterpret_cast<sock_filter*>(address + sizeof head); // NOLINT(performance-no-int-to-ptr)
        std::string bytes(sizeof head, '\0');
        std::memcpy(bytes.data(), &head, sizeof head);
        listener = writeMemory(tid, address, bytes + program) ? installFilter(*calls, manyThreads, address) : -errno;
    }
    UniqueFd descriptor;
    int error = listener < 0 ? static_cast<int>(-listener) : 0;
    if (listener >= 0) {
        descriptor = descriptorOf(handle, static_cast<int>(listener));
        error = descriptor.valid() ? 0 : errno;
        calls->make(SYS_close, {static_cast<std::uint64_t>(listener)});
    }
    if (mapped)
        calls->make(SYS_munmap, {static_cast<std::uint64_t>(area), size});
    if (!calls->end() && error == 0)
        error = ESRCH;
    if (error != 0)
        return systemError(kCannot, error);
    return SyscallListener{std::move(descriptor)};
}

bool SyscallListener::hungUp() const
{
    pollfd state{descriptor_.get(), POLLIN, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

std::optional<SyscallListener::Call> SyscallListener::next() const
{
    pollfd state{descriptor_.get(), POLLIN, 0};
    if (::poll(&state, 1, 0) <= 0 || (state.revents & POLLIN) == 0)
        return std::nullopt;
    seccomp_notif told{};
    // Does not wait, even if the call's thread has been killed since: the kernel counts it as told then.
    if (::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_RECV, &told) != 0)
        return std::nullopt;
    Call call;
    call.id = told.id;
    call.tid = static_cast<std::int32_t>(told.pid);
    call.entry.number = static_cast<std::uint64_t>(told.data.nr);
    std::copy_n(told.data.args, call.entry.arguments.size(), call.entry.arguments.begin());
    call.entry.native = told.data.arch == AUDIT_ARCH_X86_64;
    return call;
}

bool SyscallListener::waits(const Call& call) const
{
    std::uint64_t id = call.id;
    return ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void SyscallListener::letPass(const Call& call) const
{
    seccomp_notif_resp answer{};
    answer.id = call.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

bool SyscallListener::answerByDuplicate(const Call& call, int fd, bool closeOnExec) const
{
    const auto group = readThreadGroup(call.tid);
    if (!group.ok())
        return false;
    const UniqueFd duplicate = descriptorOf(openPidfd(group.value()), fd);
    if (!duplicate.valid())
        return false;
    seccomp_notif_addfd added{};
    added.id = call.id;
    added.flags = kAnswerToo;
    added.srcfd = static_cast<std::uint32_t>(duplicate.get());
    added.newfd_flags = closeOnExec ? O_CLOEXEC : 0;
    return ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added) >= 0;
}

} // namespace daemonscope
