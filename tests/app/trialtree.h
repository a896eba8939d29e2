// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <string>

namespace trial {

/// What a recording tells as far as it goes, folded; empty if it cannot be opened.
daemonscope::ProcessTree processTreeOf(const std::string& recording);

} // namespace trial
