// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lessonends.h"

#include <QByteArray>
#include <QByteArrayList>

#include <string>
#include <vector>

namespace trial {

/// What one process of a recording did, without pids, times and places in source texts.
struct ProcessStory {
    QByteArray label;       ///< "MainProcess", "MainProcess > worker"
    QByteArrayList facts;   ///< what it is, and how it ended
    QByteArrayList deeds;   ///< what it did, in order; of its exit sequence in its normal form
    QByteArrayList threads; ///< its threads, sorted
    QByteArrayList out;     ///< lines of its stdout
    QByteArrayList err;     ///< the same of stderr, without the frames of tracebacks
    bool cutOff = false;    ///< a signal ended it, at no certain place in its output
};

/// What two runs of one program have in common, whoever runs it.
struct LessonStory {
    std::string error; ///< why the recording could not be read, or what is wrong with it; empty: nothing
    std::vector<ProcessStory> processes; ///< a parent before its children, these in order of birth
    QByteArrayList findings;
    ProcessEnds ends; ///< of all processes but helpers

    static LessonStory read(const std::string& recording);
    /// The story as indented lines, for people and for comparison.
    [[nodiscard]] QByteArray text() const;
};

/// Where a process was cut off in both stories, shortens its longer output to the shorter one if that is its beginning:
/// where a signal finds a process is not the program's to say. A process that got to no line at all stays different.
void cutAlike(LessonStory& one, LessonStory& other);

/// The lines in which two texts differ, "-" before those of the first and "+" before those of the second, with what
/// surrounds them.
QByteArray differences(const QByteArray& one, const QByteArray& other);

} // namespace trial
