// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/privatedirectory.h"
#include "os/result.h"
#include "scenario/lessons.h"
#include "scenario/steps.h"

#include <optional>
#include <string>
#include <vector>

namespace daemonscope::scenario {

/// The method called so; nothing for any other word.
std::optional<Method> methodNamed(const std::string& name);

/// How a lesson is to be run; empty: as is usual for it.
struct LessonWish {
    std::string engine;      ///< "native" or "python"
    std::string startMethod; ///< "fork", "spawn" or "forkserver"
};

/// The program of a lesson, ready to be recorded.
struct LessonCommand {
    /// What the recorder is given as PROGRAM. A first word that ends in ".py" runs under python3, or what --python
    /// says.
    std::vector<std::string> argv;
    /// A folder of this person's own with what the program needs; to be kept until the run has ended. The program is to
    /// be run in it, as lessons write files.
    PrivateDirectory folder;
};

/// Errors: the lesson offers no such engine or start method, its scenario cannot be read, or the files not be written.
Result<LessonCommand> lessonCommand(const Lesson& lesson, const LessonWish& wish);

/// What is wrong with the wish: "the lesson 'x' runs with fork and spawn, not with forkserver"; nothing if all is well.
std::optional<Error> refusedWish(const Lesson& lesson, const LessonWish& wish);

/// The lesson's program written out ("python", "cpp", "yaml"), or its words ("markdown"). An error if its scenario
/// cannot be read.
Result<std::string> lessonText(const Lesson& lesson, const std::string& form);

} // namespace daemonscope::scenario
