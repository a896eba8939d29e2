// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_syscalls THREADS ROUNDS: threads that do nothing but short system calls of several kinds, none of which a
// filter of the recorder stops.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv)
{
    const int count = argc > 1 ? std::atoi(argv[1]) : 8;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 100000;
    const int zero = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    std::atomic<bool> failed = zero < 0 || null < 0;
    std::vector<std::thread> threads;
    for (int index = 0; index < count; ++index) {
        threads.emplace_back([&] {
            char letter = 0;
            struct stat info { };
            for (int round = 0; round < rounds; ++round) {
                if (::read(zero, &letter, 1) != 1 || ::write(null, &letter, 1) != 1 || ::fstat(zero, &info) != 0
                    || ::syscall(SYS_getppid) < 0)
                    failed = true;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    return failed ? 1 : 0;
}
