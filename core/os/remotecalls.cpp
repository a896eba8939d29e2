// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/remotecalls.h"

#include "os/procfs.h"
#include "os/ptracerequest.h"

#include <elf.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace daemonscope::tracing {

#ifdef __x86_64__

namespace {

constexpr int kCallStop = SIGTRAP | 0x80;               // with PTRACE_O_TRACESYSGOOD
constexpr std::string_view kInstruction{"\x0f\x05", 2}; // syscall
constexpr unsigned long long kNoCall = ~0ULL;
/// Other stops that may come between; they end by themselves.
constexpr int kMostOtherStops = 100;

std::string readMemory(std::int32_t tid, std::uint64_t address, std::size_t size)
{
    std::string bytes(size, '\0');
    const iovec local{bytes.data(), size};
    const iovec remote{reinterpret_cast<void*>(address), size}; // NOLINT(performance-no-int-to-ptr): another's address
    const ssize_t got = ::process_vm_readv(tid, &local, 1, &remote, 1, 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

/// The kernel's own code page in each process makes real system calls, too (vdso(7)). Bytes that only look like the
/// instruction do as well.
std::uint64_t findInstruction(std::int32_t tid)
{
    const auto auxiliary = readProcText(tid, "auxv");
    if (!auxiliary.ok())
        return 0;
    constexpr std::uint64_t kVdso = 33; // AT_SYSINFO_EHDR
    constexpr std::size_t kPages = 8;
    constexpr std::size_t kPage = 4096;
    std::array<std::uint64_t, 2> pair{};
    for (std::size_t at = 0; at + sizeof pair <= auxiliary.value().size(); at += sizeof pair) {
        std::memcpy(pair.data(), auxiliary.value().data() + at, sizeof pair);
        if (pair[0] != kVdso)
            continue;
        for (std::size_t page = 0; page < kPages; ++page) {
            const std::string code = readMemory(tid, pair[1] + page * kPage, kPage);
            if (code.empty())
                return 0;
            if (const std::size_t found = code.find(kInstruction); found != std::string::npos)
                return pair[1] + page * kPage + found;
        }
    }
    return 0;
}

std::uint8_t callInfo(std::int32_t tid)
{
    ptrace_syscall_info info{};
    return request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) > 0 ? info.op : PTRACE_SYSCALL_INFO_NONE;
}

/// The thread's next stop: signal and event as si_status has them. Nothing if it has ended, which stays to be told.
std::optional<int> nextStop(std::int32_t tid)
{
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(tid), &info, WEXITED | WSTOPPED | WNOWAIT | __WALL) != 0) {
            if (errno == EINTR)
                continue;
            return std::nullopt;
        }
        if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)
            return std::nullopt;
        const int status = info.si_status;
        if (::waitid(P_PID, static_cast<id_t>(tid), &info, WSTOPPED | WNOHANG | __WALL) == 0 && info.si_pid == tid)
            return status;
    }
}

} // namespace

struct RemoteCalls::State {
    std::int32_t tid = 0;
    user_regs_struct registers{}; ///< that it gets back
    std::uint64_t signalMask = 0;
    std::uint64_t instruction = 0;
    bool atDoor = false;    ///< it stood at a seccomp stop
    bool stopAgain = false; ///< a SIGSTOP came meanwhile

    /// Goes on to the next stop at a call's door or end, whichever `wanted` says (PTRACE_SYSCALL_INFO_…).
    bool goTo(std::uint8_t wanted)
    {
        for (int turn = 0; turn < kMostOtherStops; ++turn) {
            if (request(PTRACE_SYSCALL, tid, 0L, 0L) != 0)
                return false;
            const auto stop = nextStop(tid);
            if (!stop)
                return false;
            if (*stop == kCallStop && callInfo(tid) == wanted)
                return true;
            // The one signal that no mask holds back.
            stopAgain = stopAgain || *stop == SIGSTOP;
        }
        return false;
    }
};

RemoteCalls::RemoteCalls(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}
RemoteCalls::RemoteCalls(RemoteCalls&&) noexcept = default;
RemoteCalls& RemoteCalls::operator=(RemoteCalls&&) noexcept = default;
RemoteCalls::~RemoteCalls() = default;

