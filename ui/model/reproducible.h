// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// Makes two recordings of one program look alike: pids become 1000, 1001 … in order of birth, and times are rounded
/// to tenths of a second, of which the order of times stays as it was. To be applied to every event of a recording in
/// the order of the file, which is not that of time: what several witnesses say of one moment stands as it came in.
class Reproducible {
public:
    /// `times`: of all events, in the order of the file.
    explicit Reproducible(const std::vector<EventTime>& times);
    /// For a recording that is complete; for none if it cannot be opened.
    static Reproducible of(const std::string& recording);

    void operator()(Event& event);

private:
    [[nodiscard]] std::int32_t pidFor(std::int32_t pid) const;
    void note(ProcessId& id);

    std::vector<EventTime> shown_; ///< what each event's time becomes
    std::size_t next_ = 0;
    std::unordered_map<std::int32_t, std::int32_t> pids_; ///< a kernel's pid to the number of its latest bearer
};

} // namespace daemonscope
