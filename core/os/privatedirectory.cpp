// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/privatedirectory.h"

#include "os/procfs.h"
#include "os/socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace daemonscope {

namespace {

constexpr std::string_view kPrefix = "daemonscope-";
constexpr const char* kOwner = "/owner";
constexpr std::string_view kRemoveFiles = "remove files"; ///< what stands in that file, if they may go

/// The lock of a directory, if nobody has it and the directory still stands.
UniqueFd lockOf(const std::string& path, int flags)
{
    constexpr int kMode = 0600;
    UniqueFd lock{::open((path + kOwner).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, kMode)};
    struct stat info { };
    if (!lock.valid() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(lock.get(), &info) != 0
        || info.st_nlink == 0)
        lock.reset();
    return lock;
}

/// Whether a directory is one of this class's, of this user.
bool isOurs(const std::string& path)
{
    struct stat info { };
    return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid()
        && (info.st_mode & ALLPERMS) == S_IRWXU;
}

bool filesMayGo(const UniqueFd& lock)
{
    std::array<char, kRemoveFiles.size()> text{};
    const ssize_t size = ::pread(lock.get(), text.data(), text.size(), 0);
    return size == ssize_t{kRemoveFiles.size()} && std::string_view{text.data(), text.size()} == kRemoveFiles;
}

/// Whether a process of this user has its working directory there: a program goes on when its window is killed.
bool isWorkedIn(const std::filesystem::path& folder)
{
    std::error_code error;
    const std::string path = std::filesystem::canonical(folder, error).string();
    for (std::filesystem::directory_iterator entry{"/proc", error}, end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::int32_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{})
            continue;
        const Result<std::string> works = readProcLink(pid, "cwd");
        if (works.ok() && (works.value() == path || works.value().starts_with(path + '/')))
            return true;
    }
    return static_cast<bool>(error); // what cannot be seen is left alone
}

/// Whether all that a directory holds is its lock and sockets at which nobody listens.
bool isAbandoned(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::directory_iterator entries{folder, error};
    return !error && std::all_of(begin(entries), end(entries), [](const std::filesystem::directory_entry& entry) {
        std::error_code ignored;
        return entry.path().filename() == "owner" || (entry.is_socket(ignored) && !hasListener(entry.path().string()));
    });
}

void tidyUp(const std::string& base)
{
    std::error_code error;
    for (std::filesystem::directory_iterator entry{base, error}, end; !error && entry != end; entry.increment(error)) {
        const std::string path = entry->path().string();
        if (!entry->path().filename().string().starts_with(kPrefix) || !isOurs(path))
            continue;
        // One that is being made has no lock yet, or takes it now and sees that it is gone.
        const UniqueFd lock = lockOf(path, 0);
        std::error_code ignored;
        if (lock.valid() && (isAbandoned(entry->path()) || (filesMayGo(lock) && !isWorkedIn(entry->path()))))
            std::filesystem::remove_all(path, ignored);
    }
}

} // namespace

Result<PrivateDirectory> PrivateDirectory::create(WhenAbandoned abandoned)
{
    const auto folder = [](const char* variable) -> std::string {
        const char* const value = std::getenv(variable);
        return value != nullptr && *value == '/' ? value : "";
    };
    constexpr std::size_t kLongestBase = 70; // leaves room for our names in sockaddr_un's 108 bytes
    constexpr int kTries = 8;
    int error = ENOENT;
    for (const std::string& base : {folder("XDG_RUNTIME_DIR"), folder("TMPDIR"), std::string{"/tmp"}}) {
        if (base.empty() || base.size() > kLongestBase)
            continue;
        tidyUp(base);
        for (int tried = 0; tried < kTries; ++tried) {
            std::string path = base + '/' + std::string{kPrefix} + "XXXXXX";
            if (::mkdtemp(path.data()) == nullptr) {
                error = errno;
                break;
            }
            UniqueFd lock = lockOf(path, O_CREAT);
            const std::string_view text = abandoned == WhenAbandoned::RemoveFiles ? kRemoveFiles : "";
            if (lock.valid() && ::write(lock.get(), text.data(), text.size()) == std::ssize(text))
                return PrivateDirectory{path, std::move(lock)};
            error = errno;
        }
    }
    return systemError(
        "cannot make a private folder for the program's socket under XDG_RUNTIME_DIR or the temporary folder", error);
}

std::string PrivateDirectory::handOver() const
{
    ::fcntl(lock_.get(), F_SETFD, 0); // stays open over the exec
    return std::to_string(lock_.get()) + ':' + path_;
}

std::optional<PrivateDirectory> PrivateDirectory::adopt(std::string_view words)
{
    int descriptor = -1;
    const auto [rest, error] = std::from_chars(words.data(), words.data() + words.size(), descriptor);
    if (error != std::errc{} || rest == words.data() + words.size() || *rest != ':')
        return std::nullopt;
    const std::string path{rest + 1, words.data() + words.size()};
    struct stat held { };
    struct stat owner { };
    // Nothing but what this class makes for itself, whatever the words say.
    if (!std::filesystem::path{path}.filename().string().starts_with(kPrefix) || !isOurs(path)
        || ::fstat(descriptor, &held) != 0 || ::lstat((path + kOwner).c_str(), &owner) != 0
        || held.st_dev != owner.st_dev || held.st_ino != owner.st_ino)
        return std::nullopt;
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return PrivateDirectory{path, UniqueFd{descriptor}};
}

PrivateDirectory::~PrivateDirectory()
{
    if (path_.empty())
        return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace daemonscope
