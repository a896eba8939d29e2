// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/shownstate.h"

#include "lifecycle/verdict.h"
#include "ui/model/captions.h"

namespace daemonscope {

bool endUnseen(const RecordingFeed& feed, const Process& process, EventTime t)
{
    return feed.cutShort() && !process.ended && process.born <= t && t >= feed.tree().latest();
}

QString shownState(const RecordingFeed& feed, ProcessIndex process, EventTime t)
{
    const ProcessTree& tree = feed.tree();
    if (endUnseen(feed, tree.at(process), t))
        return QStringLiteral("not known since %1").arg(secondsText(tree.latest(), tree.start()));
    return QString::fromStdString(stateText(tree, process, t));
}

Mark shownMark(const RecordingFeed& feed, const Process& process, EventTime t)
{
    return endUnseen(feed, process, t) ? Mark::Unseen : markAt(process, t);
}

} // namespace daemonscope
