// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/outputnotes.h"
#include "ui/model/recordingfeed.h"

#include <QObject>

namespace daemonscope {

/// A row of an output pane: a line that a process wrote, or a note of daemonscope's.
struct OutputRow {
    bool note = false;
    EventTime time{};
    ProcessIndex process = 0;
    payload::Stream stream = payload::Stream::Stdout;
    OutputNote::Tone tone = OutputNote::Tone::Plain;
    QString text; ///< escaped and bounded
};

/// What the panes of output show until a time: lines and notes in one order, of one process or of all. The text is
/// read from the recording when asked for. Follows the feed, which must outlive it; GUI thread.
class OutputLog : public QObject {
    Q_OBJECT
public:
    explicit OutputLog(const RecordingFeed& feed, QObject* parent = nullptr);

    /// Names all processes where a process is asked for.
    static constexpr ProcessIndex kAll = -1;

    /// How many rows there are until `t`.
    [[nodiscard]] int rowCount(ProcessIndex process, EventTime t) const;
    /// A row below rowCount(process, t).
    [[nodiscard]] OutputRow row(ProcessIndex process, int row, EventTime t) const;
    /// How many of the rows are lines, not notes.
    [[nodiscard]] int lineCount(ProcessIndex process, EventTime t) const;

private:
    [[nodiscard]] const std::vector<OutputNote>& notes(ProcessIndex process) const;
    [[nodiscard]] std::size_t noteCount(ProcessIndex process, EventTime t) const;
    [[nodiscard]] std::size_t linesBefore(ProcessIndex process, const OutputNote& note) const;

    const RecordingFeed& feed_;
    OutputNotes notes_;
};

/// A line of output, fit to be shown: colour sequences (SGR) are left out, other control characters are made visible.
QString shownLine(const std::string& bytes);

} // namespace daemonscope
