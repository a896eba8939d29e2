// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <string>
#include <vector>

/// The lessons that come with daemonscope: a folder each, "08-a-daemon-is-cut-off", with lesson.md (front matter
/// between lines of ---, then Markdown) and scenario.yaml.
namespace daemonscope::scenario {

struct Lesson {
    std::string name;                      ///< "a-daemon-is-cut-off"
    unsigned number = 0;                   ///< place in the course, from 1
    std::string title;                     ///< what it is about
    std::string question;                  ///< asked before the run
    std::string watch;                     ///< what to look at during the run; may be empty
    std::string answer;                    ///< shown after the run
    std::string duration;                  ///< of a run, for people: "4 s"; may be empty
    std::vector<std::string> startMethods; ///< "fork", "spawn", "forkserver"; the usual one first, never empty
    std::vector<std::string> engines;      ///< "native", "python"; the usual one first, never empty
    std::string markdown;                  ///< what stands behind the front matter
    std::string scenarioFile;              ///< path of the program
};

/// A lesson.md with its front matter taken apart. `place` is what messages call it; name, number (unless the front
/// matter has it) and scenarioFile stay empty. An error names line and key.
Result<Lesson> parseLesson(const std::string& text, const std::string& place);

/// The lessons of a folder in the order of their numbers. An error if one of them cannot be read, two have one name or
/// number, or there are none.
Result<std::vector<Lesson>> readLessons(const std::string& folder);
/// ../share/daemonscope/lessons of the running program's folder, both when built and when installed.
std::string lessonsFolder();

/// The lesson called `name`, or with that number: "a-daemon-is-cut-off", "8", "08", or its folder's name. Null: none.
const Lesson* findLesson(const std::vector<Lesson>& lessons, const std::string& name);
/// The name of a lesson that `name` may have meant; there has to be one.
const Lesson& nearestLesson(const std::vector<Lesson>& lessons, const std::string& name);

} // namespace daemonscope::scenario
