// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "exitorder.h"
#include "lifecycle/processtree.h"

#include <QByteArray>
#include <QByteArrayList>

#include <map>
#include <set>

namespace trial {

/// What a process's runtime tells that it does, in words without pids, times and places.
class Deeds {
public:
    explicit Deeds(const daemonscope::ProcessTree& tree)
        : tree_(tree)
    {
    }
    /// Names of objects, from every process's events.
    void learn(const daemonscope::Event& event);
    /// One of the process's own events, in order of time.
    void take(const daemonscope::Event& event);
    /// All of them; nothing more can be taken then.
    [[nodiscard]] QByteArrayList lines();

private:
    [[nodiscard]] QByteArray lineOf(const daemonscope::Payload& payload);
    [[nodiscard]] QByteArray object(const daemonscope::ObjectId& id) const;
    [[nodiscard]] QByteArray process(const std::optional<daemonscope::ProcessId>& id) const;
    /// Puts a line into the exit sequence.
    void takeExit(const daemonscope::Payload& payload, const QByteArray& line);
    void endExitSequence();

    const daemonscope::ProcessTree& tree_;
    std::map<daemonscope::ObjectId, QByteArray> names_;
    QByteArrayList lines_;
    bool inExitSequence_ = false;
    ExitOrder exit_;
    std::set<QByteArray> terminated_; ///< by the exit sequence
};

} // namespace trial
