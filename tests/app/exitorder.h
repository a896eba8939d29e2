// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <map>

namespace trial {

/// Brings what a process does in its exit sequence into a normal form. multiprocessing keeps children in a set, so that
/// which of several daemons is terminated first is nobody's to say, nor which of several children is joined first. All
/// else has an order: what is done to one child, that the daemons are terminated before anybody is joined, and that a
/// phase begins when the one before it is over.
class ExitOrder {
public:
    enum class Kind {
        Terminate, ///< a daemon gets its signal
        Join,      ///< a child is waited for, or its end is seen
        Barrier,   ///< anything else: what comes before it stays before it
    };
    /// `child` is empty for a barrier.
    void take(Kind kind, const QByteArray& child, const QByteArray& line);
    /// The lines so far in their normal form; begins anew.
    [[nodiscard]] QByteArrayList lines();

private:
    void endRun();

    QByteArrayList done_;
    Kind run_ = Kind::Barrier;
    std::map<QByteArray, QByteArrayList> byChild_; ///< lines of the run
};

} // namespace trial
