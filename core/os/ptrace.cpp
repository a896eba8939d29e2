// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/ptrace.h"

#include "os/ptracerequest.h"

#include <fcntl.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace daemonscope::tracing {

namespace {

std::chrono::nanoseconds toDuration(const timeval& time)
{
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

enum class Waited { Reported, Nothing, NobodyLeft };
Waited waitOnce(int options, const LookAtDead& look, Report& report)
{
    for (;;) {
        siginfo_t info{};
        // Only looks, so that the dead can be looked at.
        if (::waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL | options) != 0) {
            if (errno == EINTR)
                continue;
            return Waited::NobodyLeft;
        }
        if (info.si_pid == 0)
            return Waited::Nothing;
        if (info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED)
            look(info.si_pid, info.si_code == CLD_EXITED ? 0 : info.si_status);
        constexpr int kStopped = 0x7f; // as in WIFSTOPPED, which has no inverse
        if (info.si_code == CLD_STOPPED) {
            report = Report{info.si_pid, WaitStatus{(info.si_status << 8) | kStopped}, {}, 0, 0, true};
            ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WSTOPPED | WNOHANG | __WALL);
            return Waited::Reported;
        }
        // Until the stop of an exec is collected, the kernel takes requests to it for mistakes if a thread called exec
        // (looks_like_a_spurious_pid() in kernel/ptrace.c).
        constexpr int kExecStop = SIGTRAP | (kExec << 8);
        if (info.si_code == CLD_TRAPPED && info.si_status != kExecStop) {
            // Over as soon as the thread is let go on; to collect it costs as much as to hear of it, see keepStopped().
            report = Report{info.si_pid, WaitStatus{(info.si_status << 8) | kStopped}, {}, 0, 0, false};
            return Waited::Reported;
        }
        int status = 0;
        rusage usage{};
        // Without waiting: a stopped thread may have been killed since.
        const pid_t tid = ::wait4(info.si_pid, &status, __WALL | WNOHANG, &usage);
        if (tid <= 0)
            continue;
        constexpr std::int64_t kKibibyte = 1024;
        report = Report{tid, WaitStatus{status}, toDuration(usage.ru_utime) + toDuration(usage.ru_stime),
            usage.ru_maxrss * kKibibyte, usage.ru_minflt, false};
        return Waited::Reported;
    }
}

} // namespace

std::optional<Report> waitAny(const LookAtDead& look)
{
    Report report;
    return waitOnce(0, look, report) == Waited::Reported ? std::optional{report} : std::nullopt;
}

std::optional<Report> waitAnyFor(std::chrono::milliseconds limit, const LookAtDead& look)
{
    // wait4() knows no time limit, and a SIGCHLD that was taken over would have to be given back. This is for the rare
    // moments in which something is known to be under way.
    constexpr std::chrono::nanoseconds kLongestNap = std::chrono::milliseconds{1};
    std::chrono::nanoseconds nap = std::chrono::microseconds{20};
    std::chrono::nanoseconds slept{};
    Report report;
    for (;;) {
        switch (waitOnce(WNOHANG, look, report)) {
        case Waited::Reported:
            return report;
        case Waited::NobodyLeft:
            return std::nullopt;
        case Waited::Nothing:
            break;
        }
        if (slept >= limit)
            return std::nullopt;
        const timespec time{0, static_cast<long>(nap.count())};
        ::nanosleep(&time, nullptr);
        slept += nap;
        nap = std::min(nap * 2, kLongestNap);
    }
}

void keepStopped(std::int32_t tid)
{
    // Not its end, if it was killed just now.
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(tid), &info, WSTOPPED | WNOHANG | __WALL);
}

Outcome seize(std::int32_t pid, bool killWithTracer)
{
    const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC
        | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | (killWithTracer ? PTRACE_O_EXITKILL : 0);
    if (request(PTRACE_SEIZE, pid, 0L, options) != 0)
        return systemError("the kernel does not let daemonscope trace the program (ptrace)", errno);
    return Done{};
}

void resume(std::int32_t tid, int signal)
{
    request(PTRACE_CONT, tid, 0L, static_cast<long>(signal));
}

void resumeToCallEnd(std::int32_t tid)
{
    request(PTRACE_SYSCALL, tid, 0L, 0L);
}

void interrupt(std::int32_t tid)
{
    request(PTRACE_INTERRUPT, tid, 0L, 0L);
}

void detach(std::int32_t tid)
{
    request(PTRACE_DETACH, tid, 0L, 0L);
}

void listen(std::int32_t tid)
{
    request(PTRACE_LISTEN, tid, 0L, 0L);
}

std::uint64_t eventMessage(std::int32_t tid)
{
    unsigned long message = 0;
    request(PTRACE_GETEVENTMSG, tid, 0L, &message);
    return message;
}

std::optional<SignalInfo> signalInfo(std::int32_t tid)
{
    siginfo_t info{};
    if (request(PTRACE_GETSIGINFO, tid, 0L, &info) != 0)
        return std::nullopt;
    return decodeSignalInfo({reinterpret_cast<const char*>(&info), sizeof info});
}

