// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/verdict.h"
#include "ui/model/inspectorcontent.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The sections of the inspector, one function each. Only inspectorcontent.cpp puts them together.
namespace daemonscope::inspector {

/// Of which process the inspector speaks, and when.
struct Subject {
    const RecordingFeed& feed;
    const ProcessTree& tree;
    const Process& process;
    EventTime t;

    [[nodiscard]] bool past(const std::optional<EventTime>& time) const { return time && *time <= t; }
    [[nodiscard]] bool ended() const { return past(process.ended); }
    /// "3.00 s", since the program's start.
    [[nodiscard]] QString at(EventTime time) const;
    /// Another process, by the one that it is shown as part of.
    [[nodiscard]] InspectorLink link(ProcessIndex other) const;
    [[nodiscard]] QString evidence(Evidence evidence) const;
    [[nodiscard]] QString python() const; ///< whose multiprocessing tells of it: "Python", "the engine"
};

QString text(const std::string& words);

/// Collects the rows of one section. Of a list that may be long, room() is asked before each row: those for which there
/// is none are counted only.
class Rows {
public:
    [[nodiscard]] bool room()
    {
        if (rows_.size() < kInspectorMostRows)
            return true;
        ++more_;
        return false;
    }
    InspectorRow& add(const QString& label, const QString& value, const QString& evidence = {})
    {
        return rows_.emplace_back(InspectorRow{label, value, evidence});
    }
    InspectorRow& unknown(const QString& label, const QString& value)
    {
        InspectorRow& row = add(label, value);
        row.faint = true;
        return row;
    }
    InspectorRow& mono(const QString& label, const QString& value, const QString& evidence = {})
    {
        InspectorRow& row = add(label, value, evidence);
        row.mono = true;
        return row;
    }
    /// A list's entry, by its time.
    InspectorRow& timed(const QString& time, const QString& value, const QString& evidence = {})
    {
        InspectorRow& row = add(time, value, evidence);
        row.timed = true;
        return row;
    }
    InspectorRow& link(
        const QString& label, InspectorLink process, const QString& value = {}, const QString& evidence = {})
    {
        InspectorRow& row = add(label, value, evidence);
        row.link = std::move(process);
        return row;
    }
    std::vector<InspectorRow> take()
    {
        if (more_ > 0) {
            const bool timed = rows_.back().timed;
            unknown({}, QStringLiteral("and %1 more").arg(more_)).timed = timed;
        }
        return std::move(rows_);
    }

private:
    std::vector<InspectorRow> rows_;
    std::size_t more_ = 0;
};

std::vector<InspectorRow> identity(const Subject& subject);
std::vector<InspectorRow> daemonFlag(const Subject& subject);
std::vector<InspectorRow> parents(const Subject& subject);
std::vector<InspectorRow> children(const Subject& subject);
std::vector<InspectorRow> life(const Subject& subject);
std::vector<InspectorRow> end(const Subject& subject);
std::vector<InspectorRow> use(const Subject& subject);
std::vector<InspectorRow> output(const Subject& subject);
std::vector<InspectorRow> threads(const Subject& subject);
std::vector<InspectorRow> findings(const Subject& subject);
std::vector<InspectorRow> facts(const Subject& subject);

} // namespace daemonscope::inspector
