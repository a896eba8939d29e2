// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/filewatch.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace daemonscope {

FileWatch::FileWatch(const std::string& path)
    : file_(::open(path.c_str(), O_PATH | O_CLOEXEC))
    , notifications_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK))
{
    // While somebody has the file open, its deletion shows only as a change of the number of its names.
    if (!file_.valid() || ::inotify_add_watch(notifications_.get(), path.c_str(), IN_ATTRIB) < 0)
        notifications_.reset();
}

bool FileWatch::deleted()
{
    alignas(inotify_event) std::array<char, 4096> events{};
    while (::read(notifications_.get(), events.data(), events.size()) > 0) { }
    struct stat info { };
    return ::fstat(file_.get(), &info) == 0 && info.st_nlink == 0;
}

} // namespace daemonscope
