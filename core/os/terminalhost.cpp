// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/terminalhost.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace daemonscope {

namespace {

/// What the recorder writes to its host.
enum class Word : char { Raw = 'r', Cooked = 'c', Bye = 'b' };

/// A pipe whose ends are closed by exec.
struct Pipe {
    UniqueFd read;
    UniqueFd write;
    bool make()
    {
        std::array<int, 2> ends{-1, -1};
        const bool made = ::pipe2(ends.data(), O_CLOEXEC) == 0;
        read.reset(ends[0]);
        write.reset(ends[1]);
        return made;
    }
};

/// What the host holds. Its life is async-signal-safe calls only, as it comes from a fork of a process with threads.
struct Holdings {
    int lifeline;
    int statuses;
    int terminal;
    int persons;
};

/// Leaves nothing else open: not the recording, not the program's pipes.
void keepOnly(Holdings& kept)
{
    constexpr int kFirst = 200;
    for (int* fd : {&kept.lifeline, &kept.statuses, &kept.terminal, &kept.persons}) {
        if (*fd >= 0)
            *fd = ::fcntl(*fd, F_DUPFD_CLOEXEC, kFirst);
    }
    ::close_range(0, kFirst - 1, 0);
    constexpr int kLast = 300;
    for (int fd = kFirst; fd < kLast; ++fd) {
        if (fd != kept.lifeline && fd != kept.statuses && fd != kept.terminal && fd != kept.persons)
            ::close(fd);
    }
    ::close_range(kLast, ~0U, 0);
}

/// Passes on what becomes of the program. Returns false once it has ended.
bool passOnStatuses(pid_t program, const Holdings& kept)
{
    int status = 0;
    while (::waitpid(program, &status, WUNTRACED | WCONTINUED | WNOHANG) > 0) {
        [[maybe_unused]] const ssize_t written = ::write(kept.statuses, &status, sizeof status);
        if (WIFEXITED(status) || WIFSIGNALED(status))
            return false;
    }
    return true;
}

[[noreturn]] void host(pid_t program, Holdings kept, const std::optional<termios>& before)
{
    keepOnly(kept);
    ::prctl(PR_SET_NAME, "daemonscope-tty");
    // Nobody may be there to read; the recorder that traces learns all this by itself.
    ::fcntl(kept.statuses, F_SETFL, O_NONBLOCK);
    sigset_t watched;
    ::sigemptyset(&watched);
    ::sigaddset(&watched, SIGCHLD);
    ::sigaddset(&watched, SIGHUP);
    const int events = ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    bool raw = false;
    bool lives = true;
    for (;;) {
        std::array<pollfd, 2> waiting{pollfd{kept.lifeline, POLLIN, 0}, pollfd{events, POLLIN, 0}};
        constexpr int kForEver = -1;
        if (lives && !passOnStatuses(program, kept)) {
            // What the program leaves behind is in the background now, as with a shell, and keeps its terminal.
            ::tcsetpgrp(kept.terminal, ::getpgrp());
            ::close(kept.terminal);
            ::close(kept.statuses);
            lives = false;
        }
        ::poll(waiting.data(), waiting.size(), kForEver);
        signalfd_siginfo info{};
        while (events >= 0 && ::read(events, &info, sizeof info) > 0) {
            // The terminal is gone. The kernel tells its session's leader, which is to tell its jobs.
            if (info.ssi_signo == SIGHUP && lives) {
                ::kill(-program, SIGHUP);
                ::kill(-program, SIGCONT);
            }
        }
        if (waiting[0].revents == 0)
            continue;
        char word = 0;
        const ssize_t got = ::read(kept.lifeline, &word, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 1 && word != static_cast<char>(Word::Bye)) {
            raw = word == static_cast<char>(Word::Raw);
            continue;
        }
        // Without a good-bye the recorder was killed.
        if (got != 1 && raw && before)
            ::tcsetattr(kept.persons, TCSANOW, &*before);
        ::_exit(0);
    }
}

void tell(const UniqueFd& lifeline, Word word)
{
    if (lifeline.valid()) [[maybe_unused]]
        const ssize_t written = ::write(lifeline.get(), &word, 1);
}

} // namespace

std::int32_t TerminalHost::fork(int terminal, int persons, const std::optional<termios>& before)
{
    Pipe lifeline;
    Pipe statuses;
    Pipe birth;
    if (!lifeline.make() || !statuses.make() || !birth.make())
        return -errno;
    const pid_t recorder = ::getpid();
    // Forked twice, so that the host is nobody's child whose end somebody would have to wait for.
    const pid_t messenger = ::fork();
    if (messenger < 0)
        return -errno;
    if (messenger == 0) {
        if (::fork() != 0)
            ::_exit(0);
        ::setsid();
        ::ioctl(terminal, TIOCSCTTY, 0);
        const pid_t program = ::fork();
        if (program == 0) {
            // Its tracer is none of its ancestors now, which Yama would not let pass.
            ::prctl(PR_SET_PTRACER, static_cast<unsigned long>(recorder), 0, 0, 0);
            ::setpgid(0, 0);
            ::tcsetpgrp(terminal, ::getpid());
            return 0;
        }
        ::setpgid(program, program);
        const pid_t told = program < 0 ? -errno : program;
        [[maybe_unused]] const ssize_t written = ::write(birth.write.get(), &told, sizeof told);
        if (program < 0)
            ::_exit(1);
        host(program, {lifeline.read.get(), statuses.write.get(), terminal, persons}, before);
    }
    ::waitpid(messenger, nullptr, 0);
    birth.write.reset();
    pid_t program = 0;
    if (::read(birth.read.get(), &program, sizeof program) != static_cast<ssize_t>(sizeof program))
        return -EAGAIN; // the second fork failed
    lifeline_ = std::move(lifeline.write);
    statuses_ = std::move(statuses.read);
    return program;
}

void TerminalHost::noteRawMode(bool raw)
{
    tell(lifeline_, raw ? Word::Raw : Word::Cooked);
}

ChildChange TerminalHost::nextChange()
{
    int status = 0;
    ssize_t got = 0;
    do {
        got = ::read(statuses_.get(), &status, sizeof status);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof status))
        return {};
    if (WIFSTOPPED(status))
        return {ChildChange::Kind::Stopped, Signal{WSTOPSIG(status)}};
    if (WIFCONTINUED(status))
        return {ChildChange::Kind::Continued, {}};
    ending_ = ExitStatus::fromWait(status);
    return {};
}

void TerminalHost::dismiss()
{
    tell(lifeline_, Word::Bye);
    lifeline_.reset();
}

} // namespace daemonscope
