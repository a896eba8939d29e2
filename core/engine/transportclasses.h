// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/process.h"

#include <string>

/// Internal to the engine: the subclasses of Process that registerProcessClass() made known.
namespace daemonscope::engine {

/// An object of the class registered under `name`, made with its default constructor. Null if there is none.
ProcessPtr makeRegistered(const std::string& name);
[[nodiscard]] bool isRegistered(const std::string& name);

} // namespace daemonscope::engine
