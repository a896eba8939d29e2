// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/timelinelegend.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace daemonscope {

namespace {

constexpr double kBetween = 18; ///< between two entries
constexpr double kToWords = 6;  ///< from a mark to its words

double legendMarkWidth(TimelineLegend::Mark mark)
{
    switch (mark) {
    case TimelineLegend::Mark::NonDaemon:
    case TimelineLegend::Mark::Daemon:
    case TimelineLegend::Mark::Program:
    case TimelineLegend::Mark::Helper:
    case TimelineLegend::Mark::Waiting:
    case TimelineLegend::Mark::Stopped:
    case TimelineLegend::Mark::Orphaned:
    case TimelineLegend::Mark::Later:
        return 24;
    case TimelineLegend::Mark::Stdout:
    case TimelineLegend::Mark::Stderr:
    case TimelineLegend::Mark::KillArrow:
    case TimelineLegend::Mark::WaitEnds:
        return 12;
    case TimelineLegend::Mark::Killed:
    case TimelineLegend::Mark::Finished:
    case TimelineLegend::Mark::Failed:
    case TimelineLegend::Mark::Unknown:
        break;
    }
    return 14;
}

} // namespace

TimelineLegend::TimelineLegend(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
{
    setObjectName(QStringLiteral("timelineLegend"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

QString TimelineLegend::words(Mark mark)
{
    switch (mark) {
    case Mark::NonDaemon:
        return tr("non-daemon");
    case Mark::Daemon:
        return tr("daemon");
    case Mark::Program:
        return tr("program");
    case Mark::Helper:
        return tr("helper");
    case Mark::Waiting:
        return tr("waits for a child (join)");
    case Mark::Stopped:
        return tr("stopped");
    case Mark::Orphaned:
        return tr("orphaned: parent gone");
    case Mark::Stdout:
        return tr("line to stdout");
    case Mark::Stderr:
        return tr("line to stderr");
    case Mark::KillArrow:
        return tr("sends the signal");
    case Mark::Killed:
        return tr("killed");
    case Mark::Finished:
        return tr("ended by itself");
    case Mark::Failed:
        return tr("ended, exit code not 0");
    case Mark::Unknown:
        return tr("ended, how is not known");
    case Mark::WaitEnds:
        return tr("ends the wait");
    case Mark::Later:
        return tr("after the time shown");
    }
    return {};
}

bool TimelineLegend::setMarks(const std::vector<Mark>& marks)
{
    if (marks == marks_) {
        return false;
    }
    marks_ = marks;
    QStringList all;
    for (const Mark mark : marks_) {
        all.append(words(mark));
    }
    setAccessibleName(tr("Legend: %1").arg(all.join(QStringLiteral(", "))));
    update();
    return true;
}

double TimelineLegend::entryWidth(Mark mark) const
{
    return legendMarkWidth(mark) + kToWords
        + std::ceil(QFontMetricsF(daemonscope::font(Type::Secondary)).horizontalAdvance(words(mark)));
}

int TimelineLegend::naturalWidth() const
{
    double width = 0;
    for (const Mark mark : marks_) {
        width += entryWidth(mark) + kBetween;
    }
    return static_cast<int>(std::ceil(width));
}

std::vector<std::vector<TimelineLegend::Mark>> TimelineLegend::wrapped(int width) const
{
    std::vector<std::vector<Mark>> lines(1);
    double used = 0;
    for (const Mark mark : marks_) {
        const double needed = entryWidth(mark) + kBetween;
        if (used + needed > width && !lines.back().empty()) {
            lines.emplace_back();
            used = 0;
        }
        lines.back().push_back(mark);
        used += needed;
    }
    return lines;
}

int TimelineLegend::linesFor(int width) const
{
    return static_cast<int>(wrapped(width).size());
}

void TimelineLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double middle = kLine / 2.0;
    for (const std::vector<Mark>& line : wrapped(width())) {
        double used = 0;
        for (const Mark mark : line) {
            used += entryWidth(mark) + kBetween;
        }
        double x = std::round(width() - used + kBetween);
        for (const Mark mark : line) {
            paintMark(painter, mark, QPointF(x, middle));
            painter.setFont(daemonscope::font(Type::Secondary));
            painter.setPen(theme_.secondaryText);
            const double left = x + legendMarkWidth(mark) + kToWords;
            painter.drawText(QRectF(left, middle - 10, width(), 20), Qt::AlignVCenter | Qt::AlignLeft, words(mark));
            x += entryWidth(mark) + kBetween;
        }
        middle += kLine;
    }
}

void TimelineLegend::paintMark(QPainter& painter, Mark mark, QPointF left) const
{
    const QRectF bar(left.x(), left.y() - 6, legendMarkWidth(mark), 12);
    const QPointF middle = bar.center();
    switch (mark) {
    case Mark::NonDaemon:
        return paintBar(painter, bar, 3, Badge::NonDaemon, false, theme_);
    case Mark::Daemon:
        return paintBar(painter, bar, 3, Badge::Daemon, false, theme_);
    case Mark::Program:
    case Mark::Helper:
        return paintBar(painter, bar, 3, Badge::Program, false, theme_);
    case Mark::Waiting:
        return paintBar(painter, bar, 3, Badge::NonDaemon, true, theme_);
    case Mark::Stopped:
        painter.setPen(QPen(theme_.nonDaemon.line, 1.4));
        painter.setBrush(theme_.nonDaemon.tint);
        painter.drawRect(bar.adjusted(0.7, 0.7, -0.7, -0.7));
        painter.fillRect(QRectF(middle.x() - 4, middle.y() - 2.5, 2.4, 5), theme_.nonDaemon.line);
        painter.fillRect(QRectF(middle.x() + 1.6, middle.y() - 2.5, 2.4, 5), theme_.nonDaemon.line);
        return;
    case Mark::Orphaned:
        paintBar(painter, QRectF(left.x() + 5, left.y() - 2.5, 19, 5), 2.5, Badge::NonDaemon, false, theme_);
        painter.setPen(QPen(theme_.nonDaemon.line, 1.6));
        painter.setBrush(theme_.panel);
        painter.drawEllipse(QPointF(left.x() + 5, left.y()), 3.4, 3.4);
        return;
    case Mark::Stdout:
    case Mark::Stderr: {
        // The edge of a bar with a tick on it: below for stdout, above for stderr.
        const bool above = mark == Mark::Stderr;
        painter.fillRect(QRectF(left.x(), middle.y() - 6, 12, 12), theme_.nonDaemon.bar);
        painter.fillRect(QRectF(middle.x() - 1, above ? middle.y() - 5 : middle.y(), 1.5, 5), theme_.nonDaemon.barText);
        return;
    }
    case Mark::KillArrow:
    case Mark::WaitEnds: {
        const bool kill = mark == Mark::KillArrow;
        const QColor colour = kill ? theme_.kill : theme_.ended;
        const double direction = kill ? 1 : -1;
        painter.setPen(QPen(colour, kill ? 2.5 : 1.6));
        painter.drawLine(middle + QPointF(0, -6 * direction), middle + QPointF(0, 2 * direction));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{middle + QPointF(0, 7 * direction), middle + QPointF(-4, 1 * direction),
            middle + QPointF(4, 1 * direction)});
        if (kill) {
            painter.drawEllipse(middle + QPointF(0, -6), 2.6, 2.6);
        }
        return;
    }
    case Mark::Killed:
        return paintKillCross(painter, middle, 7, theme_, false);
    case Mark::Finished:
        return paintCheckDisc(painter, middle, 7, theme_, false);
    case Mark::Failed:
        return paintFailDisc(painter, middle, 7, theme_, false);
    case Mark::Unknown:
        painter.setPen(QPen(theme_.ended, 2, Qt::DotLine));
        painter.setBrush(theme_.panel);
        painter.drawEllipse(middle, 6, 6);
        return;
    case Mark::Later:
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.grid);
        painter.drawRoundedRect(bar, 3, 3);
        return;
    }
}

std::vector<TimelineLegend::Mark> legendMarks(const LaneMarks& marks, bool toStdout, bool toStderr, bool later)
{
    std::vector<TimelineLegend::Mark> list;
    const auto add = [&list](bool occurs, TimelineLegend::Mark mark) {
        if (occurs) {
            list.push_back(mark);
        }
    };
    add(marks.nonDaemon || marks.main, TimelineLegend::Mark::NonDaemon);
    add(marks.daemon, TimelineLegend::Mark::Daemon);
    add(marks.program, TimelineLegend::Mark::Program);
    add(marks.helper, TimelineLegend::Mark::Helper);
    add(marks.waiting, TimelineLegend::Mark::Waiting);
    add(marks.stopped, TimelineLegend::Mark::Stopped);
    add(marks.orphaned, TimelineLegend::Mark::Orphaned);
    add(toStdout, TimelineLegend::Mark::Stdout);
    add(toStderr, TimelineLegend::Mark::Stderr);
    add(marks.killArrow, TimelineLegend::Mark::KillArrow);
    add(marks.killed, TimelineLegend::Mark::Killed);
    add(marks.finished, TimelineLegend::Mark::Finished);
    add(marks.failed, TimelineLegend::Mark::Failed);
    add(marks.unknown, TimelineLegend::Mark::Unknown);
    add(marks.waitedFor, TimelineLegend::Mark::WaitEnds);
    add(later, TimelineLegend::Mark::Later);
    return list;
}

} // namespace daemonscope
