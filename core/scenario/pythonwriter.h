// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/writing.h"

namespace daemonscope::scenario {

/// The scenario as a Python program, for `python3 FILE` of Python 3.8 and newer. It prints, byte for byte, what running
/// the scenario prints.
WrittenProgram writePython(const Scenario& scenario, const WriteOptions& options = {});

} // namespace daemonscope::scenario
