// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/kernelpayloads.h"
#include "event/objectpayloads.h"
#include "event/runtimepayloads.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What can happen, as plain structs, each immutable once made. What a struct's process is said to do, it does itself:
/// it is the Event's `process`. Strings are as the program gave them: hostile, not escaped, but bounded.
namespace daemonscope::payload {

/// The recorder is about to start the program; the first event of a recording. Its time is the program's start, the
/// zero of all shown times.
struct RecordingStarted {
    std::vector<std::string> argv; ///< of the program, as it will be executed
    std::string workingDirectory;
    std::int64_t wallClockNs = 0; ///< CLOCK_REALTIME at the event's time
    bool kernelWitness = false;
    bool runtimeWitness = false;
    std::string outputMode;        ///< "lines", "pipe", "pty" or "inherit"
    bool outputAttributed = false; ///< whether each chunk of output names the process that wrote it
    std::string recorderVersion;
    std::int32_t recorderPid = 0; ///< signals from this pid are daemonscope's own
    std::string controlSocket;    ///< where the recorder takes commands while it runs; empty: nowhere
    std::int64_t sampleNs = 0;    ///< how often CPU and memory are looked at; 0: never
    bool killCalls = false;       ///< the calls of os/filter.h are seen, so a signal without one came another way
    bool reaping = false;         ///< the kernel witness tells who collected the processes
    /// The kernel witness's means: "ptrace", "cn_proc" or "perf"; "none" without one. Empty in recordings made before
    /// there was a choice: ptrace, if kernelWitness. All but ptrace see no signals and no stops, and perf sees no exit
    /// status.
    std::string kernelMeans{};
};
/// Somebody told the recorder to do something with the program; what came of it is told by the events that follow.
struct ControlRequested {
    /// "stop", "kill", "freeze", "resume" or "signal"; or a signal that had reached the recorder: "terminal", one of
    /// the terminal that it sends to the program's process group, and "pass on", another one that it sends to the
    /// program; or "trace": the recorder leaves a process to another one of the program, which asked to trace it.
    std::string request;
    std::int32_t signal = 0;         ///< with "signal", "terminal" and "pass on": which
    std::optional<ProcessId> target; ///< with "signal": to whom; with "trace": whom; with the others the program
    std::int32_t peerPid = 0;        ///< who asked, or sent it; 0: the terminal, or not visible
    std::uint32_t peerUid = 0;
};
/// The last event of a recording that ended in order: nothing of the program is left, or the recorder let go of it.
struct RecordingEnded {
    std::string reason;
};
/// One thing that capture can see or do, or cannot.
struct Ability {
    std::string what; ///< a slug of capture/statement.h: "signals", "exit-status" …
    bool available = false;
    std::string words; ///< how, or why not, as a sentence without its full stop
    bool operator==(const Ability&) const = default;
};
/// What this recording can tell and what not, said at its start.
struct CaptureStatement {
    std::vector<Ability> abilities;
};
/// Something that capture could not see.
struct Lost {
    std::string what;
    std::string why;
};

enum class Stream : std::uint8_t { Stdout, Stderr };
/// Bytes that the process wrote. They stay in the recording, where RecordingReader::readOutput finds them.
struct OutputWritten {
    Stream stream = Stream::Stdout;
    std::uint64_t sizeBytes = 0;
    std::uint64_t fileOffset = 0; ///< of the first byte in the recording; filled in by the reader
};

/// Bytes that the process wrote and that reached their destination, but are not kept: more than `record --limit`
/// allows.
struct OutputDropped {
    Stream stream = Stream::Stdout;
    std::uint64_t sizeBytes = 0; ///< since the last such event of this process and stream
};

} // namespace daemonscope::payload
