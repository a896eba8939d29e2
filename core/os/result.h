// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace daemonscope {

/// Why something could not be done: one clear sentence for the person, which says what happened, to what, and
/// what to do about it.
struct Error {
    std::string message;
};

/// Makes an Error from a sentence's beginning and an errno value: "cannot open 'x': No such file or directory".
Error systemError(std::string what, int errnoValue);

/// A value or the Error that stands in its place. Never converts to bool, so that a Result<bool> cannot be misread.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value)
        : state_(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error)
        : state_(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    /// The value; only to be called when ok().
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    /// The error; only to be called when not ok().
    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

/// The result of an action that has no value.
struct Done { };
using Outcome = Result<Done>;

} // namespace daemonscope
