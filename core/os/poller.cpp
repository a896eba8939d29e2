// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace daemonscope {

Result<Poller> Poller::create()
{
    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    UniqueFd wakeUp{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!epoll.valid() || !wakeUp.valid())
        return systemError("cannot wait for events", errno);
    Poller poller{std::move(epoll), std::move(wakeUp)};
    poller.watch(poller.wakeUp_.get());
    return poller;
}

void Poller::watch(int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Poller::watchHangUp(int fd)
{
    epoll_event event{};
    event.events = EPOLLONESHOT; // EPOLLHUP is always reported
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Poller::unwatch(int fd)
{
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Poller::wait(std::optional<std::chrono::milliseconds> timeout, const std::function<void(int fd)>& ready)
{
    std::array<epoll_event, 64> events{};
    constexpr int kForEver = -1;
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
        timeout ? static_cast<int>(timeout->count()) : kForEver);
    for (int index = 0; index < count; ++index) {
        const int fd = events.at(static_cast<std::size_t>(index)).data.fd;
        if (fd == wakeUp_.get()) {
            std::uint64_t ignored = 0;
            [[maybe_unused]] const ssize_t got = ::read(wakeUp_.get(), &ignored, sizeof ignored);
        } else {
            ready(fd);
        }
    }
}

void Poller::wake()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakeUp_.get(), &one, sizeof one);
}

} // namespace daemonscope
