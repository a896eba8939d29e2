// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <QString>

#include <vector>

namespace daemonscope {

/// A main event of the story with its number: one event of one process, in at most about eight words. The number also
/// stands beside that process's lane at that time.
struct Caption {
    enum class What { MainCodeEnded, Killed, Ended };
    int number = 1;
    EventTime time{};
    ProcessIndex process = 0;
    What what = What::Ended;
    QString text;
};

/// The events that tell the story until `t`, in the order of time, at most `limit`: which main code ended, who was
/// killed by whom, and who was waited for.
std::vector<Caption> captions(const ProcessTree& tree, EventTime t, std::size_t limit = 5);

/// Times of a story as the panes show them: seconds since the recording's start, "3.00 s".
QString secondsText(EventTime time, EventTime start);

/// A name, argument or message that a program under observation chose, fit to be shown: control characters become
/// visible escapes, bytes that are not UTF-8 are replaced, and it is cut to `maxLength` characters with an ellipsis.
QString shownText(const std::string& hostile, int maxLength = 200);

} // namespace daemonscope
