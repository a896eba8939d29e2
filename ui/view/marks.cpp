// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/marks.h"

#include "ui/theme/theme.h"
#include "ui/view/processbadge.h"

#include <QPainter>

namespace daemonscope {

void paintMark(QPainter& painter, Mark mark, Kind kind, QPointF center, double radius, const Theme& theme)
{
    const KindColors& colors = kindColors(badgeFor(kind), theme);
    switch (mark) {
    case Mark::NotBorn:
        break;
    case Mark::Running:
        paintRunningMark(painter, center, radius, colors);
        break;
    case Mark::Waiting:
    case Mark::Stopped:
        paintWaitingMark(painter, center, radius, colors);
        break;
    case Mark::Finished:
        paintCheckDisc(painter, center, radius, theme, false);
        break;
    case Mark::Failed:
    case Mark::Gone:
        paintFailDisc(painter, center, radius, theme, false);
        break;
    case Mark::Unseen:
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.ended, 1.6, Qt::DotLine));
        painter.setBrush(theme.panel);
        painter.drawEllipse(center, radius - 1, radius - 1);
        break;
    case Mark::Killed:
        paintKillCross(painter, center, radius, theme, false);
        break;
    }
}

QColor markTextColor(Mark mark, const Theme& theme)
{
    return mark == Mark::Killed ? theme.kill : theme.ended;
}

} // namespace daemonscope
