// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/pidfdevents.h"

#include "os/clock.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace daemonscope {

Result<std::unique_ptr<TaskEventSource>> PidfdEvents::open()
{
    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll.valid())
        return systemError("cannot wait for the ends of processes", errno);
    return std::unique_ptr<TaskEventSource>{new PidfdEvents{std::move(epoll)}};
}

Outcome PidfdEvents::add(std::int32_t pid)
{
    Watched watched{openPidfd(pid), threadsOf(pid)};
    epoll_event wanted{};
    wanted.events = EPOLLIN; // all its threads have ended
    wanted.data.fd = pid;
    if (!watched.pidfd.valid() || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched.pidfd.get(), &wanted) != 0)
        return systemError("cannot wait for the end of process " + std::to_string(pid), errno);
    watched_.insert_or_assign(pid, std::move(watched));
    return Done{};
}

void PidfdEvents::read(std::vector<TaskEvent>& events)
{
    std::array<epoll_event, 64> ready{};
    for (;;) {
        const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
        if (count <= 0)
            return;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            const auto node = watched_.extract(ready.at(i).data.fd);
            if (!node)
                continue;
            TaskEvent event;
            event.kind = TaskEvent::Kind::Exit;
            event.time = monotonicNow();
            event.pid = node.key();
            for (const std::int32_t thread : node.mapped().threads) {
                event.tid = thread;
                events.push_back(event);
            }
        }
    }
}

} // namespace daemonscope
