// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/waitstatus.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope {

/// What daemonscope uses of /proc/PID/stat (proc(5)).
struct ProcStat {
    std::int32_t pid = 0;
    std::string comm; ///< without the brackets; may hold blanks and brackets of its own
    char state = '?';
    std::int32_t parentPid = 0;
    std::int32_t processGroup = 0;
    std::uint64_t collectedFaults = 0; ///< minor page faults of the children that it has collected
    std::uint64_t userTicks = 0;       ///< clock ticks of all its threads, ended ones too; its children not included
    std::uint64_t systemTicks = 0;     ///< likewise, spent in the kernel
    std::int32_t threads = 0;
    std::uint64_t startTicks = 0;   ///< clock ticks since boot
    std::int64_t residentPages = 0; ///< memory pages now; the kernel counts them a little late, to be quick
    std::int32_t waitStatus = 0;    ///< of one that has ended, as wait(2) has it; 0 where this process may not know it
};
/// Parses the text of /proc/PID/stat. The name is what stands between the first '(' and the last ')'.
Result<ProcStat> parseProcStat(std::string_view text);
/// Reads it; an error for a process that is gone.
Result<ProcStat> readProcStat(std::int32_t pid);

/// What a process has used, in the units of events.
struct ProcUsage {
    std::chrono::nanoseconds cpu{}; ///< user and system time, to the kernel's clock tick (10 ms)
    std::int64_t rssBytes = 0;
    std::int32_t threads = 0;
};
/// Clock ticks and pages as time and bytes, by this machine's tick and page size.
ProcUsage usageOf(const ProcStat& stat);
/// When the process began, on the clock sinceBoot(), rounded down to a clock tick.
std::chrono::nanoseconds startOf(const ProcStat& stat);

/// How a process ended that nobody has collected yet; nothing for one that lives or is gone, and where this process may
/// not know it.
std::optional<ExitStatus> statusOfZombie(std::int32_t pid);
/// All processes of the machine that this one may see, without an order.
std::vector<std::int32_t> runningProcesses();
/// The threads of a process, itself among them; none if it is gone.
std::vector<std::int32_t> threadsOf(std::int32_t pid);

/// The thread group in the text of /proc/TID/status; nothing if it names none.
std::optional<std::int32_t> parseThreadGroup(std::string_view statusText);
/// The thread group (process) that thread `tid` belongs to, from /proc/TID/status; an error if the thread is gone.
Result<std::int32_t> readThreadGroup(std::int32_t tid);

/// The bytes of /proc/PID/cmdline as a list, at most `limitBytes` of them.
Result<std::vector<std::string>> readCommandLine(std::int32_t pid, std::size_t limitBytes = 128UL * 1024);
/// Splits the bytes of a cmdline file at its NULs; the last one may be missing.
std::vector<std::string> parseCommandLine(std::string_view bytes);

/// The text of /proc/PID/`entry`, at most 16 KiB of it.
Result<std::string> readProcText(std::int32_t pid, const std::string& entry);
/// The pid in /proc/PID/fdinfo/FD of a pidfd (pidfd_open(2)); 0 if there is none.
std::int32_t parsePidOfPidfd(std::string_view fdinfo);

/// The pids of a process in the pid namespaces that it is in, from that of /proc to its own: the NSpid line of the text
/// of /proc/PID/status. Empty if there is none.
std::vector<std::int32_t> parseNamespacePids(std::string_view status);
/// Whether the process ignores `signal`, by the SigIgn line of the same text.
bool parseIgnores(std::string_view status, int signal);
/// The number in a link such as "socket:[123]" or "pid:[4026531836]" of that kind; 0 for any other text.
std::uint64_t parseLinkNumber(std::string_view link, std::string_view kind);

/// Where /proc/PID/`entry` points: "exe", "cwd".
Result<std::string> readProcLink(std::int32_t pid, const char* entry);

/// The contents of a small file, at most `limitBytes`.
Result<std::string> readSmallFile(const std::string& path, std::size_t limitBytes);

} // namespace daemonscope
