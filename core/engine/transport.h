// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"

#include <string>
#include <vector>

/// Internal to the engine: a process object and its surroundings as bytes, for a child that starts afresh
/// (Lib/multiprocessing/spawn.py get_preparation_data, reduction.py).
namespace daemonscope::engine {

/// Bytes, and the descriptors that they speak of by index (ends of queues' pipes, memory of locks).
struct Packed {
    std::string bytes;
    std::vector<int> descriptors; ///< borrowed from what was packed
};
/// The object, and what prepares the child: argv, working directory, log level, profile, default start method, authkey.
/// Throws PicklingError: "Can't pickle <function <lambda> at 0x…>: attribute lookup <lambda> on __main__ failed".
Packed packProcess(Process& process);
/// In the child: prepares this process and makes the object. `descriptors` are now this process's own.
/// Throws AttributeError "Can't get attribute 'count' on <module '__main__' (built-in)>" if its target is not
/// registered here.
ProcessPtr unpackProcess(const std::string& bytes, const std::vector<int>& descriptors);

/// One value as bytes; without shared things: RuntimeError "Lock objects should only be shared between processes
/// through inheritance". For queues.
std::string packValue(const Value& value);
Value unpackValue(const std::string& bytes);

} // namespace daemonscope::engine
