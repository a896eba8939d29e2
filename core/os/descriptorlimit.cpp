// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/descriptorlimit.h"

#include <sys/resource.h>

namespace daemonscope {

namespace {

rlimit former{};
bool raised = false;

} // namespace

std::uint64_t raiseDescriptorLimit()
{
    if (!raised && ::getrlimit(RLIMIT_NOFILE, &former) == 0) {
        const rlimit most{former.rlim_max, former.rlim_max};
        raised = ::setrlimit(RLIMIT_NOFILE, &most) == 0;
    }
    return descriptorLimit();
}

void restoreDescriptorLimit()
{
    if (raised)
        ::setrlimit(RLIMIT_NOFILE, &former);
}

std::uint64_t descriptorLimit()
{
    rlimit now{};
    return ::getrlimit(RLIMIT_NOFILE, &now) == 0 ? now.rlim_cur : 0;
}

} // namespace daemonscope
