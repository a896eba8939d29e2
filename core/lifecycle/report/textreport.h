// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace daemonscope {

/// Takes the next piece of a text.
using WriteText = std::function<void(std::string_view)>;

struct TextReportOptions {
    bool color = false;  ///< use the terminal's colours and bold type; words say the same
    bool unicode = true; ///< draw branches with line characters rather than ASCII
    bool chains = true;  ///< below each verdict, the facts that it stands on
    /// Reports of more processes than this show verdicts without their chains.
    std::size_t maximumChains = 200;
};

/// The report as `daemonscope report` and a `daemonscope run` without a display print it: the tree with one line for
/// each process, the verdicts, the findings. What the program named is escaped.
std::string textReport(const ProcessTree& tree, const TextReportOptions& options);
/// Writes the same in pieces, one process at a time: of a million of them the whole would take gigabytes.
void writeTextReport(const ProcessTree& tree, const TextReportOptions& options, const WriteText& write);

} // namespace daemonscope
