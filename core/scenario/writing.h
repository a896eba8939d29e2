// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/scenario.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the writers of programs have in common.
namespace daemonscope::scenario {

struct WriteOptions {
    /// To be set by the program before anything else; takes the place of main's own first set_start_method.
    std::optional<Method> startMethod;
};

struct WrittenProgram {
    std::string text;                 ///< ends with a newline
    std::vector<unsigned> lineOfStep; ///< by the step's id, from 1: where what it does begins
};

/// "fork", "spawn", "forkserver"
const char* methodName(Method method);
/// The step that WriteOptions::startMethod takes the place of, or null.
const Step* startMethodStep(const Scenario& scenario);

/// Joins with a separator.
std::string joined(const std::vector<std::string>& items, std::string_view separator);
/// A text between double quotes. What a terminal or a reader would not see as it is, controls and changes of
/// direction, is escaped.
std::string pythonLiteral(std::string_view text, bool inFString = false);
std::string cppLiteral(std::string_view text);

/// Lines of a program, with indentation, and where each step begins.
class LineWriter {
public:
    LineWriter(unsigned stepCount, std::size_t width)
        : lineOfStep_(stepCount, 0)
        , width_(width)
    {
    }
    void line(std::string_view text);
    void blank() { text_ += '\n', ++lines_; }
    /// `head` items `tail`, in one line or, if that is too long, broken between the items, and where these are.
    void list(const std::string& head, const std::vector<std::string>& items, const std::string& tail, bool lastComma);
    /// Words behind `mark` ("# "), in as many lines as it takes.
    void comment(std::string_view mark, std::string_view text);
    /// The next line is the step's.
    void begin(const Step& step) { lineOfStep_.at(step.id) = lines_ + 1; }
    void indent() { ++depth_; }
    void outdent() { --depth_; }
    /// Columns left in a line.
    [[nodiscard]] std::size_t room() const;
    [[nodiscard]] unsigned lines() const { return lines_; }
    /// The lines behind those of `head`.
    [[nodiscard]] WrittenProgram after(const LineWriter& head) const;

private:
    std::string text_;
    std::vector<unsigned> lineOfStep_;
    std::size_t width_;
    std::size_t depth_ = 0;
    unsigned lines_ = 0;
};

} // namespace daemonscope::scenario
