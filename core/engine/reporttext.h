// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/recordtext.h"

#include <cstddef>
#include <string_view>

/// Internal to the engine: strings as docs/hook-protocol.md wants them, JSON in ASCII. `text` may be any bytes: what is
/// not UTF-8 becomes a lone surrogate for each byte. A character is never cut in two, and the work done is bounded by
/// `limit`, however long the text is.
namespace daemonscope::engine::report {

/// Appends the text in quotes; at most `limit` bytes between them, the last of which are "..." if its end was cut off.
void appendQuoted(RecordText& out, std::string_view text, std::size_t limit);
/// The same, but what is cut off is the beginning.
void appendQuotedEnd(RecordText& out, std::string_view text, std::size_t limit);

} // namespace daemonscope::engine::report
