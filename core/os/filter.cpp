// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/filter.h"

#include "os/killcalls.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <string_view>

#include "os/uniquefd.h"

namespace daemonscope {

namespace {

/// Signals that end a process which does not handle them, and that programs send to have it so.
constexpr std::array kEndingSignals{SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM};
constexpr scmp_datum_t kLow32 = 0xffffffffU; // what the kernel looks at of an int, whatever stands above

int addKillRules(scmp_filter_ctx context)
{
    int error = 0;
    const auto add = [&](int call, auto... conditions) {
        const int result =
            seccomp_rule_add(context, SCMP_ACT_TRACE(SyscallFilter::kKill), call, sizeof...(conditions), conditions...);
        error = error != 0 ? error : result;
    };
    for (const KillCallForm& form : killCallForms()) {
        const bool alwaysTakesSiginfo = form.siginfoArgument != 0 && form.names == KillCallForm::Names::Process;
        if (alwaysTakesSiginfo) {
            add(form.native); // rare, and the way to name a false sender
            continue;
        }
        if (form.siginfoArgument != 0)
            add(form.native, scmp_arg_cmp{form.siginfoArgument, SCMP_CMP_NE, 0, 0});
        // Threads are signalled in masses by some runtimes, to interrupt them: only SIGKILL tells of an end.
        for (const int signal : kEndingSignals) {
            if (signal == SIGKILL || std::string_view{form.name} == "kill" || form.names == KillCallForm::Names::Pidfd)
                add(form.native,
                    scmp_arg_cmp{form.signalArgument, SCMP_CMP_MASKED_EQ, kLow32, static_cast<scmp_datum_t>(signal)});
        }
    }
    return error;
}

int addFamilyRules(scmp_filter_ctx context)
{
    const int death = seccomp_rule_add(context, SCMP_ACT_TRACE(SyscallFilter::kParentDeath), SCMP_SYS(prctl), 1,
        scmp_arg_cmp{0, SCMP_CMP_MASKED_EQ, kLow32, PR_SET_PDEATHSIG});
    const int untraced = seccomp_rule_add(context, SCMP_ACT_TRACE(SyscallFilter::kUntraced), SCMP_SYS(clone), 1,
        scmp_arg_cmp{0, SCMP_CMP_MASKED_EQ, CLONE_UNTRACED, CLONE_UNTRACED});
    return death != 0 ? death : untraced;
}

int addTracingRules(scmp_filter_ctx context)
{
    int error = 0;
    for (const auto request : {PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE}) {
        const int result = seccomp_rule_add(context, SCMP_ACT_TRACE(SyscallFilter::kTracing), SCMP_SYS(ptrace), 1,
            scmp_arg_cmp{0, SCMP_CMP_MASKED_EQ, kLow32, static_cast<scmp_datum_t>(request)});
        error = error != 0 ? error : result;
    }
    return error;
}

int addRules(scmp_filter_ctx context, bool watchOpens)
{
    int error = addKillRules(context);
    const auto keepFirst = [&error](int result) { error = error != 0 ? error : result; };
    keepFirst(addFamilyRules(context));
    keepFirst(addTracingRules(context));
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

std::string SyscallFilter::forListener() const
{
    std::string program = program_;
    for (std::size_t at = 0; at + sizeof(sock_filter) <= program.size(); at += sizeof(sock_filter)) {
        sock_filter step{};
        std::memcpy(&step, program.data() + at, sizeof step);
        if (step.code != (BPF_RET | BPF_K) || (step.k & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_TRACE)
            continue;
        step.k = SECCOMP_RET_USER_NOTIF;
        std::memcpy(program.data() + at, &step, sizeof step);
    }
    return program;
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

} // namespace daemonscope