std::int32_t endedChild(std::int32_t tid)
{
    siginfo_t info{};
    if (request(PTRACE_GETSIGINFO, tid, 0L, &info) != 0 || info.si_signo != SIGCHLD)
        return 0;
    const bool ended = info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
    return ended ? info.si_pid : 0;
}

SignalInfo becomeOwnSignal(std::int32_t tid, std::int32_t pid)
{
    siginfo_t info{};
    request(PTRACE_GETSIGINFO, tid, 0L, &info);
    info.si_code = SI_USER;
    info.si_pid = pid;
    request(PTRACE_SETSIGINFO, tid, 0L, &info);
    return {info.si_signo, info.si_code, pid, static_cast<std::int32_t>(info.si_uid)};
}

std::optional<SyscallEntry> seccompEntry(std::int32_t tid)
{
    ptrace_syscall_info info{};
    if (request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
        return std::nullopt;
    SyscallEntry entry;
    entry.number = info.seccomp.nr;
    std::copy_n(info.seccomp.args, entry.arguments.size(), entry.arguments.begin());
    entry.filterData = info.seccomp.ret_data;
#ifdef __x86_64__
    constexpr std::uint32_t kAuditArchX86_64 = 0xc000003e;
    entry.native = info.arch == kAuditArchX86_64;
#else
    entry.native = false;
#endif
    return entry;
}

std::optional<std::int64_t> callResult(std::int32_t tid)
{
    ptrace_syscall_info info{};
    if (request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_EXIT)
        return std::nullopt;
    return info.exit.rval;
}

void replaceByDuplicate(std::int32_t tid, int fd, bool closeOnExec)
{
#ifdef __x86_64__
    // Unlike GETREGSET, this gives the 64-bit form of a 32-bit program's registers, too.
    user_regs_struct registers{};
    if (request(PTRACE_GETREGS, tid, 0L, &registers) != 0)
        return;
    const auto command = static_cast<unsigned long long>(closeOnExec ? F_DUPFD_CLOEXEC : F_DUPFD);
    if (seccompEntry(tid).value_or(SyscallEntry{}).native) {
        registers.orig_rax = SYS_fcntl;
        registers.rdi = static_cast<unsigned long long>(fd);
        registers.rsi = command;
        registers.rdx = 0;
    } else {
        constexpr unsigned long long kFcntl = 55; // of the 32-bit table
        registers.orig_rax = kFcntl;
        registers.rbx = static_cast<unsigned long long>(fd);
        registers.rcx = command;
        registers.rdx = 0;
    }
    request(PTRACE_SETREGS, tid, 0L, &registers);
#else
    (void)tid;
    (void)fd;
    (void)closeOnExec;
#endif
}

bool makesSibling(std::int32_t tid)
{
#ifdef __x86_64__
    user_regs_struct registers{};
    if (request(PTRACE_GETREGS, tid, 0L, &registers) != 0)
        return false;
    constexpr unsigned long long kLongMode = 0x33; // the code segment of 64-bit programs
    constexpr unsigned long long kClone32 = 120;   // of the 32-bit table; clone3 has one number in both
    const bool native = registers.cs == kLongMode;
    const std::uint64_t first = native ? registers.rdi : registers.rbx;
    std::uint64_t flags = 0;
    if (registers.orig_rax == (native ? static_cast<unsigned long long>(SYS_clone) : kClone32))
        flags = first;
    else if (registers.orig_rax == static_cast<unsigned long long>(SYS_clone3))
        flags = readWord(tid, first).value_or(0);
    return (flags & CLONE_PARENT) != 0;
#else
    (void)tid;
    return false;
#endif
}

std::optional<std::string> readString(std::int32_t tid, std::uint64_t address)
{
    std::string text(PATH_MAX, '\0');
    constexpr std::uint64_t kPage = 4096;
    std::size_t done = 0;
    // Page by page: a read that runs into an unmapped page fails as a whole.
    while (done < text.size()) {
        const std::uint64_t at = address + done;
        const std::size_t step = std::min<std::size_t>(text.size() - done, kPage - at % kPage);
        const iovec local{text.data() + done, step};
        const iovec remote{reinterpret_cast<void*>(at), step}; // NOLINT(performance-no-int-to-ptr): another's address
        const ssize_t got = ::process_vm_readv(tid, &local, 1, &remote, 1, 0);
        if (got <= 0)
            return std::nullopt;
        const std::size_t end = text.find('\0', done);
        done += static_cast<std::size_t>(got);
        if (end < done) {
            text.resize(end);
            return text;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> readWord(std::int32_t tid, std::uint64_t address)
{
    std::uint64_t word = 0;
    const iovec local{&word, sizeof word};
    const iovec remote{reinterpret_cast<void*>(address), sizeof word}; // NOLINT(performance-no-int-to-ptr)
    if (::process_vm_readv(tid, &local, 1, &remote, 1, 0) != static_cast<ssize_t>(sizeof word))
        return std::nullopt;
    return word;
}

bool isProcess(std::int32_t tid)
{
    return isThreadOf(tid, tid);
}

bool isThreadOf(std::int32_t tid, std::int32_t pid)
{
    return ::syscall(SYS_tgkill, pid, tid, 0) == 0;
}

} // namespace daemonscope::tracing
