// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/promptwriter.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace daemonscope {

namespace {

bool isRegularFile(int fd)
{
    struct stat info { };
    return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

} // namespace

PromptWriter::PromptWriter(int fd)
    : fd_(fd)
    , neverWaits_(isRegularFile(fd))
{
}

std::size_t PromptWriter::write(std::string_view bytes) const
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        // preadv2(2): -1 stands for the file's own position.
        const iovec rest{const_cast<char*>(bytes.data()) + done, bytes.size() - done};
        constexpr off_t kCurrentPosition = -1;
        const ssize_t written =
            neverWaits_ ? ::writev(fd_, &rest, 1) : ::pwritev2(fd_, &rest, 1, kCurrentPosition, RWF_NOWAIT);
        if (written <= 0)
            break;
        done += static_cast<std::size_t>(written);
    }
    return done;
}

} // namespace daemonscope
