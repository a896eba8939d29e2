// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "recording/reader.h"

#include <QByteArray>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trial {

/// All that a recording says of one process.
struct ProcessFacts {
    daemonscope::ProcessId id;
    int births = 0;
    int ends = 0;
    std::optional<daemonscope::ProcessId> parent;
    daemonscope::payload::Born::How how = daemonscope::payload::Born::How::Unknown;
    std::vector<daemonscope::payload::Executed> execs;
    std::vector<daemonscope::payload::SignalDelivered> signals;
    std::vector<daemonscope::payload::KillRequested> kills;
    std::vector<daemonscope::payload::Reparented> reparented;
    std::vector<int> stops;
    int continues = 0;
    std::optional<daemonscope::payload::Exited> exited;
    QByteArray out;
    QByteArray err;
    bool wroteAfterEnd = false; ///< output stands behind the process's end
    std::size_t bornAt = 0;     ///< index of the event
    std::size_t endedAt = 0;

    [[nodiscard]] QByteArray end() const; ///< "exit 3", "signal 15", "ended" if nobody knows how, "" if it has no end
};

/// A recording, read as a whole.
struct RecordingFacts {
    std::string error; ///< why it could not be read, or what is wrong with it
    daemonscope::RecordingReader::State state{};
    std::vector<daemonscope::Event> events;
    std::map<std::uint32_t, ProcessFacts> processes; ///< by serial, the order of birth

    static RecordingFacts read(const std::string& path);

    /// The ends of all processes in order of birth, joined by ", ".
    [[nodiscard]] QByteArray ends() const;
    /// Births and ends in order of birth: "launch exit 0; fork(0) signal 9 …", the parent's serial in brackets.
    [[nodiscard]] QByteArray tree() const;
    /// Deliveries and requests in order: "1 got 15 from 0; 2 kills 1 by kill; 2 sends 15 to 1 by kill; 2 fails with 3".
    [[nodiscard]] QByteArray signalStory() const;
    /// The process with this end; null if there is none or more than one.
    [[nodiscard]] const ProcessFacts* endedBy(const QByteArray& end) const;
    [[nodiscard]] const ProcessFacts& at(std::uint32_t serial) const { return processes.at(serial); }
    /// What breaks the rules that hold for every recording that was closed in order, as a sentence; empty if nothing.
    [[nodiscard]] QByteArray flaw() const;
};

} // namespace trial
