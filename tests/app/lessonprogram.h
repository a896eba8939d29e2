// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "scenario/lessons.h"
#include "scenario/values.h"

#include <QTemporaryDir>

#include <string>

namespace trial {

/// Makes programs of the C++ that lessons are written as, with the compiler and against the engine library of this
/// build. Programs are gone with it.
class LessonCompiler {
public:
    /// Compiles the engine's header once for all.
    LessonCompiler();
    /// The path of the lesson's program, made with this start method. An error has the compiler's words. Any thread.
    [[nodiscard]] daemonscope::Result<std::string> compile(
        const daemonscope::scenario::Lesson& lesson, daemonscope::scenario::Method method) const;

private:
    QTemporaryDir folder_;
};

} // namespace trial
