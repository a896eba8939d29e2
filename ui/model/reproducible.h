// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <map>
#include <unordered_map>

namespace daemonscope {

/// Makes two recordings of one program look alike: pids become 1000, 1001 … in order of birth, and times are rounded
/// to tenths of a second, of which the order of events stays as it was. To be applied to every event of a recording in
/// order.
class Reproducible {
public:
    void operator()(Event& event);

private:
    [[nodiscard]] std::int32_t pidFor(std::int32_t pid) const;
    void note(ProcessId& id);

    EventTime start_{};
    bool started_ = false;
    std::map<EventTime, std::int64_t> ties_;              ///< how many events share a rounded time so far
    std::unordered_map<std::int32_t, std::int32_t> pids_; ///< a kernel's pid to the number of its latest bearer
};

} // namespace daemonscope
