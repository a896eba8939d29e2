// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace daemonscope {

bool isTerminal(int fd)
{
    return fd >= 0 && ::isatty(fd) != 0;
}

bool inForeground(int fd)
{
    return ::tcgetpgrp(fd) == ::getpgrp();
}

std::string personsTerminalPath()
{
    // Not the terminal's own path, which another user may own who lent it to this one (su).
    return isTerminal(STDIN_FILENO) && inForeground(STDIN_FILENO) ? "/dev/tty" : "";
}

std::optional<termios> terminalSettings(int fd)
{
    termios settings{};
    return fd >= 0 && ::tcgetattr(fd, &settings) == 0 ? std::optional{settings} : std::nullopt;
}

void copyWindowSize(int from, int to)
{
    winsize size{};
    if (::ioctl(from, TIOCGWINSZ, &size) == 0)
        ::ioctl(to, TIOCSWINSZ, &size);
}

UniqueFd openProgramSide(int master)
{
    return UniqueFd{::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
}

Result<Pseudoterminal> Pseudoterminal::create(int like)
{
    Pseudoterminal terminal;
    terminal.master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!terminal.master.valid() || ::grantpt(terminal.master.get()) != 0 || ::unlockpt(terminal.master.get()) != 0)
        return systemError("cannot make a terminal for the program (--output=pty)", errno);
    const char* const name = ::ptsname(terminal.master.get()); // NOLINT(concurrency-mt-unsafe): before all threads
    terminal.program.reset(name != nullptr ? ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1);
    if (!terminal.program.valid())
        return systemError("cannot open the program's terminal (--output=pty)", errno);
    if (const auto settings = terminalSettings(like)) {
        // In the background, the settings there are those of the shell that reads its next command.
        if (inForeground(like))
            ::tcsetattr(terminal.program.get(), TCSANOW, &*settings);
        copyWindowSize(like, terminal.program.get());
        return terminal;
    }
    if (auto settings = terminalSettings(terminal.program.get())) {
        settings->c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal.program.get(), TCSANOW, &*settings);
    }
    const winsize size{24, 80, 0, 0};
    ::ioctl(terminal.program.get(), TIOCSWINSZ, &size);
    return terminal;
}

Received receiveFromTerminal(int master, std::span<char> buffer)
{
    ssize_t got = 0;
    do {
        got = ::read(master, buffer.data(), buffer.size());
    } while (got < 0 && errno == EINTR);
    if (got > 0)
        return {Received::Kind::Data, static_cast<std::size_t>(got)};
    return {got < 0 && errno == EAGAIN ? Received::Kind::Nothing : Received::Kind::Closed};
}

RawMode::RawMode(int fd)
    : fd_(fd)
    , before_(terminalSettings(fd))
{
}

void RawMode::enter()
{
    if (!before_ || !inForeground(fd_))
        return;
    // What the person may have changed while this process was stopped or in the background is what is put back.
    if (!entered_)
        before_ = terminalSettings(fd_).value_or(*before_);
    termios raw = *before_;
    ::cfmakeraw(&raw);
    entered_ = ::tcsetattr(fd_, TCSANOW, &raw) == 0;
}

void RawMode::leave()
{
    if (entered_)
        ::tcsetattr(fd_, TCSANOW, &*before_);
    entered_ = false;
}

} // namespace daemonscope
