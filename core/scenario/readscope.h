// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/types.h"
#include "scenario/yamltree.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// Internal to the reader: which names may be made, and which are known where.
namespace daemonscope::scenario {

/// What is known of a function before its steps are read.
struct Signature {
    std::string name;
    std::vector<std::string> parameters;
};

/// A parameter was used as something; whether it is that shows when all functions have been read.
struct ParameterUse {
    std::string function;
    std::string parameter;
    TypeSet wanted;
    Position position;
};

/// Throws ReadError unless the node is a name that both languages, and the programs written, leave free. `what` for
/// the message: "a variable".
void checkNewName(const YamlNode& node, const std::string& what);

/// The names in the function that is being read.
class ReadScope {
public:
    /// The variables that exist for certain at some place.
    struct Known {
        bool never = false; ///< the place is never reached
        std::set<std::string> names;
    };

    /// `signatures` must outlive it.
    explicit ReadScope(const std::vector<Signature>& signatures)
        : signatures_(signatures)
    {
    }
    void beginFunction(const Signature& signature);

    /// The node names a variable that the step makes.
    std::string make(const YamlNode& node, TypeSet type);
    /// The node names a variable that holds one of `wanted`.
    std::string use(const YamlNode& node, TypeSet wanted);
    void use(const std::string& variable, TypeSet wanted, Position position);
    /// A loop's variable, known until endLoopVariable().
    std::string beginLoopVariable(const YamlNode& node);
    void endLoopVariable(const std::string& variable);
    /// The node names a function that is to be called with so many arguments.
    std::string function(const YamlNode& node, std::size_t argumentCount) const;
    /// The name of a function that is called without arguments by a signal.
    std::string handler(const YamlNode& node) const;

    [[nodiscard]] const Known& known() const { return known_; }
    void setKnown(Known known) { known_ = std::move(known); }
    /// After the end of two ways.
    static Known both(const Known& one, const Known& other);
    /// Nothing that follows is reached.
    void stopHere() { known_.never = true; }

    [[nodiscard]] const std::vector<ParameterUse>& parameterUses() const { return parameterUses_; }

    unsigned catchDepth = 0; ///< how many `catch` are around

private:
    [[nodiscard]] const Signature& signature(const YamlNode& node) const;
    const std::vector<Signature>& signatures_;
    std::string name_;
    std::set<std::string> parameters_;
    std::set<std::string> loopVariables_;      ///< of the loops around
    std::set<std::string> allLoopVariables_;   ///< they are nothing else in their function
    std::map<std::string, TypeSet> variables_; ///< all that were made so far, with their types
    Known known_;
    std::vector<ParameterUse> parameterUses_;
};

} // namespace daemonscope::scenario
