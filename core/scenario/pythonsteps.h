// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/writing.h"

#include <set>
#include <string>
#include <vector>

/// Internal to the Python writer: one operator() for each kind of step.
namespace daemonscope::scenario {

/// What a written function calls multiprocessing.current_process().
constexpr const char* currentProcess = "me";

class PythonSteps {
public:
    PythonSteps(LineWriter& out, const WriteOptions& options, const Step* startMethodStep)
        : out_(out)
        , options_(options)
        , startMethodStep_(startMethodStep)
    {
    }
    /// The body of a block, indented.
    void body(const Steps& steps);
    void function(const Function& function);

    /// Modules that what was written so far imports.
    [[nodiscard]] const std::set<std::string>& imports() const { return imports_; }
    void import(const std::string& module) { imports_.insert(module); }
    [[nodiscard]] bool needsParentName() const { return needsParentName_; }
    [[nodiscard]] bool needsCountLines() const { return needsCountLines_; }

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
    /// An expression for a field of a text.
    std::string field(const TextPart& part);
    /// An expression that is a str.
    std::string text(const Text& text);
    /// The same as literals of several lines, where one would be longer than `room`.
    std::string brokenText(const Text& text, std::size_t room);
    /// A call whose first argument is a text.
    void textCall(const std::string& head, const Text& text, const std::string& printed,
        const std::vector<std::string>& more, bool lastComma = true);
    /// The same for print(), which makes a str of anything.
    std::string printed(const Text& text);
    std::string operand(const Operand& operand);
    std::vector<std::string> operands(const std::vector<Operand>& operands);
    static std::string duration(const Duration& duration);
    static std::string timeout(const std::optional<Duration>& duration);
    /// "multiprocessing", or the context of a method.
    std::string context(const std::optional<Method>& method);
    template <class T> void creating(const std::string& constructor, const T& step);
    std::string errorName() const;

    LineWriter& out_;
    const WriteOptions& options_;
    const Step* startMethodStep_;
    const Step* current_ = nullptr;
    std::set<std::string> imports_;
    bool needsParentName_ = false;
    bool needsCountLines_ = false;
    unsigned catchDepth_ = 0;
};

} // namespace daemonscope::scenario
