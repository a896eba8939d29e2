// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace daemonscope {

/// Now, in nanoseconds of CLOCK_MONOTONIC: the one clock of every event, the same in every process of a machine
/// (and the clock of Python's time.monotonic_ns()).
std::chrono::nanoseconds monotonicNow();

/// Now, in nanoseconds since 1970 (CLOCK_REALTIME); only ever shown, never compared.
std::chrono::nanoseconds wallClockNow();

/// Time since the machine was started (CLOCK_BOOTTIME), the clock in which the kernel notes when a process began.
std::chrono::nanoseconds sinceBoot();

/// Processor time that the calling thread has used so far (CLOCK_THREAD_CPUTIME_ID).
std::chrono::nanoseconds threadCpuTime();

/// A wall-clock time as RFC 3339 in UTC with milliseconds: "2026-11-23T13:51:08.125Z".
std::string rfc3339(std::chrono::nanoseconds sinceEpoch);

} // namespace daemonscope
