// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/doctor.h"

#include <string>
#include <vector>

namespace daemonscope {

/// The Pythons of PATH, each asked for its version under the hook; one check each, or one that says there is none.
std::vector<Check> examinePythons(const std::string& hookDirectory);
/// Whether this output of `sys.version_info` ("3.11.2") is one that the hook supports: 3.8 and newer.
bool isSupportedPython(const std::string& version);

} // namespace daemonscope
