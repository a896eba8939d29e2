// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/cppvariables.h"
#include "scenario/writing.h"

#include <set>
#include <string>
#include <vector>

/// Internal to the C++ writer: one operator() for each kind of step.
namespace daemonscope::scenario {

class CppSteps {
public:
    CppSteps(LineWriter& out, const Scenario& scenario, const WriteOptions& options);

    void function(const Function& function);
    /// "void count(int limit)"
    [[nodiscard]] std::string signature(const Function& function) const;
    /// The declarations that must stand before all functions; none if every function is used after its definition only.
    void forward();

    [[nodiscard]] const std::set<std::string>& includes() const { return includes_; }
    [[nodiscard]] bool needsLiterals() const { return needsLiterals_; }

    void operator()(const Print& step);
    void operator()(const Sleep& step);
    void operator()(const Repeat& step);
    void operator()(const Forever& step);
    void operator()(const RepeatUntilSet& step);
    void operator()(const CreateProcess& step);
    void operator()(const CreateThread& step);
    void operator()(const Start& step);
    void operator()(const Join& step);
    void operator()(const Terminate& step);
    void operator()(const Kill& step);
    void operator()(const Close& step);
    void operator()(const SetDaemon& step);
    void operator()(const SetStartMethod& step);
    void operator()(const Exit& step);
    void operator()(const OsExit& step);
    void operator()(const Raise& step);
    void operator()(const Try& step);
    void operator()(const OnSignal& step);
    void operator()(const SendSignal& step);
    void operator()(const OpenFile& step);
    void operator()(const WriteFile& step);
    void operator()(const CountLines& step);
    void operator()(const MakeShared& step);
    void operator()(const Acquire& step);
    void operator()(const Release& step);
    void operator()(const WithLock& step);
    void operator()(const SetEvent& step);
    void operator()(const WaitEvent& step);
    void operator()(const Put& step);
    void operator()(const Get& step);
    void operator()(const Call& step);
    void operator()(const RawFork& step);
    void operator()(const Daemonize& step);
    void operator()(const RunCommand& step);
    void operator()(const Comment& step);

private:
    void steps(const Steps& steps);
    /// Pieces of one statement, broken into lines between them.
    void chain(const std::vector<std::string>& pieces);
    /// The text and a newline.
    static Text asLine(Text text);
    void block(const std::string& head, const Steps& steps);
    void targetConstant(const std::string& function);
    static std::string targetName(const std::string& function);
    /// In braces only where there is more than one line.
    std::string callText(const std::string& function, const std::vector<Operand>& args);

    /// An expression for a part of a text: something << takes, or a std::string.
    std::string part(const TextPart& part, bool string);
    /// An expression that is a std::string, or a literal.
    std::string text(const Text& text);
    std::string operand(const Operand& operand);
    /// The operand as something of another type.
    std::string converted(const Operand& operand, TypeSet to);
    std::string variable(const std::string& name, TypeSet to) const;
    std::vector<std::string> operands(const std::vector<Operand>& operands);
    std::string duration(const Duration& duration);
    std::string timeout(const std::optional<Duration>& duration);
    std::string context(const std::optional<Method>& method);
    /// "counter->", "helper."
    std::string access(const std::string& variable) const;
    /// "lock->", also for one in an mp::Value.
    std::string shared(const std::string& variable, TypeSet type) const;
    /// `expression` as the value of the variable that the step makes.
    void assign(const std::string& variable, const std::string& expression);
    template <class T> std::vector<std::string> options(const T& step);
    std::string errorName() const;
    std::string freeCounter() const;

    LineWriter& out_;
    const Scenario& scenario_;
    const WriteOptions& options_;
    const Step* startMethodStep_ = nullptr;
    ScenarioTypes types_;
    std::set<std::string> targets_; ///< functions that processes and threads run
    std::set<std::string> forward_; ///< functions used before their definition
    bool hasThreads_ = false;
    std::set<std::string> includes_;
    bool needsLiterals_ = false;

    // Of the function being written.
    const CppVariables* variables_ = nullptr;
    const Step* current_ = nullptr;
    unsigned catchDepth_ = 0;
    unsigned lockDepth_ = 0;
    unsigned counterDepth_ = 0;
};

} // namespace daemonscope::scenario
