// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/signal.h"
#include "os/uniquefd.h"
#include "os/waitstatus.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a process does with itself and with others: signals, its environment, its terminal.
namespace daemonscope {

/// Sends `signal` to process `pid`, or to process group -pid; false if there is none, or none that may be sent one.
bool sendSignal(std::int32_t pid, Signal signal);
/// A signal that reached this process.
struct ReceivedSignal {
    Signal signal;
    bool fromKernel = false;    ///< a terminal's signal, as these are the only ones of the kernel that are waited for
    std::int32_t senderPid = 0; ///< 0: the kernel, or not visible here
    std::uint32_t senderUid = 0;
};
/// Blocks the signals by which others ask this process to end or that would end it by accident (SIGPIPE), in this
/// thread and all that it makes later, and returns a descriptor from which nextSignal() takes them.
Result<UniqueFd> takeOverSignals();
std::optional<ReceivedSignal> nextSignal(int signalDescriptor);

/// The environment as "NAME=value".
std::vector<std::string> currentEnvironment();
/// The value of `name` in such a list.
std::optional<std::string> environmentValue(const std::vector<std::string>& environment, const std::string& name);
/// Sets `name` in such a list.
void setEnvironmentValue(std::vector<std::string>& environment, const std::string& name, const std::string& value);

std::string currentDirectory();
std::int32_t currentProcess();
/// The children that this process has now, which a shell may have made for it before it executed this program (as bash
/// does for "2> >(tee log)").
std::vector<std::int32_t> currentChildren();
std::uint32_t currentUser();
/// The path of this program's file.
std::string executablePath();

/// Fills those of 0, 1 and 2 that are closed with /dev/null, so that no other file of this process gets their number,
/// and returns which of them were open.
std::array<bool, 3> reserveStandardStreams();
/// A descriptor that takes everything that is written to it (/dev/null); it stays open.
int openNowhere();
/// Whether `fd` is open.
bool isOpen(int fd);
/// Another descriptor of the same open file, closed by exec.
Result<UniqueFd> duplicate(int fd);
/// The inode of an open descriptor; 0 if it isn't open.
std::uint64_t inodeOf(int fd);
/// Whether two open descriptors are of the same file, pipe or terminal.
bool isSameFile(int one, int other);
/// How writeAll() ended.
struct WriteEnd {
    enum class Kind { Done, ReaderGone, Failed };
    Kind kind = Kind::Done;
    std::string why; ///< the system's words, if Failed
};
/// Writes all bytes, waiting as long as it takes.
WriteEnd writeAll(int fd, const char* bytes, std::size_t size);
/// Makes the process at the other end of a stream see EPIPE, as when a pipe's reader is gone. One that waits for room
/// at that moment gets EPIPE without SIGPIPE, unlike with a pipe (see OutputRoute).
void refuseInput(int socket);
/// Waits for child `pid` to end, and collects it.
ExitStatus waitForChild(std::int32_t pid);
/// Ends this process as `status` says: with that code, or by that signal (without a core file).
[[noreturn]] void endAs(ExitStatus status);
/// Executes another program in place of this one; returns only on failure.
Error replaceBy(const std::string& file, const std::vector<std::string>& argv);

} // namespace daemonscope
