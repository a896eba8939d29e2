// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/librarylesson.h"

namespace daemonscope {

/// A lesson's program in all its languages.
struct LibraryProgram {
    QString python;
    QString cpp;
    QString yaml;
    QString error; ///< why the first two are empty: one sentence
};

/// Writes a lesson's scenario out as Python and as C++, which begin by choosing the start method; an empty one leaves
/// that to the scenario.
LibraryProgram programOf(const LibraryLesson& lesson, const QString& startMethod);

} // namespace daemonscope
