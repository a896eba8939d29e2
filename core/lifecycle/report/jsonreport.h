// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "lifecycle/report/textreport.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace daemonscope {

/// The report as `daemonscope report --format json` prints it. Its keys are a contract: they are only ever added, and a
/// change of meaning raises "version". Times are nanoseconds since the program's start. Processes that belong to a
/// launcher's prelude are left out; an id that would name one names the process that it is part of. Strings are as the
/// program gave them; bytes that are not UTF-8 are to be replaced when the value is dumped (jsonText does so). `notes`
/// say what else is missing, such as the end of a damaged file; they are added to what capture lost.
nlohmann::ordered_json jsonReport(const ProcessTree& tree, const std::vector<std::string>& notes = {});

/// Writes jsonText(jsonReport()) in pieces, one process at a time: of a million of them the whole would take gigabytes.
void writeJsonReport(const ProcessTree& tree, const std::vector<std::string>& notes, const WriteText& write);

/// The value as text, indented, with a newline at its end.
std::string jsonText(const nlohmann::ordered_json& value);

} // namespace daemonscope
