// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ctime>

/// Internal to the engine: the few system calls that every forked child makes, without a visit to libc, whose code the
/// child would have to look up again, see forkpath.h. They give what the calls give, or minus the error; errno is left
/// alone.
namespace daemonscope::engine {

static_assert(sizeof(long) == sizeof(off_t), "the structures of libc are the kernel's where a word has 64 bits");

#if defined(__x86_64__)
[[gnu::always_inline]] inline long callInFork(long number, long first = 0, long second = 0, long third = 0)
{
    long result = 0;
    asm volatile("syscall" : "=a"(result) : "0"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
    return result;
}

[[gnu::always_inline]] inline long callInFork(
    long number, long first, long second, long third, long fourth, long fifth = 0, long sixth = 0)
{
    register long inR10 asm("r10") = fourth;
    register long inR8 asm("r8") = fifth;
    register long inR9 asm("r9") = sixth;
    long result = 0;
    asm volatile("syscall"
                 : "=a"(result)
                 : "0"(number), "D"(first), "S"(second), "d"(third), "r"(inR10), "r"(inR8), "r"(inR9)
                 : "rcx", "r11", "memory");
    return result;
}
#else
template <class... Numbers> long callInFork(long number, Numbers... arguments)
{
    const int errorBefore = errno;
    const long result = ::syscall(number, arguments...);
    const int error = errno;
    errno = errorBefore;
    return result < 0 ? -error : result;
}
#endif

[[gnu::always_inline]] inline long inRegister(const void* pointer)
{
    return reinterpret_cast<long>(pointer);
}

[[gnu::always_inline]] inline pid_t getpidInFork()
{
    return static_cast<pid_t>(callInFork(SYS_getpid));
}

[[gnu::always_inline]] inline pid_t getppidInFork()
{
    return static_cast<pid_t>(callInFork(SYS_getppid));
}

[[gnu::always_inline]] inline int closeInFork(int fd)
{
    return static_cast<int>(callInFork(SYS_close, fd));
}

[[gnu::always_inline]] inline int openInFork(const char* path, int flags)
{
    return static_cast<int>(callInFork(SYS_openat, AT_FDCWD, inRegister(path), flags));
}

[[gnu::always_inline]] inline int fstatInFork(int fd, struct stat& status)
{
    return static_cast<int>(callInFork(SYS_fstat, fd, inRegister(&status)));
}

/// F_DUPFD_CLOEXEC.
[[gnu::always_inline]] inline int duplicateInFork(int fd, int lowest)
{
    return static_cast<int>(callInFork(SYS_fcntl, fd, F_DUPFD_CLOEXEC, lowest));
}

/// RLIMIT_NOFILE.
[[gnu::always_inline]] inline int descriptorLimitInFork(rlimit& limit)
{
    return static_cast<int>(callInFork(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, inRegister(&limit)));
}

[[gnu::always_inline]] inline int socketInFork(int family, int type)
{
    return static_cast<int>(callInFork(SYS_socket, family, type, 0));
}

[[gnu::always_inline]] inline int connectInFork(int fd, const sockaddr_un& address)
{
    return static_cast<int>(callInFork(SYS_connect, fd, inRegister(&address), sizeof address));
}

[[gnu::always_inline]] inline long sendInFork(int fd, const char* bytes, std::size_t size, int flags)
{
    return callInFork(SYS_sendto, fd, inRegister(bytes), static_cast<long>(size), flags, 0, 0);
}

/// CLOCK_MONOTONIC.
[[gnu::always_inline]] inline std::chrono::nanoseconds monotonicInFork()
{
    timespec now{};
    callInFork(SYS_clock_gettime, CLOCK_MONOTONIC, inRegister(&now));
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

} // namespace daemonscope::engine
