// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario.h"

#include <algorithm>

namespace daemonscope::scenario {

const Function* Scenario::function(const std::string& name) const
{
    const auto found = std::ranges::find(functions, name, &Function::name);
    return found == functions.end() ? nullptr : &*found;
}

} // namespace daemonscope::scenario
