// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/typist.h"

#include "os/terminal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace daemonscope {

namespace {

constexpr std::size_t kMaxWaitingBytes = 16384;
/// How often to look whether this process is in the foreground again, as a shell tells nobody.
constexpr int kForegroundMs = 200;
/// How often to look whether the end of the input has been taken, as the kernel tells nobody.
constexpr int kEndMs = 50;
/// A program that takes key by key may take the end for a key like any other: so often, then it has got the message.
constexpr int kMaxRawEnds = 10;

void empty(int signals)
{
    signalfd_siginfo info{};
    while (::read(signals, &info, sizeof info) > 0) { }
}

bool readable(int fd)
{
    pollfd look{fd, POLLIN, 0};
    return ::poll(&look, 1, 0) > 0;
}

} // namespace

Result<Typist> Typist::create(int input, int master)
{
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGWINCH);
    ::sigaddset(&set, SIGCONT);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    UniqueFd signals{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    UniqueFd stop{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!signals.valid() || !stop.valid())
        return systemError("cannot watch the terminal", errno);
    return Typist{input, master, std::move(signals), std::move(stop)};
}

void Typist::run(const std::function<void()>& looked)
{
    const bool person = isTerminal(input_);
    looked();
    for (;;) {
        const bool foreground = !person || inForeground(input_);
        const bool reads = !ended() && foreground && waiting_.size() < kMaxWaitingBytes;
        std::array<pollfd, 4> polled{pollfd{stop_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0},
            pollfd{reads ? input_ : -1, POLLIN, 0}, pollfd{waiting_.empty() ? -1 : master_, POLLOUT, 0}};
        const bool endIsTyped = ended() && waiting_.empty();
        constexpr int kForEver = -1;
        const int ready = ::poll(polled.data(), polled.size(),
            endIsTyped        ? kEndMs
                : !foreground ? kForegroundMs
                              : kForEver);
        if (polled[0].revents != 0)
            return;
        if (polled[1].revents != 0) {
            empty(signals_.get());
            looked();
        } else if (ready == 0 && !foreground && inForeground(input_)) {
            looked();
        }
        if (polled[2].revents != 0)
            read();
        if (polled[3].revents != 0)
            type();
        if (ready == 0 && endIsTyped)
            typeEnd();
    }
}

void Typist::stop()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);
}

void Typist::read()
{
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(input_, bytes.data(), bytes.size());
    if (got > 0)
        waiting_.append(bytes.data(), static_cast<std::size_t>(got));
    else if (got == 0
        || (errno != EINTR && errno != EAGAIN && !(errno == EIO && isTerminal(input_) && !inForeground(input_))))
        input_ = -1;
}

void Typist::type()
{
    const ssize_t taken = ::write(master_, waiting_.data(), waiting_.size());
    if (taken > 0)
        waiting_.erase(0, static_cast<std::size_t>(taken));
    else if (taken < 0 && errno != EAGAIN && errno != EINTR)
        waiting_.clear(); // nobody is at the terminal any more
}

void Typist::typeEnd()
{
    // What has not been taken counts as readable there, an end too.
    const UniqueFd side = openProgramSide(master_);
    const auto settings = terminalSettings(master_);
    if (!side.valid() || !settings || readable(side.get()))
        return;
    if ((settings->c_lflag & static_cast<tcflag_t>(ICANON)) == 0 && ++rawEnds_ > kMaxRawEnds)
        return;
    waiting_ = static_cast<char>(settings->c_cc[VEOF]);
}

} // namespace daemonscope
