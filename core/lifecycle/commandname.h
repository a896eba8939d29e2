// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daemonscope {

/// The short name of a command: the last part of argv[0]'s path, without the '-' of a login shell. Empty for no argv.
std::string commandName(const std::vector<std::string>& argv);

/// What a helper of multiprocessing is called, told by its argv: the program text of Python's (`python -c "from
/// multiprocessing.resource_tracker import main;…"`), or the engine's first word ("--multiprocessing-tracker").
/// "resource tracker", "fork server", or empty for anything else.
std::string helperName(const std::vector<std::string>& argv);

} // namespace daemonscope
