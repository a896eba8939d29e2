// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace daemonscope {

/// A signal number with its POSIX name. Real-time signals are named "SIGRTMIN+n".
class Signal {
public:
    constexpr Signal() = default;
    constexpr explicit Signal(int number)
        : number_(number)
    {
    }

    /// The signal called `name` ("SIGTERM" or "TERM"), or nothing if there is none.
    static std::optional<Signal> fromName(std::string_view name);

    [[nodiscard]] constexpr int number() const { return number_; }
    /// "SIGTERM"; "signal 99" for a number without a name.
    [[nodiscard]] std::string name() const;

    auto operator<=>(const Signal&) const = default;

private:
    int number_ = 0;
};

} // namespace daemonscope
