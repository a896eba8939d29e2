// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ptytrial.h"

#include <QElapsedTimer>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace trial {

namespace {

constexpr int kPtyLimitMs = 60'000;

} // namespace

PtyTrial::PtyTrial(const Setup& setup)
{
    const winsize size{24, 80, 0, 0};
    pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
    if (pid_ < 0)
        qFatal("no terminal for a test");
    if (pid_ > 0)
        return;
    for (const std::string& entry : setup.environment)
        ::putenv(const_cast<char*>(entry.c_str()));
    ::setenv("TERM", "xterm", 1);
    if (!setup.folder.empty() && ::chdir(setup.folder.c_str()) != 0)
        ::_exit(99);
    std::vector<char*> argv;
    for (const std::string& word : setup.command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::execvp(argv.front(), argv.data());
    ::_exit(errno == ENOENT ? 127 : 126);
}

PtyTrial::~PtyTrial()
{
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (master_ >= 0)
        ::close(master_); // hangs up whoever is left
}

void PtyTrial::type(const QByteArray& keys) const
{
    if (::write(master_, keys.constData(), static_cast<std::size_t>(keys.size())) != keys.size())
        qWarning("not all keys could be typed");
}

void PtyTrial::resize(unsigned short rows, unsigned short columns) const
{
    const winsize size{rows, columns, 0, 0};
    ::ioctl(master_, TIOCSWINSZ, &size);
}

bool PtyTrial::readSome(int timeoutMs)
{
    pollfd waiting{master_, POLLIN, 0};
    if (::poll(&waiting, 1, timeoutMs) <= 0)
        return true;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(master_, buffer.data(), buffer.size());
    if (got > 0)
        printed_.append(buffer.data(), got);
    return got > 0 || errno == EINTR;
}

bool PtyTrial::readUntil(const QByteArray& text)
{
    QElapsedTimer timer;
    timer.start();
    for (;;) {
        if (const qsizetype at = printed_.indexOf(text); at >= 0) {
            printed_.remove(0, at + text.size());
            return true;
        }
        if (!readSome(1000) || timer.elapsed() > kPtyLimitMs) {
            qWarning("waited for '%s', got '%s'", text.constData(), printed_.constData());
            return false;
        }
    }
}

bool PtyTrial::raw() const
{
    termios settings{};
    return ::tcgetattr(master_, &settings) == 0 && (settings.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

pid_t PtyTrial::foreground() const
{
    return ::tcgetpgrp(master_);
}

Outcome PtyTrial::finish()
{
    QElapsedTimer timer;
    timer.start();
    Outcome outcome;
    while (readSome(1000)) {
        if (timer.elapsed() > kPtyLimitMs) {
            outcome.timedOut = true;
            ::kill(pid_, SIGKILL);
            break;
        }
    }
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) { }
    pid_ = -1;
    outcome.out = printed_;
    outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

} // namespace trial
