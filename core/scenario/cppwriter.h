// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/writing.h"

namespace daemonscope::scenario {

/// The scenario as a C++20 program against the engine's public header. It prints, byte for byte, what running the
/// scenario prints.
WrittenProgram writeCpp(const Scenario& scenario, const WriteOptions& options = {});

} // namespace daemonscope::scenario
