// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace daemonscope::tracing {

/// siginfo of the signal that is about to be delivered.
struct SignalInfo {
    int signal = 0;
    int code = 0;
    std::int32_t senderPid = 0; ///< meaningful for codes <= 0 only; 0 otherwise
    std::int32_t senderUid = 0;
};

/// What the bytes of the kernel's siginfo_t say (sigaction(2)). The program may have made them up itself
/// (rt_sigqueueinfo(2)), and they may be too few: what is missing is 0.
SignalInfo decodeSignalInfo(std::string_view bytes);

} // namespace daemonscope::tracing
