// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/siginfo.h"

#include <algorithm>
#include <csignal>
#include <cstring>

namespace daemonscope::tracing {

SignalInfo decodeSignalInfo(std::string_view bytes)
{
    siginfo_t info{};
    std::memcpy(&info, bytes.data(), std::min(bytes.size(), sizeof info));
    SignalInfo result{info.si_signo, info.si_code, 0, 0};
    // Only signals that a process sent carry its pid (sigaction(2)); others have a fault address or a timer there.
    if (info.si_code <= 0 && info.si_code != SI_TIMER) {
        result.senderPid = info.si_pid;
        result.senderUid = static_cast<std::int32_t>(info.si_uid);
    }
    return result;
}

} // namespace daemonscope::tracing
