// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

/// What Python's print() shows of a value, for programs that are to say the same in both languages.
namespace daemonscope::engine {

class Exception;

/// "True", "False"
[[nodiscard]] std::string str(bool value);
/// As repr() shows a float: the shortest text that is the same number, "5.0", "1e-05", "inf".
[[nodiscard]] std::string str(double value);
template <std::integral T>
requires(!std::same_as<T, bool>) [[nodiscard]] std::string str(T value)
{
    return std::to_string(value);
}
[[nodiscard]] inline std::string str(std::string value)
{
    return value;
}
[[nodiscard]] inline std::string str(const char* value)
{
    return value;
}
/// "None" for nothing: str(process->exitCode()).
[[nodiscard]] std::string str(std::optional<int> value);
/// "None" for nothing; "<Lock>" and the like for what processes share.
[[nodiscard]] std::string str(const Value& value);

/// "ValueError: boom", as f"{type(error).__name__}: {error}".
[[nodiscard]] std::string str(const Exception& error);

/// The name of parentProcess(), or "None".
[[nodiscard]] std::string parentName();
/// The names of activeChildren(), sorted, as Python shows a list: "['A', 'B']".
[[nodiscard]] std::string activeChildrenNames();

/// A time as Python counts it. Throws ValueError "Invalid value NaN (not a number)", OverflowError for more than 9e9.
[[nodiscard]] std::chrono::nanoseconds seconds(double count);
/// The same for a number in a Value. Throws TypeError for anything else.
[[nodiscard]] std::chrono::nanoseconds seconds(const Value& count);

} // namespace daemonscope::engine
