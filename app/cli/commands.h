// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The subcommands of `daemonscope`, one file each. Each function adds its subcommand to `app`; when the person chose
/// it, it stores in `chosen` what main() has to run after parsing, which returns the exit status.
namespace daemonscope::cli {

using Action = std::function<int()>;

void addRun(CLI::App& app, Action& chosen);
void addRecord(CLI::App& app, Action& chosen);
void addControl(CLI::App& app, Action& chosen);
void addReport(CLI::App& app, Action& chosen);
void addOutput(CLI::App& app, Action& chosen);
void addEvents(CLI::App& app, Action& chosen);
void addScreenshot(CLI::App& app, Action& chosen);
void addLessons(CLI::App& app, Action& chosen);
void addLesson(CLI::App& app, Action& chosen);
void addDoctor(CLI::App& app, Action& chosen);

/// `daemonscope record WORDS…`: becomes the recorder, so that the shell sees the program's own end. Returns only if
/// that fails.
int executeRecorder(std::vector<std::string> words);

/// `daemonscope doctor WORDS…`: becomes the recorder, which alone knows what capture needs. Returns only if that fails.
int executeDoctor(const std::vector<std::string>& words);

/// `daemonscope run WORDS…`.
int runWords(std::vector<std::string> words);

/// `daemonscope` and `daemonscope FILE.dscope`: the window, on a recording if `file` is not empty.
int openWindow(const std::string& file);

/// Exit statuses of daemonscope's own (docs: the command line).
constexpr int kFailure = 125;
constexpr int kUsageError = 2;

/// Prints "daemonscope: <message>" to stderr and returns kFailure.
int fail(const std::string& message);

} // namespace daemonscope::cli
