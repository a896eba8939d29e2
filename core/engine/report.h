// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Internal to the engine: tells daemonscope what happens, by docs/hook-protocol.md. Nothing here throws, waits for
/// long, or changes what the program does; without DAEMONSCOPE_SOCKET nothing is done at all.
namespace daemonscope::engine::report {

/// Whether anybody is to be told. Cheap; ask before making a Packet.
[[nodiscard]] bool enabled();

/// One packet: built by chained calls, sent by send(). The fields e, t, p, s and lost are added by itself.
class Packet {
public:
    explicit Packet(std::string_view event);
    Packet& text(std::string_view key, std::string_view value);     ///< cut at 4096 bytes, escaped to ASCII
    Packet& longText(std::string_view key, std::string_view value); ///< cut at 16384 bytes, its end is kept
    Packet& number(std::string_view key, std::int64_t value);
    Packet& seconds(std::string_view key, double value);
    Packet& flag(std::string_view key, bool value);
    Packet& null(std::string_view key);
    Packet& list(std::string_view key, const std::vector<std::string>& values);
    /// `exit_begin`'s lists: {"obj", "name", "child"} each; at most 100.
    Packet& children(std::string_view key, const std::vector<ProcessPtr>& children);
    /// `src`: the SourceScope's place if there is one, else `where`.
    Packet& source(const Where& where);
    /// `by`: the current process's object.
    Packet& by();
    /// `exc` and `msg` of the exception that is being handled.
    Packet& currentException();
    void send();

private:
    std::string text_;
};

/// First packet of a process that was executed; `role`: main, spawned, forkserver, tracker.
void interpreterStarted(std::string_view role, int argc, char** argv);
/// In a child of forkEngine(): it makes its own connection.
void afterFork();

} // namespace daemonscope::engine::report
