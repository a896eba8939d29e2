// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace daemonscope::tracing {

/// ptrace(2) itself. glibc's ptrace() comes with <sys/ptrace.h>, which clashes with the kernel's <linux/ptrace.h>; the
/// system call does not. `address` and `data` are what the request takes; -1 with errno for an error.
template <class Address, class Data> long request(int what, std::int32_t tid, Address address, Data data)
{
    return ::syscall(SYS_ptrace, what, tid, address, data);
}

} // namespace daemonscope::tracing
