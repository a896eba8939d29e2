// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <sys/syscall.h>
#endif

/// Internal to the engine: the few system calls that every forked child makes, without a visit to libc, whose code the
/// child would have to look up again, see forkpath.h. errno is left alone.
namespace daemonscope::engine {

#if defined(__x86_64__)
[[gnu::always_inline]] inline long callInFork(long number, long first, long second = 0, long third = 0)
{
    long result = 0;
    asm volatile("syscall" : "=a"(result) : "0"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
    return result;
}

[[gnu::always_inline]] inline void closeInFork(int fd)
{
    callInFork(SYS_close, fd);
}

/// The descriptor, or a negative number.
[[gnu::always_inline]] inline int openInFork(const char* path, int flags)
{
    return static_cast<int>(callInFork(SYS_open, reinterpret_cast<long>(path), flags));
}
#else
inline void closeInFork(int fd)
{
    ::close(fd);
}

/// The descriptor, or a negative number.
inline int openInFork(const char* path, int flags)
{
    return ::open(path, flags);
}
#endif

} // namespace daemonscope::engine
