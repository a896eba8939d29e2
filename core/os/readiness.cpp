// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/readiness.h"

#include <poll.h>

namespace daemonscope {

bool isReadable(int descriptor)
{
    pollfd waiting{descriptor, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
}

std::array<bool, 2> waitReadable(std::array<int, 2> descriptors)
{
    std::array<pollfd, 2> waiting{pollfd{descriptors[0], POLLIN, 0}, pollfd{descriptors[1], POLLIN, 0}};
    constexpr int kForEver = -1;
    ::poll(waiting.data(), waiting.size(), kForEver);
    return {waiting[0].revents != 0, waiting[1].revents != 0};
}

} // namespace daemonscope
