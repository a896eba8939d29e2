// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/verdict.h"

#include <string>
#include <vector>

namespace daemonscope {

/// The sentence of a verdict, for a process in any state.
std::string verdictText(const ProcessTree& tree, const Process& process);

/// The facts that a verdict stands on, by time; bounded, however many facts there are.
std::vector<Clause> verdictChain(const ProcessTree& tree, const Process& process);

/// How a signal came to a process, as the end of a sentence that begins with the signal's name: "from MainProcess,
/// whose exit sequence …", "; sender unknown". `fact` may be null.
std::string originText(const ProcessTree& tree, const Process& process, const SignalFact* fact);

/// How a sender is known, as the end of such a sentence: "; known by its siginfo and the system call". Empty for
/// daemonscope itself, and where nothing is known.
std::string knownText(const ProcessTree& tree, const KnownBy& known, const std::optional<ProcessIndex>& sender);

/// What became of a signal that did not reach the process by itself: "; the kernel refused it: …". Empty for others.
std::string fateText(const ProcessTree& tree, const Process& process, const SignalFact& fact);

/// Who collected a process that has been: "MainProcess collected its exit status".
std::string collectionText(const ProcessTree& tree, const Process& process);

/// Who saw a signal.
Evidence evidenceOf(const SignalFact& fact);

/// The children that lived on when this process ended, by birth; helpers left out.
std::vector<ProcessIndex> leftBehind(const ProcessTree& tree, const Process& process);

/// Whether it was one of multiprocessing's own rules that refused a start(), rather than an error on the way.
bool refusedByRule(const RefusedStart& refused);
/// Whether the operating system refused what a start() needs.
bool refusedBySystem(const RefusedStart& refused);

/// Whether the kernel witness watched births and ends, so that those it did not tell did not happen.
bool kernelSaw(const ProcessTree& tree);
/// Whether it watched with ptrace, which alone sees signals, their senders and stops.
bool kernelSawSignals(const ProcessTree& tree);
/// Why it did not, as the end of a sentence: "the kernel witness was off".
std::string whyNoSignals(const ProcessTree& tree);
/// Whether nobody will tell of this process's end any more, which may have come at any time.
bool endNotSeen(const ProcessTree& tree, const Process& process);

/// "Process-1, Process-2 and 3 more".
std::string nameList(const ProcessTree& tree, const std::vector<ProcessIndex>& processes, std::size_t maximum = 3);

/// A process that ended and was not collected for this long is worth a word.
constexpr EventTime kLongZombie = std::chrono::seconds(1);

/// A child that lived on for less than this after its parent is not called left behind: both were ending.
constexpr EventTime kOrphanLeast = std::chrono::milliseconds(20);

} // namespace daemonscope
