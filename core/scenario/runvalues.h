// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "engine/process.h"
#include "engine/system.h"
#include "engine/thread.h"

#include <memory>
#include <string>
#include <variant>

/// Internal to the interpreter: what variables hold, and how it is shown.
namespace daemonscope::scenario {

using RunValue = std::variant<engine::Value, engine::ProcessPtr, std::shared_ptr<engine::Thread>, engine::TextFilePtr>;

/// As Python's str() shows it.
std::string shown(const RunValue& variable);
/// The class, as Python's messages name it: "int", "Process", "TextIOWrapper".
std::string typeName(const RunValue& variable);

/// Throws an exception of the class called so. KeyboardInterrupt is no Exception, the others are.
[[noreturn]] void raiseNamed(const std::string& type, const std::string& message);

} // namespace daemonscope::scenario
