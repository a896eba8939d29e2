// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/timelinelanes.h"

#include <QWidget>

#include <vector>

namespace daemonscope {

struct Theme;

/// Explains every mark that occurs in the timeline, and no other. Its entries stand in lines, aligned to the right.
class TimelineLegend : public QWidget {
    Q_OBJECT
public:
    enum class Mark {
        NonDaemon,
        Daemon,
        Program,
        Helper,
        Waiting,
        Stopped,
        Orphaned,
        Stdout,
        Stderr,
        KillArrow,
        Killed,
        Finished,
        Failed,
        Unknown,
        WaitEnds,
        Later
    };

    TimelineLegend(const Theme& theme, QWidget* parent);

    /// What occurs; whether it changed what is shown.
    bool setMarks(const std::vector<Mark>& marks);
    [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }
    /// The words of an entry.
    static QString words(Mark mark);
    /// How many lines the entries need at this width, and how wide all of them are in one line.
    [[nodiscard]] int linesFor(int width) const;
    [[nodiscard]] int naturalWidth() const;

    static constexpr int kLine = 24;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] double entryWidth(Mark mark) const;
    [[nodiscard]] std::vector<std::vector<Mark>> wrapped(int width) const;
    void paintMark(QPainter& painter, Mark mark, QPointF leftMiddle) const;

    const Theme& theme_;
    std::vector<Mark> marks_;
};

/// Which entries the lanes need. `later`: something is known that lies after the time cursor.
std::vector<TimelineLegend::Mark> legendMarks(const LaneMarks& marks, bool toStdout, bool toStderr, bool later);

} // namespace daemonscope
