// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <chrono>
#include <vector>

namespace trial {

/// The end of a process, as the kernel told it.
struct ProcessEnd {
    QByteArray label;
    std::chrono::nanoseconds time{};
};
using ProcessEnds = std::vector<ProcessEnd>;

/// Lessons keep what is not ordered by an event or a join this far apart (docs/lessons.md); ends that are nearer to
/// each other are in no order.
constexpr std::chrono::milliseconds kClearlyApart{200};

/// How the daemons of an exit sequence ended against the other children that it found: "its daemons ended before its
/// other children", or a line for each that did not. Empty if there were not both.
QByteArrayList daemonsAgainstOthers(const ProcessEnds& daemons, const ProcessEnds& others);

/// Pairs of processes that ended clearly in one order in one story and clearly in the other order in the other. Where a
/// label is missing in one of them, there is nothing to compare.
QByteArrayList reversedEnds(const ProcessEnds& one, const ProcessEnds& other);

} // namespace trial
