// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <cstdint>
#include <string>

namespace daemonscope {

/// A seccomp filter for the traced program as bytes that can be installed between fork and exec. It lets everything
/// pass and stops (for the tracer only):
/// - SIGKILL requests (kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal): the kernel keeps
///   no siginfo for SIGKILL, so the call is the only trace of its sender;
/// - opens for writing, because /dev/stdout and its like cannot be re-opened by path when they are sockets.
class SyscallFilter {
public:
    /// SECCOMP_RET_DATA of the two kinds of stops.
    static constexpr std::uint32_t kKill = 1;
    static constexpr std::uint32_t kOpen = 2;

    /// An empty filter: install() does nothing.
    SyscallFilter() = default;
    static Result<SyscallFilter> create(bool watchOpens);

    /// Installs it in the calling thread, for good. Async-signal-safe. Where that needs it, sets no_new_privs, which
    /// costs nothing under a tracer: an unprivileged tracer's programs gain no privileges by exec anyway (ptrace(2)).
    [[nodiscard]] bool install() const;

private:
    std::string program_; ///< struct sock_filter[]
};

/// The open calls that SyscallFilter stops, told apart by their number in the recorder's own table (`native`) or in
/// that of 32-bit programs.
enum class OpenCall { None, Open, Openat, Openat2, Creat };
OpenCall openCallOf(std::uint64_t syscallNumber, bool native);
/// "kill", "tgkill" … for the system calls that SyscallFilter stops as kKill.
std::string killCallName(std::uint64_t syscallNumber);
/// Which argument of that call names the target (a pid or tid), or for pidfd_send_signal the pidfd.
unsigned killTargetArgument(std::uint64_t syscallNumber);

} // namespace daemonscope
