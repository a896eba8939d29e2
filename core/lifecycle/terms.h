// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <optional>
#include <string>

/// The one table of terms. A thing has one word here, and every pane, report and verdict takes it from here: the wait
/// for a child's end is "waits for", what the runtime does at its end is the "exit sequence", a program's own code is
/// over when its "code ended", and the process is over when it "ended".
namespace daemonscope::terms {

inline constexpr const char* kDaemon = "daemon";
inline constexpr const char* kNonDaemon = "non-daemon";
inline constexpr const char* kMain = "main (non-daemon)";
inline constexpr const char* kMainDaemon = "main (daemon)";
inline constexpr const char* kHelper = "helper";
inline constexpr const char* kProgram = "program";

inline constexpr const char* kNotBorn = "not started yet";
inline constexpr const char* kRunning = "running";
inline constexpr const char* kStopped = "stopped";
inline constexpr const char* kEndNotSeen = "end not seen";
inline constexpr const char* kExiting = "in its exit sequence";
inline constexpr const char* kOrphaned = "orphaned";
inline constexpr const char* kWaits = "waits for";
inline constexpr const char* kWaited = "waited";
inline constexpr const char* kSomeChild = "a child";
inline constexpr const char* kExitSequence = "exit sequence";
inline constexpr const char* kSenderUnknown = "sender unknown";

/// "waits for Process-2".
std::string waitsFor(const std::string& name);
/// "finished, exit 0" or "killed by SIGTERM"; "ended" where the status is not known.
std::string ended(const std::optional<ExitStatus>& exit);
/// "SIGTERM (15)".
std::string signalAndNumber(Signal signal);
/// The runtime's and the shell's spelling of a death by a signal: "Python: −15, shell: 143".
std::string spellings(ExitStatus exit, Runtime runtime = Runtime::Python);
/// The actor in a sentence: "Python", "the engine".
const char* actor(Runtime runtime);
/// The bare noun: "Python", "engine".
const char* noun(Runtime runtime);
/// The runtime that can have told of a process: its own, or for a program the nearest one above it.
Runtime runtimeAbout(const ProcessTree& tree, const Process& process);
/// The word for what a process is.
const char* kind(Role role, std::optional<bool> daemon);

/// A process's name made fit to be shown.
std::string name(const Process& process);
/// The name; with the pid behind it if `beside`, which the same sentence names, is called the same.
std::string nameBeside(const Process& process, const Process& beside);
/// The name, and what it is where that matters: "Process-1 (daemon)", "MainProcess", "sleep".
std::string nameAndKind(const Process& process);
/// "1 daemon", "2 daemons".
std::string count(std::size_t number, const char* singular, const char* plural);

} // namespace daemonscope::terms
