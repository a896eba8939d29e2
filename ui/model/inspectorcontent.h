// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/kind.h"
#include "ui/model/recordingfeed.h"

#include <QString>

#include <optional>
#include <vector>

namespace daemonscope {

/// A process as the inspector names it.
struct InspectorLink {
    ProcessIndex process = 0;
    QString name;
    QString pid;
    Kind kind = Kind::Program;
    bool operator==(const InspectorLink&) const = default;
};

/// One fact: what it is, and what is known of it. All texts are fit to be shown as plain text, and bounded.
struct InspectorRow {
    QString label;
    QString value;
    QString evidence = {};                  ///< how it is known, in words; empty: nobody's testimony is needed
    std::optional<InspectorLink> link = {}; ///< stands before `value`
    QString detail = {};                    ///< a second paragraph, of less weight
    bool faint = false;                     ///< not known, or without a meaning for this process
    bool mono = false;                      ///< `value` is a number, a path or a command
    bool timed = false;                     ///< `label` is a moment
    bool operator==(const InspectorRow&) const = default;
};

/// Facts that belong together; never empty.
struct InspectorSection {
    QString key; ///< its name for tests and for assistive programs: "identity", "parents" …
    QString title;
    std::vector<InspectorRow> rows;
    bool wide = false; ///< sentences: wants all of the width
    bool operator==(const InspectorSection&) const = default;
};

/// All that is known of one process at one moment.
struct InspectorContent {
    std::optional<ProcessIndex> process;
    QString name;
    QString kindText;
    Kind kind = Kind::Program;
    QString state;
    Mark mark = Mark::NotBorn;
    QString sentence; ///< the verdict; empty while `state` says all that there is to say
    std::vector<InspectorSection> sections;
    bool operator==(const InspectorContent&) const = default;
};

/// How many rows a list in the inspector has at most; how many more there are is said.
constexpr std::size_t kInspectorMostRows = 20;

/// What the inspector tells of `process` at `t`: a pure function of what the feed has read. Tells nothing that happened
/// later. What is not known is said to be unknown, and what has no meaning for the process is left out, or said so.
InspectorContent inspectorContent(const RecordingFeed& feed, ProcessIndex process, EventTime t);

} // namespace daemonscope
