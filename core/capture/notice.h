// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace daemonscope {

/// Says a sentence on the recorder's stderr now, while the program runs. Never waits: stderr may be that of the program
/// and full. Any thread.
void notice(const std::string& sentence);

} // namespace daemonscope
