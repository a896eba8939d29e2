// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/blockedwriter.h"

#include "os/procfs.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <string>

namespace daemonscope {

namespace {

constexpr std::string_view kRunning = "running";

bool writesToFirstArgument(long number)
{
    switch (number) {
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendfile:
        return true;
    default:
        return false;
    }
}

} // namespace

std::optional<int> parseBlockedWrite(std::string_view syscallText)
{
    long number = -1;
    int fd = -1;
    const char* const end = syscallText.data() + syscallText.size();
    const auto [afterNumber, error] = std::from_chars(syscallText.data(), end, number);
    constexpr std::string_view kPrefix = " 0x";
    const std::string_view rest{afterNumber, static_cast<std::size_t>(end - afterNumber)};
    if (error != std::errc{} || !writesToFirstArgument(number) || rest.substr(0, kPrefix.size()) != kPrefix)
        return std::nullopt;
    constexpr int kHexadecimal = 16;
    if (std::from_chars(afterNumber + kPrefix.size(), end, fd, kHexadecimal).ec != std::errc{})
        return std::nullopt;
    return fd;
}

std::vector<std::int32_t> blockedWriters(std::int32_t pid, std::uint64_t socketInode, bool& someRun)
{
    const std::string socket = "socket:[" + std::to_string(socketInode) + ']';
    std::vector<std::int32_t> writers;
    std::error_code gone;
    const std::string folder = "/proc/" + std::to_string(pid) + "/task";
    for (std::filesystem::directory_iterator entry{folder, gone}, end; !gone && entry != end; entry.increment(gone)) {
        const std::string name = entry->path().filename().string();
        std::int32_t tid = 0;
        std::from_chars(name.data(), name.data() + name.size(), tid);
        const auto text = readProcText(pid, "task/" + name + "/syscall");
        someRun = someRun || (text.ok() && text.value().compare(0, kRunning.size(), kRunning) == 0);
        const auto fd = text.ok() ? parseBlockedWrite(text.value()) : std::nullopt;
        if (!fd)
            continue;
        const auto link = readProcLink(pid, ("fd/" + std::to_string(*fd)).c_str());
        if (link.ok() && link.value() == socket)
            writers.push_back(tid);
    }
    return writers;
}

void sendSigpipe(std::int32_t pid, std::int32_t tid)
{
    ::syscall(SYS_tgkill, pid, tid, SIGPIPE);
}

} // namespace daemonscope
