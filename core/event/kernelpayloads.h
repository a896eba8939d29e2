// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the kernel witness (ptrace) sees. See event/payloads.h.
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
/// A call of the kill family with SIGKILL was made by the process (seccomp stop, before the signal is sent).
struct KillRequested {
    std::int32_t signal = 0;
    std::int64_t targetPid = 0; ///< as passed; 0 and negative numbers name groups
    std::optional<ProcessId> target;
    std::string call; ///< "kill", "tgkill", "pidfd_send_signal" …
};
struct Stopped {
    std::int32_t signal = 0;
};
struct Continued { };
struct Exited {
    bool bySignal = false;
    std::int32_t code = 0; ///< exit code, or the signal's number
    bool coreDumped = false;
    std::int64_t cpuNs = 0;       ///< user and system time of the process, without its children
    std::int64_t maxRssBytes = 0; ///< of the process or, where greater, of a child that it waited for (getrusage(2))
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
};

} // namespace daemonscope::payload
