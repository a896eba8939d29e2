// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <cstdint>
#include <string>

namespace daemonscope {

/// A seccomp filter for the traced program as bytes that can be installed between fork and exec. It lets everything
/// pass and stops (for the tracer only):
/// - SIGKILL requests (os/killcalls.h): the kernel keeps no siginfo for SIGKILL, so the call is the only trace of its
///   sender;
/// - kill and pidfd_send_signal with SIGHUP, SIGINT, SIGQUIT or SIGTERM: a sender whose signal was merged with one that
///   was pending leaves no other trace, and a signal without a call came another way;
/// - calls that take a siginfo: the sender that they name may be a false one;
/// - prctl(PR_SET_PDEATHSIG): the signal that it asks for looks like a kill() by the parent;
/// - clone with CLONE_UNTRACED: nobody else tells of the child;
/// - ptrace() calls that ask to trace or to be traced: under another tracer they fail;
/// - opens for writing, because /dev/stdout and its like cannot be re-opened by path when they are sockets.
class SyscallFilter {
public:
    /// SECCOMP_RET_DATA of the kinds of stops.
    static constexpr std::uint32_t kKill = 1;
    static constexpr std::uint32_t kOpen = 2;
    static constexpr std::uint32_t kParentDeath = 3;
    static constexpr std::uint32_t kUntraced = 4;
    static constexpr std::uint32_t kTracing = 5;

    /// An empty filter: install() does nothing.
    SyscallFilter() = default;
    static Result<SyscallFilter> create(bool watchOpens);

    /// Installs it in the calling thread, for good. Async-signal-safe. Where that needs it, sets no_new_privs, which
    /// costs nothing under a tracer: an unprivileged tracer's programs gain no privileges by exec anyway (ptrace(2)).
    [[nodiscard]] bool install() const;

    /// The bytes (struct sock_filter[]) of a filter by which the same calls go to a listener (seccomp_unotify(2)), for
    /// a process that has this one and is not traced any more: a listener goes before a tracer. It tells no kinds.
    [[nodiscard]] std::string forListener() const;

private:
    std::string program_; ///< struct sock_filter[]
};

/// The open calls that SyscallFilter stops, told apart by their number in the recorder's own table (`native`) or in
/// that of 32-bit programs.
enum class OpenCall { None, Open, Openat, Openat2, Creat };
OpenCall openCallOf(std::uint64_t syscallNumber, bool native);

} // namespace daemonscope
