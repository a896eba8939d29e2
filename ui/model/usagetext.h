// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <QString>

namespace daemonscope {

/// CPU and memory of a process at `t`, as one line: "CPU 1.23 s (98 %), memory 12.3 MiB, 1 thread, as of 3.00 s". Says
/// so where nobody had looked. Empty before its birth.
QString usageText(const ProcessTree& tree, const Process& process, EventTime t);

/// "640 KiB", "12.3 MiB", "1.20 GiB".
QString bytesText(std::int64_t bytes);

} // namespace daemonscope
