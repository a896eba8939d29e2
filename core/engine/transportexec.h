// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Internal to the engine: this program executed once more, and what goes to the new process through a pipe.
namespace daemonscope::engine {

struct PipeEnds {
    UniqueFd reader;
    UniqueFd writer;
};
/// Both ends are closed by an exec. Throws OSError.
PipeEnds openPipe();

/// Executes this program as a child, with the program's argv[0] and `words` behind it. The child has the standard
/// streams and `descriptors` under their numbers, and no other descriptor; signals that are ignored here are ignored
/// there, the signal mask stays, handlers go (Lib/multiprocessing/util.py spawnv_passfds). Returns its pid. Throws
/// OSError; RuntimeError before runMain().
int executeSelf(const std::vector<std::string>& words, std::vector<int> descriptors);
/// In the process that was executed: whether the descriptor is there. From then on an exec closes it.
bool claimDescriptor(int descriptor);

/// One message, for readMessage(). Waits for room. Throws OSError.
void writeMessage(int descriptor, std::string_view bytes);
/// Waits for all of a message, running signal handlers meanwhile. Throws EOFError "Ran out of input", OSError.
std::string readMessage(int descriptor);
/// A number, as Lib/multiprocessing/forkserver.py write_signed() sends it: at once or not at all.
bool writeNumber(int descriptor, std::int64_t number);
/// Throws EOFError "unexpected EOF", OSError.
std::int64_t readNumber(int descriptor);

} // namespace daemonscope::engine
