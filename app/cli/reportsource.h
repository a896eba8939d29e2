// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "lifecycle/report/textreport.h"
#include "recording/reader.h"

#include <functional>
#include <string>
#include <vector>

/// What the subcommands that read a finished or growing recording share.
namespace daemonscope::cli {

/// Reads all that is in the file now, event by event in the order of the file. If the recording is still being
/// written, was abandoned by its recorder or is damaged, says so on stderr and goes on with what is there. An error
/// only if the file is no recording that can be read, or not one record of it. `onEvent` may use the reader to fetch
/// output bytes. What is said is added to `notes`, if given.
Outcome readRecording(const std::string& path, bool quiet,
    const std::function<void(const Event&, const RecordingReader&)>& onEvent,
    std::vector<std::string>* notes = nullptr);

/// Whether at least one record of it can be read; the errors are those of readRecording().
Outcome checkRecording(const std::string& path);

/// The tree of a recording; messages as readRecording().
Result<ProcessTree> readTree(const std::string& path, std::vector<std::string>* notes = nullptr);

/// How text is to be printed to stdout: `color` is "auto", "always" or "never"; auto asks NO_COLOR and the terminal.
/// Line characters are used where the locale's characters are UTF-8.
TextReportOptions textOptions(const std::string& color);

/// Writes all of it to stdout; an error if that fails, as on a full disk.
Outcome print(const std::string& text);

} // namespace daemonscope::cli