std::optional<RemoteCalls> RemoteCalls::begin(std::int32_t tid)
{
    auto state = std::make_unique<State>();
    state->tid = tid;
    user_regs_struct& registers = state->registers;
    constexpr unsigned long long kLongMode = 0x33; // cs of a 64-bit program
    if (request(PTRACE_GETREGS, tid, 0L, &registers) != 0 || registers.cs != kLongMode)
        return std::nullopt;
    state->atDoor = callInfo(tid) == PTRACE_SYSCALL_INFO_SECCOMP;
    const std::uint64_t before = registers.rip - kInstruction.size();
    if (readMemory(tid, before, kInstruction.size()) == kInstruction)
        state->instruction = before;
    else if (!state->atDoor)
        state->instruction = findInstruction(tid);
    constexpr std::uint64_t kAll = ~0ULL;
    if (state->instruction == 0 || request(PTRACE_GETSIGMASK, tid, sizeof state->signalMask, &state->signalMask) != 0
        || request(PTRACE_SETSIGMASK, tid, sizeof kAll, &kAll) != 0)
        return std::nullopt;
    if (state->atDoor) {
        // Its call is not made now, and once more later.
        user_regs_struct none = registers;
        none.orig_rax = kNoCall;
        registers.rip = before;
        registers.rax = registers.orig_rax;
        registers.orig_rax = kNoCall;
        if (request(PTRACE_SETREGS, tid, 0L, &none) != 0 || !state->goTo(PTRACE_SYSCALL_INFO_EXIT))
            return std::nullopt;
    }
    return RemoteCalls{std::move(state)};
}

std::optional<std::int64_t> RemoteCalls::make(std::uint64_t number, std::initializer_list<std::uint64_t> arguments)
{
    user_regs_struct registers = state_->registers;
    registers.rip = state_->instruction;
    registers.rax = number;
    registers.orig_rax = kNoCall; // or the kernel would take it for an interrupted call, and begin that again
    const std::array places{
        &registers.rdi, &registers.rsi, &registers.rdx, &registers.r10, &registers.r8, &registers.r9};
    auto place = places.begin();
    for (const std::uint64_t argument : arguments) {
        if (place != places.end())
            **place++ = argument;
    }
    if (request(PTRACE_SETREGS, state_->tid, 0L, &registers) != 0 || !state_->goTo(PTRACE_SYSCALL_INFO_ENTRY)
        || !state_->goTo(PTRACE_SYSCALL_INFO_EXIT) || request(PTRACE_GETREGS, state_->tid, 0L, &registers) != 0)
        return std::nullopt;
    return static_cast<std::int64_t>(registers.rax);
}

bool RemoteCalls::end()
{
    const std::int32_t tid = state_->tid;
    if (request(PTRACE_SETREGS, tid, 0L, &state_->registers) != 0
        || request(PTRACE_SETSIGMASK, tid, sizeof state_->signalMask, &state_->signalMask) != 0)
        return false;
    // A call that its stop had interrupted begins again only on the way out of a stop for a signal or an event.
    if (request(PTRACE_INTERRUPT, tid, 0L, 0L) != 0)
        return false;
    if (state_->stopAgain)
        ::syscall(SYS_tkill, tid, SIGSTOP);
    return true;
}

#else

struct RemoteCalls::State { };
RemoteCalls::RemoteCalls(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}
RemoteCalls::RemoteCalls(RemoteCalls&&) noexcept = default;
RemoteCalls& RemoteCalls::operator=(RemoteCalls&&) noexcept = default;
RemoteCalls::~RemoteCalls() = default;
std::optional<RemoteCalls> RemoteCalls::begin(std::int32_t)
{
    return std::nullopt;
}
std::optional<std::int64_t> RemoteCalls::make(std::uint64_t, std::initializer_list<std::uint64_t>)
{
    return std::nullopt;
}
bool RemoteCalls::end()
{
    return false;
}

#endif

} // namespace daemonscope::tracing
