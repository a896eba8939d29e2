// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/taskevents.h"
#include "os/uniquefd.h"

#include <memory>
#include <unordered_map>

namespace daemonscope {

/// The ends of single processes, by a descriptor for each (pidfd_open(2)): what is left where the kernel grants neither
/// cn_proc nor perf. Births and execs are not told.
class PidfdEvents : public TaskEventSource {
public:
    static Result<std::unique_ptr<TaskEventSource>> open();

    [[nodiscard]] const char* name() const override { return "pidfd"; }
    [[nodiscard]] bool tellsStatus() const override { return false; }
    [[nodiscard]] bool tellsBirths() const override { return false; }
    Outcome add(std::int32_t pid) override;
    [[nodiscard]] std::vector<int> descriptors() const override { return {epoll_.get()}; }
    void read(std::vector<TaskEvent>& events) override;

private:
    explicit PidfdEvents(UniqueFd epoll)
        : epoll_(std::move(epoll))
    {
    }
    struct Watched {
        UniqueFd pidfd;
        std::vector<std::int32_t> threads; ///< when it was added
    };
    UniqueFd epoll_;
    std::unordered_map<std::int32_t, Watched> watched_; ///< by pid
};

} // namespace daemonscope
