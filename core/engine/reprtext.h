// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace daemonscope::engine {

/// Internal to the engine: a text as Python's repr() writes it: 'a b', "it's", 'a\nb', '\x7f'. The text is UTF-8; a
/// byte that is not comes as the lone surrogate that Python has for it: '\udcff'.
std::string quoted(std::string_view text);

} // namespace daemonscope::engine
