// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/mappedfile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace daemonscope {

MappedRegion::~MappedRegion()
{
    if (data_ != nullptr)
        ::munmap(data_, size_);
}

Result<MappedFile> MappedFile::create(const std::string& path, bool overwrite)
{
    struct stat existing { };
    const bool exists = ::lstat(path.c_str(), &existing) == 0;
    if (exists && !S_ISREG(existing.st_mode))
        return Error{"'" + path + "' is not a regular file and is left as it is; choose another name with -o"};
    if (exists && !overwrite)
        return Error{
            "the file '" + path + "' exists already; choose another name with -o or overwrite it with --force"};
    if (exists && ::unlink(path.c_str()) != 0)
        return systemError("cannot replace the file '" + path + "'", errno);
    constexpr int kMode = 0644;
    const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
    UniqueFd nameless{::open(folder.empty() ? "." : folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, kMode)};
    if (nameless.valid())
        return MappedFile{std::move(nameless), path, false};
    UniqueFd file{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode)};
    if (!file.valid())
        return systemError("cannot create the recording '" + path + "'", errno);
    return MappedFile{std::move(file), path, true};
}

Outcome MappedFile::publish()
{
    if (named_)
        return Done{};
    const std::string link = "/proc/self/fd/" + std::to_string(file_.get());
    if (::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0)
        return systemError("cannot create the recording '" + path_ + "'", errno);
    named_ = true;
    return Done{};
}

Result<MappedRegion> MappedFile::map(std::uint64_t offset, std::size_t size)
{
    int error = 0;
    do {
        error = ::posix_fallocate(file_.get(), static_cast<off_t>(offset), static_cast<off_t>(size));
    } while (error == EINTR);
    if (error != 0)
        return systemError("cannot make room in the recording '" + path_ + "'", error);
    void* const data =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), static_cast<off_t>(offset));
    if (data == MAP_FAILED) // NOLINT(performance-no-int-to-ptr): the macro's own cast
        return systemError("cannot map the recording '" + path_ + "'", errno);
    return MappedRegion{static_cast<char*>(data), size};
}

Outcome MappedFile::write(std::uint64_t offset, std::array<std::string_view, 3> pieces)
{
    std::size_t first = 0;
    while (first < pieces.size()) {
        std::array<iovec, 3> areas{};
        for (std::size_t index = first; index < pieces.size(); ++index)
            areas.at(index - first) = {const_cast<char*>(pieces.at(index).data()), pieces.at(index).size()};
        const ssize_t written =
            ::pwritev(file_.get(), areas.data(), static_cast<int>(pieces.size() - first), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return systemError("cannot write to the recording '" + path_ + "'", written < 0 ? errno : ENOSPC);
        offset += static_cast<std::uint64_t>(written);
        auto done = static_cast<std::size_t>(written);
        for (; first < pieces.size() && done >= pieces.at(first).size(); ++first)
            done -= pieces.at(first).size();
        if (first < pieces.size())
            pieces.at(first).remove_prefix(done);
    }
    return Done{};
}

Outcome MappedFile::truncate(std::uint64_t length)
{
    if (::ftruncate(file_.get(), static_cast<off_t>(length)) != 0)
        return systemError("cannot cut the recording '" + path_ + "' to its length", errno);
    return Done{};
}

} // namespace daemonscope
