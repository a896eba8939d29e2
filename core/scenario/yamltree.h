// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/steps.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Internal to the reader: a YAML file as a tree that knows where everything stands, and how mistakes are told.
namespace daemonscope::scenario {

/// Thrown inside the reader only; readScenario() makes an Error of it.
struct ReadError {
    Position position; ///< line 0: of the whole file
    std::string message;
};

struct YamlNode {
    enum class Kind { Null, Plain, Quoted, List, Map };
    Kind kind = Kind::Null;
    Position position;           ///< of an empty value: that of its key
    std::string text;            ///< of Plain and Quoted
    std::vector<YamlNode> keys;  ///< of a Map: Plain or Quoted, each one once
    std::vector<YamlNode> items; ///< of a List; of a Map the values, in the order of the keys

    [[nodiscard]] bool isText() const { return kind == Kind::Plain || kind == Kind::Quoted; }
    /// The value of a key of a Map, or null.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

constexpr std::size_t maxScenarioBytes = std::size_t(256) * 1024;
constexpr std::size_t maxScenarioLevels = 32;

/// Throws ReadError for what is not UTF-8, too big, too deep, not YAML, not one document, or has anchors, aliases,
/// tags, or a key twice.
YamlNode readYaml(std::string_view text);

/// For messages: in quotes, at most 40 characters, with nothing in it that a terminal would obey.
std::string quotedInMessage(std::string_view text);
/// Throws "expected WHAT, not 'text'" (or: not a list, not a mapping, not nothing).
[[noreturn]] void throwExpected(const YamlNode& node, const std::string& what);
/// The one of `known` that `word` was probably meant to be, or nothing.
std::string nearestWord(std::string_view word, const std::vector<std::string>& known);
/// "a, b or c"
std::string orList(const std::vector<std::string>& words);

} // namespace daemonscope::scenario
