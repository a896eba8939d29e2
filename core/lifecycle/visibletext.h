// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope {

/// A string of the watched program made fit to be shown: control characters, invisible and direction-changing
/// characters and bytes that are not UTF-8 become visible escapes (\n, \x1b, \u202e), and at most `maximum` characters
/// of the result are kept, an ellipsis in place of the rest. Never longer than 8 * maximum bytes, always valid UTF-8.
std::string visibleText(std::string_view text, std::size_t maximum = 200);

/// A command line in one line of visible text: arguments that hold blanks or quotes stand in single quotes.
std::string visibleCommand(const std::vector<std::string>& arguments, std::size_t maximum = 200);

} // namespace daemonscope
