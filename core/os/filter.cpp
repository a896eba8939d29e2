// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/filter.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "os/uniquefd.h"

namespace daemonscope {

namespace {

struct WatchedCall {
    int number;
    const char* name;
    unsigned targetArgument;
    unsigned signalArgument;
};
constexpr std::array kKillCalls{
    WatchedCall{SCMP_SYS(kill), "kill", 0, 1},
    WatchedCall{SCMP_SYS(tkill), "tkill", 0, 1},
    WatchedCall{SCMP_SYS(tgkill), "tgkill", 1, 2},
    WatchedCall{SCMP_SYS(rt_sigqueueinfo), "rt_sigqueueinfo", 0, 1},
    WatchedCall{SCMP_SYS(rt_tgsigqueueinfo), "rt_tgsigqueueinfo", 1, 2},
    WatchedCall{SCMP_SYS(pidfd_send_signal), "pidfd_send_signal", 0, 1},
};

int addRules(scmp_filter_ctx context, bool watchOpens)
{
    int error = 0;
    const auto keepFirst = [&error](int result) { error = error != 0 ? error : result; };
    const std::uint32_t onKill = SCMP_ACT_TRACE(SyscallFilter::kKill);
    for (const WatchedCall& call : kKillCalls)
        keepFirst(seccomp_rule_add(context, onKill, call.number, 1,
            scmp_arg_cmp{call.signalArgument, SCMP_CMP_MASKED_EQ, 0xffffffffU, SIGKILL}));
    if (!watchOpens)
        return error;
    const std::uint32_t onOpen = SCMP_ACT_TRACE(SyscallFilter::kOpen);
    for (const auto access : {O_WRONLY, O_RDWR}) {
        const auto mode = static_cast<scmp_datum_t>(access);
        keepFirst(
            seccomp_rule_add(context, onOpen, SCMP_SYS(open), 1, scmp_arg_cmp{1, SCMP_CMP_MASKED_EQ, O_ACCMODE, mode}));
        keepFirst(seccomp_rule_add(
            context, onOpen, SCMP_SYS(openat), 1, scmp_arg_cmp{2, SCMP_CMP_MASKED_EQ, O_ACCMODE, mode}));
    }
    keepFirst(seccomp_rule_add(context, onOpen, SCMP_SYS(creat), 0));
    keepFirst(seccomp_rule_add(context, onOpen, SCMP_SYS(openat2), 0));
    return error;
}

} // namespace

Result<SyscallFilter> SyscallFilter::create(bool watchOpens)
{
    const auto release = [](void* context) { seccomp_release(context); };
    const std::unique_ptr<void, decltype(release)> context{seccomp_init(SCMP_ACT_ALLOW), release};
    if (!context)
        return Error{"cannot make the system call filter: out of memory"};
        // 32-bit programs have their own system call numbers; libseccomp knows them.
#ifdef __x86_64__
    seccomp_arch_add(context.get(), SCMP_ARCH_X86);
#endif
    seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
    int error = addRules(context.get(), watchOpens);
    const UniqueFd memory{::memfd_create("daemonscope-filter", MFD_CLOEXEC)};
    if (error == 0)
        error = seccomp_export_bpf(context.get(), memory.get());
    if (error != 0)
        return systemError("cannot make the system call filter", -error);

    SyscallFilter filter;
    const off_t size = ::lseek(memory.get(), 0, SEEK_END);
    filter.program_.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (::pread(memory.get(), filter.program_.data(), filter.program_.size(), 0) != size)
        return systemError("cannot read the system call filter back", errno);
    return filter;
}

bool SyscallFilter::install() const
{
    if (program_.empty())
        return true;
    sock_fprog program{};
    program.len = static_cast<unsigned short>(program_.size() / sizeof(sock_filter));
    program.filter = reinterpret_cast<sock_filter*>(const_cast<char*>(program_.data()));
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &program) == 0)
        return true;
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        && ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &program) == 0;
}

OpenCall openCallOf(std::uint64_t syscallNumber, bool native)
{
    struct Numbers {
        std::uint64_t open, openat, openat2, creat;
    };
#ifdef SYS_open
    constexpr Numbers kNative{SYS_open, SYS_openat, SYS_openat2, SYS_creat};
#else
    constexpr std::uint64_t kNone = ~0ULL;
    constexpr Numbers kNative{kNone, SYS_openat, SYS_openat2, kNone};
#endif
    constexpr Numbers kI386{5, 295, 437, 8}; // <asm/unistd_32.h>, which cannot be included beside the own table
    const Numbers& numbers = native ? kNative : kI386;
    if (syscallNumber == numbers.openat)
        return OpenCall::Openat;
    if (syscallNumber == numbers.open)
        return OpenCall::Open;
    if (syscallNumber == numbers.creat)
        return OpenCall::Creat;
    return syscallNumber == numbers.openat2 ? OpenCall::Openat2 : OpenCall::None;
}

std::string killCallName(std::uint64_t syscallNumber)
{
    for (const WatchedCall& call : kKillCalls) {
        if (static_cast<std::uint64_t>(call.number) == syscallNumber)
            return call.name;
    }
    return "kill";
}

unsigned killTargetArgument(std::uint64_t syscallNumber)
{
    for (const WatchedCall& call : kKillCalls) {
        if (static_cast<std::uint64_t>(call.number) == syscallNumber)
            return call.targetArgument;
    }
    return 0;
}

} // namespace daemonscope
