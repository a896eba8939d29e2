// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/readscope.h"

#include <cstdint>
#include <string>
#include <vector>

/// Internal to the reader: texts with fields, values, durations and the other words that stand in steps. All throw
/// ReadError.
namespace daemonscope::scenario {

/// Whole numbers are this far from 0 at most, so that each fits into an int with room for one more.
constexpr std::int64_t maxWholeNumber = 1'000'000'000;

/// With fields.
Text readText(const YamlNode& node, ReadScope& scope);
/// A value of one of `wanted`, which is said so in the message.
Operand readOperand(const YamlNode& node, ReadScope& scope, TypeSet wanted);
/// A list of values that a function can be given.
std::vector<Operand> readArguments(const YamlNode& node, ReadScope& scope);
Duration readDuration(const YamlNode& node, ReadScope& scope);
bool readFlag(const YamlNode& node);
std::int64_t readWholeNumber(const YamlNode& node, std::int64_t least, std::int64_t most);
Method readMethod(const YamlNode& node);
/// By its name in both languages: "SIGTERM".
Signal readSignal(const YamlNode& node);

} // namespace daemonscope::scenario
