// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "scenario/scenario.h"

#include <string>
#include <string_view>

namespace daemonscope::scenario {

/// Reads a scenario (docs/scenario-format.md). Whatever it returns can be run and written: functions exist and get the
/// arguments they take, variables have been made, on every way, before they are used, and hold what is asked of them.
/// `yaml` may be anything. The error says where: "lesson.yaml:7:9: expected a duration such as 100ms or 3s, not
/// 'soon'"; `fileName` is the name in it, and becomes Scenario::file.
Result<Scenario> readScenario(std::string_view yaml, const std::string& fileName);
/// The same for a file, named as it is given.
Result<Scenario> readScenarioFile(const std::string& path);

} // namespace daemonscope::scenario
