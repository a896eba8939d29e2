// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_bareloop PROGRAM [ARG…]: traces a program with the recorder's ptrace options and does nothing but let every
// task go on. No tracer that sees births and ends can be cheaper: the limit that the recorder is measured against. Ends
// with the program's exit status.

#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace {

// glibc's ptrace() comes with a header that clashes with the kernel's.
long request(int what, pid_t task, long data)
{
    return ::syscall(SYS_ptrace, what, task, 0L, data);
}

/// Starts the program, seized before its exec.
pid_t launch(char** argv)
{
    std::array<int, 2> gate{};
    if (::pipe(gate.data()) != 0)
        return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        char go = 0;
        ::close(gate[1]);
        if (::read(gate[0], &go, 1) != 1)
            ::_exit(125);
        ::close(gate[0]);
        ::execvp(argv[0], argv);
        ::_exit(127);
    }
    constexpr long kOptions = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC
        | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    if (child > 0 && request(PTRACE_SEIZE, child, kOptions) != 0)
        return -1;
    const bool told = ::write(gate[1], "x", 1) == 1;
    ::close(gate[0]);
    ::close(gate[1]);
    return told ? child : -1;
}

void letGoOn(pid_t task, int status)
{
    const int event = status >> 16;
    const int signal = WSTOPSIG(status);
    const bool groupStop = event == PTRACE_EVENT_STOP
        && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU);
    if (groupStop)
        request(PTRACE_LISTEN, task, 0);
    else
        request(PTRACE_CONT, task, event != 0 ? 0 : signal);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    const pid_t program = launch(argv + 1);
    if (program < 0) {
        std::perror("bench_bareloop: cannot trace");
        return 125;
    }
    int result = 125;
    for (;;) {
        int status = 0;
        const pid_t task = ::waitpid(-1, &status, __WALL);
        if (task < 0 && errno == EINTR)
            continue;
        if (task < 0)
            return result;
        if (WIFSTOPPED(status))
            letGoOn(task, status);
        else if (task == program)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}
