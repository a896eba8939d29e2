// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/readiness.h"

#include <poll.h>

namespace daemonscope {

void waitReadable(std::array<int, 2> descriptors)
{
    std::array<pollfd, 2> waiting{pollfd{descriptors[0], POLLIN, 0}, pollfd{descriptors[1], POLLIN, 0}};
    constexpr int kForEver = -1;
    ::poll(waiting.data(), waiting.size(), kForEver);
}

} // namespace daemonscope
