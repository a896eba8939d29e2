// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/filewindow.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace daemonscope {

std::string_view FileWindow::view(std::uint64_t offset, std::size_t size, std::uint64_t end)
{
    if (offset < start_ || offset + size > start_ + buffer_.size()) {
        constexpr std::uint64_t kBlock = 1U << 20;
        const std::uint64_t settled = end > offset ? end - offset : 0;
        buffer_.resize(std::max<std::uint64_t>(size, std::min(settled, kBlock)));
        buffer_.resize(read(buffer_.data(), buffer_.size(), offset));
        start_ = offset;
    }
    return std::string_view{buffer_}.substr(offset - start_, size);
}

std::size_t FileWindow::read(char* into, std::size_t size, std::uint64_t offset) const
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file_.get(), into + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

std::uint64_t FileWindow::nextData(std::uint64_t offset) const
{
    const off_t data = ::lseek(file_.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (data >= 0)
        return static_cast<std::uint64_t>(data);
    // ENXIO: nothing but a hole up to the end.
    return errno == ENXIO ? std::max(offset, size()) : offset;
}

std::uint64_t FileWindow::size() const
{
    struct stat info { };
    return ::fstat(file_.get(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

bool FileWindow::regular() const
{
    struct stat info { };
    return ::fstat(file_.get(), &info) == 0 && S_ISREG(info.st_mode);
}

} // namespace daemonscope
