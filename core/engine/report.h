// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"
#include "engine/recordtext.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Internal to the engine: tells daemonscope what happens, by docs/hook-protocol.md. Nothing here throws, waits for
/// long, or changes what the program does; without DAEMONSCOPE_SOCKET nothing is done at all.
namespace daemonscope::engine::report {

/// Whether anybody is to be told. Cheap; ask before making a Packet, where its fields take work. Not any more after
/// `interp_exit`.
[[nodiscard]] bool enabled();

/// One record: built by chained calls, sent by send(), in a packet of its own if none waits for it (sendWithNext()).
/// The fields e, t, p, s and lost are added by itself; t is the time at which the record was begun. Keys and the event
/// are written as they are, so they are constants of the protocol.
class Packet {
public:
    explicit Packet(std::string_view event);
    Packet(const Packet&) = delete;
    Packet& operator=(const Packet&) = delete;
    Packet& text(std::string_view key, std::string_view value);     ///< cut at 4096 bytes, escaped to ASCII
    Packet& longText(std::string_view key, std::string_view value); ///< cut at 16384 bytes, its end is kept
    Packet& number(std::string_view key, std::int64_t value);
    Packet& seconds(std::string_view key, double value); ///< null if it is not finite
    Packet& flag(std::string_view key, bool value);
    Packet& null(std::string_view key);
    /// 1024 bytes an item and 12288 in all; the number of those left out is sent as `more`.
    Packet& list(std::string_view key, const std::vector<std::string>& values);
    /// `exit_begin`'s lists: {"obj", "name", "child"} each; at most 100, the others count as `more`.
    Packet& children(std::string_view key, const std::vector<ProcessPtr>& children);
    /// `src`: the SourceScope's place if there is one, else `where`, with the file as the compiler was told; nothing if
    /// that says nothing.
    Packet& source(const Where& where);
    /// The object's id.
    Packet& object(std::string_view key, const Process& process);
    /// `by`: the current process's object.
    Packet& by();
    /// `name` and `cls` of the object, its target's name.
    Packet& name(const Process& process);
    Packet& className(const Process& process);
    Packet& target(const Process& process);
    /// `exc` and `msg` of the exception that is being handled.
    Packet& currentException();
    void send();
    /// Keeps it back until this process sends its next record, and then sends both in one packet. Only where the same
    /// function is sure to send one at once: in between nothing may wait, end the process or run the program's code, as
    /// whatever ended the process there would also end what daemonscope hears of it.
    void sendWithNext();

private:
    /// The key and its colon; false if nobody is to be told.
    bool begin(std::string_view key);
    void place(std::string_view file, std::int64_t line);

    void finish(bool hasNext);

    RecordText text_; ///< empty if nobody is to be told
    std::size_t leftOut_ = 0;
    bool last_ = false;
    friend void step(std::string_view file, unsigned line);
};

/// First packet of a process that was executed; `role`: main, spawned, forkserver, tracker.
void interpreterStarted(std::string_view role, int argc, char** argv);
/// In a child of forkEngine(): it makes its own connection.
void afterFork();

/// The event `step`: the calling thread is about to take the step at that place.
void step(std::string_view file, unsigned line);

/// A place in a script; for SourceScope.
struct ScriptPlace {
    std::string_view file;
    unsigned line = 0;
};
/// Where the calling thread is in a script, if it interprets one: the innermost SourceScope's place; `line` 0 if not.
ScriptPlace scriptPlace();

} // namespace daemonscope::engine::report
