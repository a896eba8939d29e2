// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/keptprocfile.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace daemonscope {

KeptProcFile::KeptProcFile(std::string entry)
    : entry_(std::move(entry))
{
}

std::string_view KeptProcFile::read(std::int32_t pid)
{
    // The file stays that of the process it was opened for: it can't be read once that one is gone, whoever has the
    // pid.
    if (pid == pid_) {
        if (const std::string_view text = readAgain(); !text.empty())
            return text;
    }
    pid_ = pid;
    const std::string path = "/proc/" + std::to_string(pid) + "/" + entry_;
    file_ = UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    return readAgain();
}

std::string_view KeptProcFile::readAgain()
{
    if (!file_.valid())
        return {};
    const ssize_t size = ::pread(file_.get(), text_.data(), text_.size(), 0);
    return size > 0 ? std::string_view{text_.data(), static_cast<std::size_t>(size)} : std::string_view{};
}

} // namespace daemonscope
