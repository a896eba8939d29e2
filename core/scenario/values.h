// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What the steps of a scenario consist of: places, texts, values.
namespace daemonscope::scenario {

/// Counted from 1.
struct Position {
    unsigned line = 0;
    unsigned column = 0;
};

/// A piece of a text: literal, or the value of something.
struct TextPart {
    enum class Kind {
        Literal,  ///< `text`
        Variable, ///< of the function: `text` is its name
        Own,      ///< of the current process: `text` is name, pid, ppid, daemon, parent, thread, active_children
        Member,   ///< `member` (name, pid, daemon, exitcode, is_alive) of the process or thread in variable `text`
        Error,    ///< within catch: "ValueError: boom"
    };
    Kind kind = Kind::Literal;
    std::string text;
    std::string member;
};
using Text = std::vector<TextPart>;

/// "$name"
struct VariableRef {
    std::string name;
};
using Operand = std::variant<std::monostate, bool, std::int64_t, double, Text, VariableRef>;
/// A literal duration, or a variable that holds seconds.
using Duration = std::variant<std::chrono::nanoseconds, VariableRef>;
enum class Method { Fork, Spawn, ForkServer };

struct Step;
using Steps = std::vector<Step>;

} // namespace daemonscope::scenario
