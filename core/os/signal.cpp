// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/signal.h"

#include <csignal>
#include <cstring>

namespace daemonscope {

std::string Signal::name() const
{
    if (number_ >= SIGRTMIN && number_ <= SIGRTMAX) {
        const int offset = number_ - SIGRTMIN;
        return offset == 0 ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(offset);
    }
    // sigabbrev_np(3) wants a valid signal number; others have no abbreviation.
    if (const char* abbreviation = number_ > 0 && number_ < NSIG ? ::sigabbrev_np(number_) : nullptr)
        return std::string{"SIG"} + abbreviation;
    return "signal " + std::to_string(number_);
}

std::optional<Signal> Signal::fromName(std::string_view name)
{
    for (int number = 1; number < NSIG; ++number) {
        const std::string full = Signal{number}.name();
        if (name == full || "SIG" + std::string{name} == full)
            return Signal{number};
    }
    return std::nullopt;
}

} // namespace daemonscope
