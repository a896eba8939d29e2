// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/siginfo.h"
#include "os/waitstatus.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

/// ptrace(2) with PTRACE_SEIZE, one function a request. All must be called from the one thread that seized. Requests
/// to a thread that was killed in the meantime fail silently: its end is reported by the next wait.
namespace daemonscope::tracing {

/// PTRACE_EVENT_… numbers, named so that <linux/ptrace.h> stays in one file.
enum Event : int { kFork = 1, kVfork = 2, kClone = 3, kExec = 4, kSeccomp = 7, kStop = 128 };

/// What a wait reported.
struct Report {
    std::int32_t tid = 0;
    WaitStatus status{0};
    std::chrono::nanoseconds cpu{}; ///< user and system time, with the children that were waited for; at an end only
    std::int64_t maxRssBytes = 0;   ///< likewise
    std::int64_t minorFaults = 0;   ///< likewise
    bool untraced = false;          ///< a stop by a signal of a child that is not traced; `status` has the signal
};
/// Called with the number of a thread that has ended, and the signal that ended it or 0, before its end is collected:
/// /proc still knows it, and its parent does not know of its end yet.
using LookAtDead = std::function<void(std::int32_t tid, int signal)>;
/// Waits for the next report of any tracee or child. Nothing if none is left. A thread that is reported to have stopped
/// must be let go on before the next wait, or be told to keepStopped(), or the same stop is reported again.
std::optional<Report> waitAny(const LookAtDead& look);
/// The same, but waits no longer than `limit`. Nothing if that is over, too.
std::optional<Report> waitAnyFor(std::chrono::milliseconds limit, const LookAtDead& look);

/// Attaches to `pid` without stopping it: follow fork, vfork, clone and exec, and seccomp stops. `killWithTracer`:
/// PTRACE_O_EXITKILL.
Outcome seize(std::int32_t pid, bool killWithTracer);
/// Lets a stopped thread go on, with `signal` delivered to it unless that is 0.
void resume(std::int32_t tid, int signal = 0);
/// Lets a thread at the door of a system call go on to the call's end, where it stops once more.
void resumeToCallEnd(std::int32_t tid);
/// Leaves a stopped thread stopped for longer, until one of the functions above.
void keepStopped(std::int32_t tid);
/// Makes a thread stop, wherever it is, if only for this: it reports PTRACE_EVENT_STOP, or its group's stop once more.
void interrupt(std::int32_t tid);
/// Ends the tracing of a stopped thread, which goes on, or stays in its group's stop.
void detach(std::int32_t tid);
/// Leaves a group-stopped thread stopped but listening for SIGCONT (PTRACE_LISTEN).
void listen(std::int32_t tid);

/// The event's message: the new tid of a fork, the former tid of an exec.
std::uint64_t eventMessage(std::int32_t tid);
/// Whether a thread that reports a fork made a child of its own parent's (CLONE_PARENT). Where the registers of this
/// machine are not known, none does.
bool makesSibling(std::int32_t tid);

std::optional<SignalInfo> signalInfo(std::int32_t tid);
/// The child of whose end the SIGCHLD that is about to be delivered tells, as the receiver sees its pid; 0 if it tells
/// of something else.
std::int32_t endedChild(std::int32_t tid);
/// Makes the signal that is about to be delivered one that process `pid`, which is tid's own, sent itself, as the
/// kernel does with SIGPIPE.
SignalInfo becomeOwnSignal(std::int32_t tid, std::int32_t pid);

/// The system call at whose door a seccomp stop happened.
struct SyscallEntry {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 6> arguments{};
    std::uint32_t filterData = 0; ///< SECCOMP_RET_DATA of the filter's answer
    bool native = true;           ///< of the recorder's own architecture, not a 32-bit call
};
std::optional<SyscallEntry> seccompEntry(std::int32_t tid);
/// What a system call at whose end a thread has stopped returned: a value, or minus an errno.
std::optional<std::int64_t> callResult(std::int32_t tid);
/// Makes the thread do fcntl(fd, F_DUPFD or F_DUPFD_CLOEXEC, 0) in place of the call at whose door it stands.
void replaceByDuplicate(std::int32_t tid, int fd, bool closeOnExec);

/// A NUL-terminated string from the thread's memory, at most PATH_MAX bytes.
std::optional<std::string> readString(std::int32_t tid, std::uint64_t address);
/// A 64-bit word from the thread's memory.
std::optional<std::uint64_t> readWord(std::int32_t tid, std::uint64_t address);

/// Whether `tid` is the first thread of a process (rather than one more thread of it), dead or alive, but not
/// collected.
bool isProcess(std::int32_t tid);
/// Whether `tid` is a thread of process `pid`.
bool isThreadOf(std::int32_t tid, std::int32_t pid);

} // namespace daemonscope::tracing
