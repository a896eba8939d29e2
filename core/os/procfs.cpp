// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/procfs.h"

#include "os/uniquefd.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <filesystem>
#include <optional>

namespace daemonscope {

namespace {

std::string procPath(std::int32_t pid, const char* entry)
{
    return "/proc/" + std::to_string(pid) + '/' + entry;
}

/// Takes the next word off `rest`.
std::string_view takeWord(std::string_view& rest)
{
    const std::size_t begin = std::min(rest.find_first_not_of(" \n"), rest.size());
    rest.remove_prefix(begin);
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

template <class T> bool parseNumber(std::string_view word, T& value)
{
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && end == word.data() + word.size();
}

std::chrono::nanoseconds ticksToTime(std::uint64_t ticks)
{
    static const std::int64_t tickNs = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
    // 2^41 ticks, the most that is asked for, would not fit with ticks of more than 4 ms.
    constexpr std::int64_t kMostNs = 1LL << 62;
    const auto count = static_cast<std::int64_t>(ticks);
    return std::chrono::nanoseconds{count > kMostNs / tickNs ? kMostNs : count * tickNs};
}

std::optional<std::int32_t> numberAfter(std::string_view text, std::string_view key)
{
    const std::size_t at = text.find(key);
    std::int32_t number = 0;
    if (at == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(at + key.size());
    return parseNumber(takeWord(text), number) ? std::optional{number} : std::nullopt;
}

/// The names in a folder that are numbers.
std::vector<std::int32_t> numbersIn(const std::string& folder)
{
    std::vector<std::int32_t> numbers;
    std::error_code error;
    for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        std::int32_t number = 0;
        if (parseNumber(std::string_view{entry->path().filename().native()}, number))
            numbers.push_back(number);
    }
    return numbers;
}

} // namespace

Result<std::string> readSmallFile(const std::string& path, std::size_t limitBytes)
{
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.valid())
        return systemError("cannot open '" + path + "'", errno);
    std::string contents;
    std::array<char, 4096> chunk{};
    while (contents.size() < limitBytes) {
        const ssize_t size = ::read(file.get(), chunk.data(), std::min(chunk.size(), limitBytes - contents.size()));
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return systemError("cannot read '" + path + "'", errno);
        if (size == 0)
            break;
        contents.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return contents;
}

Result<ProcStat> parseProcStat(std::string_view text)
{
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return Error{"not the contents of a /proc/PID/stat file: it has no name in brackets"};

    ProcStat stat;
    stat.comm = text.substr(open + 1, close - open - 1);
    std::string_view before = text.substr(0, open);
    std::string_view rest = text.substr(close + 1);
    const std::string_view state = takeWord(rest);
    const auto skip = [&rest](int fields) {
        for (int field = 0; field < fields; ++field)
            takeWord(rest);
    };
    bool good = parseNumber(takeWord(before), stat.pid) && state.size() == 1
        && parseNumber(takeWord(rest), stat.parentPid) && parseNumber(takeWord(rest), stat.processGroup);
    skip(5); // session (6) … minflt (10)
    good = good && parseNumber(takeWord(rest), stat.collectedFaults);
    skip(2); // majflt (12), cmajflt (13)
    good = good && parseNumber(takeWord(rest), stat.userTicks) && parseNumber(takeWord(rest), stat.systemTicks);
    skip(4); // cutime (16) … nice (19)
    good = good && parseNumber(takeWord(rest), stat.threads);
    skip(1); // itrealvalue (21)
    good = good && parseNumber(takeWord(rest), stat.startTicks);
    skip(1); // vsize (23)
    good = good && parseNumber(takeWord(rest), stat.residentPages);
    if (!good)
        return Error{"not the contents of a /proc/PID/stat file: a number is missing"};
    skip(27);                                          // rsslim (25) … env_end (51)
    if (!parseNumber(takeWord(rest), stat.waitStatus)) // since Linux 3.5
        stat.waitStatus = 0;
    stat.state = state.front();
    return stat;
}

Result<ProcStat> readProcStat(std::int32_t pid)
{
    constexpr std::size_t kLimitBytes = 4096;
    const auto text = readSmallFile(procPath(pid, "stat"), kLimitBytes);
    return text.ok() ? parseProcStat(text.value()) : Result<ProcStat>{text.error()};
}

ProcUsage usageOf(const ProcStat& stat)
{
    static const long pageBytes = ::sysconf(_SC_PAGESIZE);
    // The numbers may be anything that fits 64 bits, so nothing is multiplied that could overflow.
    constexpr std::uint64_t kMostTicks = 1ULL << 40;
    constexpr std::int64_t kMostPages = 1LL << 40;
    ProcUsage usage;
    usage.cpu = ticksToTime(std::min(stat.userTicks, kMostTicks) + std::min(stat.systemTicks, kMostTicks));
    usage.rssBytes = std::clamp<std::int64_t>(stat.residentPages, 0, kMostPages) * pageBytes;
    usage.threads = std::max(stat.threads, 0);
    return usage;
}

std::chrono::nanoseconds startOf(const ProcStat& stat)
{
    constexpr std::uint64_t kMostTicks = 1ULL << 40;
    return ticksToTime(std::min(stat.startTicks, kMostTicks));
}

std::optional<ExitStatus> statusOfZombie(std::int32_t pid)
{
    // To those who may not know it the kernel shows the status 0. It shows them no namespaces either, by the same rule
    // (PTRACE_MODE_READ_FSCREDS, proc(5)).
    const auto stat = readProcStat(pid);
    if (!stat.ok() || stat.value().state != 'Z' || stat.value().threads > 1 || !readProcLink(pid, "ns/user").ok())
        return std::nullopt;
    return ExitStatus::fromWait(stat.value().waitStatus);
}

std::vector<std::int32_t> runningProcesses()
{
    return numbersIn("/proc");
}

std::vector<std::int32_t> threadsOf(std::int32_t pid)
{
    return numbersIn(procPath(pid, "task"));
}

Result<std::string> readProcText(std::int32_t pid, const std::string& entry)
{
    constexpr std::size_t kLimitBytes = 16384;
    return readSmallFile(procPath(pid, entry.c_str()), kLimitBytes);
}

std::optional<std::int32_t> parseThreadGroup(std::string_view statusText)
{
    return numberAfter(statusText, "\nTgid:\t");
}

Result<std::int32_t> readThreadGroup(std::int32_t tid)
{
    const auto text = readProcText(tid, "status");
    if (!text.ok())
        return text.error();
    if (const auto group = parseThreadGroup(text.value()))
        return *group;
    return Error{"no Tgid in /proc/" + std::to_string(tid) + "/status"};
}

std::int32_t parsePidOfPidfd(std::string_view fdinfo)
{
    return numberAfter(fdinfo, "\nPid:\t").value_or(0);
}

std::vector<std::int32_t> parseNamespacePids(std::string_view status)
{
    constexpr std::string_view kKey = "\nNSpid:";
    constexpr std::size_t kMostLevels = 33; // the kernel's limit is 32 below the first
    std::vector<std::int32_t> pids;
    const std::size_t at = status.find(kKey);
    if (at == std::string_view::npos)
        return pids;
    status.remove_prefix(at + kKey.size());
    status = status.substr(0, status.find('\n'));
    while (!status.empty() && pids.size() < kMostLevels) {
        const std::size_t begin = std::min(status.find_first_not_of('\t'), status.size());
        status.remove_prefix(begin);
        const std::string_view word = status.substr(0, status.find('\t'));
        status.remove_prefix(word.size());
        std::int32_t pid = 0;
        if (!parseNumber(word, pid))
            return {};
        pids.push_back(pid);
    }
    return pids;
}

bool parseIgnores(std::string_view status, int signal)
{
    constexpr std::string_view kKey = "\nSigIgn:\t";
    constexpr int kBase = 16;
    constexpr int kBits = 64;
    const std::size_t at = status.find(kKey);
    if (at == std::string_view::npos || signal < 1 || signal > kBits)
        return false;
    status.remove_prefix(at + kKey.size());
    std::uint64_t mask = 0;
    std::from_chars(status.data(), status.data() + status.size(), mask, kBase);
    return (mask >> static_cast<unsigned>(signal - 1) & 1U) != 0;
}

std::uint64_t parseLinkNumber(std::string_view link, std::string_view kind)
{
    std::uint64_t number = 0;
    if (link.substr(0, kind.size()) != kind || link.substr(kind.size(), 2) != ":[")
        return 0;
    link.remove_prefix(kind.size() + 2);
    std::from_chars(link.data(), link.data() + link.size(), number);
    return number;
}

std::vector<std::string> parseCommandLine(std::string_view bytes)
{
    std::vector<std::string> words;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\0'), bytes.size());
        words.emplace_back(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return words;
}

Result<std::vector<std::string>> readCommandLine(std::int32_t pid, std::size_t limitBytes)
{
    const auto bytes = readSmallFile(procPath(pid, "cmdline"), limitBytes);
    if (!bytes.ok())
        return bytes.error();
    return parseCommandLine(bytes.value());
}

Result<std::string> readProcLink(std::int32_t pid, const char* entry)
{
    std::array<char, PATH_MAX> target{};
    const std::string path = procPath(pid, entry);
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0)
        return systemError("cannot read the link '" + path + "'", errno);
    return std::string{target.data(), static_cast<std::size_t>(size)};
}

} // namespace daemonscope
