// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/controlcommand.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace daemonscope {

namespace {

constexpr std::array kKinds{ControlCommand::Kind::Stop, ControlCommand::Kind::Kill, ControlCommand::Kind::Freeze,
    ControlCommand::Kind::Resume, ControlCommand::Kind::Signal};

/// Takes the next word off `rest`; words are parted by one blank.
std::string_view takeWord(std::string_view& rest)
{
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

template <class T> std::optional<T> numberIn(std::string_view word)
{
    T number{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc{} && end == word.data() + word.size() ? std::optional{number} : std::nullopt;
}

Result<ControlCommand> parseSignal(std::string_view rest)
{
    const bool blankBehind = rest.ends_with(' ');
    const auto pid = numberIn<std::int32_t>(takeWord(rest));
    const auto serial = numberIn<std::uint32_t>(takeWord(rest));
    const auto signal = Signal::fromName(takeWord(rest));
    if (!pid || *pid <= 0 || !serial || !rest.empty() || blankBehind)
        return Error{"a signal is asked for as: signal PID SERIAL NAME"};
    if (!signal)
        return Error{"there is no signal of that name"};
    return ControlCommand{ControlCommand::Kind::Signal, {*pid, *serial}, *signal};
}

} // namespace

Result<ControlCommand> parseControlCommand(std::string_view packet)
{
    std::string_view rest = packet;
    const std::string_view verb = takeWord(rest);
    for (const ControlCommand::Kind kind : kKinds) {
        if (verb != word(kind))
            continue;
        if (kind == ControlCommand::Kind::Signal)
            return parseSignal(rest);
        if (packet.size() != verb.size())
            return Error{"'" + std::string{verb} + "' takes nothing behind it"};
        return ControlCommand{kind, {}, {}};
    }
    return Error{"unknown command; stop, kill, freeze, resume and signal PID SERIAL NAME are known"};
}

const char* word(ControlCommand::Kind kind)
{
    switch (kind) {
    case ControlCommand::Kind::Stop:
        return "stop";
    case ControlCommand::Kind::Kill:
        return "kill";
    case ControlCommand::Kind::Freeze:
        return "freeze";
    case ControlCommand::Kind::Resume:
        return "resume";
    case ControlCommand::Kind::Signal:
        return "signal";
    }
    return "signal";
}

} // namespace daemonscope
