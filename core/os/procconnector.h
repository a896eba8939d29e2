// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/taskevents.h"
#include "os/uniquefd.h"

#include <memory>
#include <string_view>

namespace daemonscope {

/// Appends the events that one datagram of the kernel's process connector holds (<linux/cn_proc.h>); what is no fork,
/// exec or exit, or is cut off, is left out.
void parseProcConnector(std::string_view datagram, std::vector<TaskEvent>& events);

/// cn_proc, the kernel's process events over netlink: forks, execs and exits with their status, of the whole machine.
/// Needs no rights since Linux 6.6 and CAP_NET_ADMIN before, and the initial user, pid and network namespaces.
class ProcConnector : public TaskEventSource {
public:
    /// Subscribes, and tries with a thread of this process whether events come. The error says why there are none.
    static Result<std::unique_ptr<TaskEventSource>> open();

    [[nodiscard]] const char* name() const override { return "cn_proc"; }
    [[nodiscard]] bool tellsStatus() const override { return true; }
    /// Nothing to do: it tells of every process.
    Outcome add(std::int32_t) override { return Done{}; }
    [[nodiscard]] std::vector<int> descriptors() const override { return {socket_.get()}; }
    void read(std::vector<TaskEvent>& events) override;

private:
    explicit ProcConnector(UniqueFd socket)
        : socket_(std::move(socket))
    {
    }
    [[nodiscard]] bool tells();

    UniqueFd socket_;
};

} // namespace daemonscope
