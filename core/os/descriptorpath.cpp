// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/descriptorpath.h"

#include "os/procfs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <deque>
#include <filesystem>

namespace daemonscope {

namespace {

constexpr std::string_view kSelf = "/proc/self";
/// As many links as the kernel follows (path_resolution(7)).
constexpr int kMaxLinks = 40;

std::optional<std::string> readLink(const std::string& path)
{
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    return size < 0 ? std::nullopt : std::optional{std::string{target.data(), static_cast<std::size_t>(size)}};
}

bool isBelow(std::string_view path, std::string_view folder)
{
    return path.substr(0, folder.size()) == folder && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Puts the path's components in front of those that are still to be walked.
void prepend(std::deque<std::string>& components, std::string_view path)
{
    while (!path.empty()) {
        const std::size_t slash = path.rfind('/');
        const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
        if (!last.empty() && last != ".")
            components.emplace_front(last);
        path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
}

/// Walks a path as the thread would. The kernel could do it for us, but for "/proc/self", which would be ourselves.
class Walk {
public:
    Walk(std::int32_t tid, std::string start)
        : tid_(tid)
        , at_(std::move(start))
    {
    }

    std::uint64_t socketAt(const std::string& path)
    {
        std::deque<std::string> components;
        prepend(components, path);
        int links = 0;
        while (!components.empty()) {
            const std::string component = std::move(components.front());
            components.pop_front();
            if (component == "..") {
                at_.resize(at_.empty() ? 0 : at_.rfind('/'));
                continue;
            }
            std::string next = at_ + '/' + component;
            if (next == kSelf || next == "/proc/thread-self") {
                at_ = kSelf;
                continue;
            }
            const auto link = readLink(seenFromHere(next));
            if (!link) {
                at_ = std::move(next);
                continue;
            }
            if (components.empty() && isDescriptor(next))
                return parseSocketLink(*link);
            if (++links > kMaxLinks)
                return 0;
            if (link->starts_with('/'))
                at_.clear();
            prepend(components, *link);
        }
        return 0;
    }

private:
    [[nodiscard]] std::string seenFromHere(const std::string& path) const
    {
        const std::string thread = "/proc/" + std::to_string(tid_);
        return isBelow(path, kSelf) ? thread + path.substr(kSelf.size()) : thread + "/root" + path;
    }
    /// Whether it is a link in a /proc/PID/fd, and not one of somebody's own making with such a text.
    [[nodiscard]] bool isDescriptor(std::string_view path) const
    {
        constexpr std::string_view kFolder = "/fd";
        return isBelow(path, "/proc") && at_.size() > kFolder.size()
            && std::string_view{at_}.substr(at_.size() - kFolder.size()) == kFolder;
    }

    std::int32_t tid_;
    std::string at_; ///< absolute in the thread's root; empty for that root
};

/// Where a relative path begins, as the thread sees it.
std::optional<std::string> startOf(std::int32_t tid, std::optional<int> directory)
{
    const std::string entry = directory ? "fd/" + std::to_string(*directory) : "cwd";
    const auto folder = readProcLink(tid, entry.c_str());
    const auto root = readProcLink(tid, "root");
    if (!folder.ok() || !root.ok() || !folder.value().starts_with('/'))
        return std::nullopt;
    if (root.value() == "/")
        return folder.value() == "/" ? std::string{} : folder.value();
    return isBelow(folder.value(), root.value()) ? std::optional{folder.value().substr(root.value().size())}
                                                 : std::nullopt;
}

} // namespace

std::uint64_t parseSocketLink(std::string_view link)
{
    constexpr std::string_view kPrefix = "socket:[";
    std::uint64_t inode = 0;
    if (link.substr(0, kPrefix.size()) == kPrefix)
        std::from_chars(link.data() + kPrefix.size(), link.data() + link.size(), inode);
    return inode;
}

std::uint64_t socketBehindPath(std::int32_t tid, std::optional<int> directory, const std::string& path)
{
    if (path.empty())
        return 0;
    const bool absolute = path.front() == '/';
    // Nearly all that is opened for writing is no link. Numbers are: here "/dev/fd/7" would lead to our own
    // descriptors.
    const std::string_view name = std::string_view{path}.substr(path.rfind('/') + 1);
    const bool number =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::string thread = "/proc/" + std::to_string(tid);
    const std::string folder = absolute ? "/root" : directory ? "/fd/" + std::to_string(*directory) + '/' : "/cwd/";
    if (!number && !readLink(thread + folder + path))
        return 0;
    const auto start = absolute ? std::optional{std::string{}} : startOf(tid, directory);
    return start ? Walk{tid, *start}.socketAt(path) : 0;
}

std::optional<int> descriptorOfSocket(std::int32_t tid, std::uint64_t inode)
{
    std::optional<int> lowest;
    std::error_code gone;
    const std::string folder = "/proc/" + std::to_string(tid) + "/fd";
    for (std::filesystem::directory_iterator entry{folder, gone}, end; !gone && entry != end; entry.increment(gone)) {
        const std::string name = entry->path().filename().string();
        const auto link = readLink(entry->path().string());
        int fd = 0;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (link && parseSocketLink(*link) == inode && (!lowest || fd < *lowest))
            lowest = fd;
    }
    return lowest;
}

} // namespace daemonscope
