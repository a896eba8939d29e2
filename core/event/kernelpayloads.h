// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the kernel witness (ptrace; else cn_proc or perf) sees. See event/payloads.h.
namespace daemonscope::payload {

/// The process came into being.
struct Born {
    enum class How { Launch, Fork, Vfork, Clone, Unknown };
    std::optional<ProcessId> parent; ///< none for the program itself, and where the kernel lost the edge
    How how = How::Unknown;
    std::int32_t parentThread = 0; ///< the thread that forked; 0 when not known
};
/// The process executes another program; also reported with the first one.
struct Executed {
    std::vector<std::string> argv;
    std::string executable; ///< absolute path; empty when not readable
    std::string workingDirectory;
    std::string unreadable; ///< why a field is empty, as a sentence; empty when all could be read
};
/// A signal is delivered to the process, with what siginfo says of its sender.
struct SignalDelivered {
    std::int32_t signal = 0;
    std::int32_t code = 0;      ///< si_code
    std::int32_t senderPid = 0; ///< si_pid; 0 for the kernel and the terminal
    std::int32_t senderUid = 0;
    std::optional<ProcessId> sender; ///< if senderPid is a process of this recording
};
/// A call of the kill family was made by the process (seccomp stop, before the signal is sent). Which of them are seen:
/// os/filter.h.
struct KillRequested {
    std::int32_t signal = 0;
    std::int64_t targetPid = 0; ///< as passed; 0 and negative numbers name groups
    std::optional<ProcessId> target;
    std::string call;                 ///< "kill", "tgkill", "pidfd_send_signal" …
    std::vector<ProcessId> members{}; ///< of the group that the call names, then; bounded
    std::int32_t claimedCode = 0;     ///< si_code and si_pid that the caller has written itself, of calls that
    std::int32_t claimedPid = 0;      ///< take a siginfo (rt_sigqueueinfo(2)); else 0
};
struct Stopped {
    std::int32_t signal = 0;
};
struct Continued { };
struct Exited {
    bool bySignal = false;
    std::int32_t code = 0; ///< exit code, or the signal's number
    bool coreDumped = false;
    std::int64_t cpuNs = 0;       ///< user and system time of the process, without its children; 0 may be: not known
    std::int64_t maxRssBytes = 0; ///< of the process or, where greater, of a child that it waited for (getrusage(2))
    bool statusUnknown = false;   ///< that it ended was seen, how was not; bySignal and code mean nothing then
    /// The kernel told its usage when it was collected. Of a few pages, Linux 6.2 and later may tell 0 bytes.
    bool usageAtEnd = false;
};
/// The process lost its parent and was given another one.
struct Reparented {
    std::optional<ProcessId> adopter; ///< none: outside the program (init or a subreaper)
    std::int32_t adopterPid = 0;
};
/// What the process had used when the recorder looked (proc(5)). A look that found what the one before had found is not
/// told, but for the first such one: the values hold until the next sample's last look before it.
struct ResourceSampled {
    std::int64_t cpuNs = 0;    ///< user and system time since its birth, without its children, to 10 ms
    std::int64_t rssBytes = 0; ///< memory that it has now
    std::int32_t threads = 0;
    std::int64_t sinceLookNs = 0; ///< how long before this one the last look at the process was; 0: there was none
};
/// The process was collected by its parent and its pid became free.
struct Reaped {
    std::optional<ProcessId> by; ///< none: by a process outside of the program
    bool discarded = false;      ///< by the kernel: its parent, `by`, ignores SIGCHLD
    bool byUnknown = false;      ///< about when its parent ended: by it or by whoever adopted the child
};
/// A call that KillRequested told of is over, for the process that made it.
struct KillReturned {
    std::int32_t signal = 0;
    std::int64_t targetPid = 0; ///< as in the request, and so are target and call
    std::optional<ProcessId> target;
    std::string call;
    std::int32_t error = 0;           ///< errno; 0: the signal was sent
    std::vector<ProcessId> members{}; ///< of the group, that had not been born when the call was made
};
/// The process asked for a signal when its parent ends (prctl(2), PR_SET_PDEATHSIG).
struct ParentDeathSignalSet {
    std::int32_t signal = 0; ///< 0: for none any more
};
/// The thread that had made the process ended; to a parent-death signal that is the parent's end.
struct ParentThreadEnded {
    std::optional<ProcessId> parent; ///< whose thread it was
    std::int32_t thread = 0;
};
/// The process lives in another pid namespace than the recorder (pid_namespaces(7)); told when that matters.
struct PidNamespaceSeen {
    std::uint64_t space = 0;         ///< the inode of /proc/PID/ns/pid
    std::vector<std::int32_t> pids;  ///< its pids from the recorder's namespace to its own
    std::optional<ProcessId> leader; ///< the namespace's process 1, whose end ends all others
};

} // namespace daemonscope::payload
