// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace daemonscope {

/// When something happened: nanoseconds of CLOCK_MONOTONIC.
using EventTime = std::chrono::nanoseconds;

/// A process of a recording. A pid is not an identity, as the kernel uses it again; the serial is: processes are
/// numbered 0, 1, 2 … in the order in which the recorder first saw them, which is the order of birth.
struct ProcessId {
    std::int32_t pid = 0;
    std::uint32_t serial = 0;

    auto operator<=>(const ProcessId&) const = default; // NOLINT(modernize-use-nullptr): clang-tidy's mistake
};

/// A multiprocessing.Process object: the process that made it and Python's `_identity` ("1", "1.2"; empty for the
/// main process object). The same in parent and child and for every start method (CPython: BaseProcess.__init__).
struct ObjectId {
    ProcessId creator;
    std::string identity;

    auto operator<=>(const ObjectId&) const = default; // NOLINT(modernize-use-nullptr)
};

} // namespace daemonscope
