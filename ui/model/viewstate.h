// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/process.h"

#include <QObject>
#include <QString>

#include <optional>

namespace daemonscope {

/// A stretch of time, in the clock of the events.
struct TimeRange {
    EventTime begin{};
    EventTime end{};
    bool operator==(const TimeRange&) const = default;
};

/// What the person looks at: the time cursor, the selected process, the filter and the visible stretch of time. All
/// panes watch one ViewState and none of them knows another. Lives in the GUI thread.
class ViewState : public QObject {
    Q_OBJECT
public:
    explicit ViewState(QObject* parent = nullptr);

    /// The moment that all panes show. While following() it is the latest moment that is known.
    [[nodiscard]] EventTime time() const { return time_; }
    [[nodiscard]] bool following() const { return following_; }
    /// Shows the moment `time` and no longer follows.
    void setTime(EventTime time);
    /// Follows the latest moment from now on.
    void follow();
    /// What is the latest moment now; moves the cursor while following.
    void setLatest(EventTime latest);
    [[nodiscard]] EventTime latest() const { return latest_; }

    [[nodiscard]] std::optional<ProcessIndex> selection() const { return selection_; }
    void select(std::optional<ProcessIndex> process);

    /// Only processes whose name or pid contains this text are of interest; empty: all.
    [[nodiscard]] const QString& filter() const { return filter_; }
    void setFilter(const QString& filter);

    /// The visible stretch of the timeline; none: all of the recording, also while it grows.
    [[nodiscard]] const std::optional<TimeRange>& zoom() const { return zoom_; }
    void setZoom(std::optional<TimeRange> zoom);

    /// Back to the beginning, for another recording: follows, nothing selected, no zoom, no filter.
    void reset();

Q_SIGNALS:
    /// time() or following() is another one.
    void timeChanged();
    void selectionChanged();
    void filterChanged();
    void zoomChanged();

private:
    EventTime time_{};
    EventTime latest_{};
    bool following_ = true;
    std::optional<ProcessIndex> selection_;
    QString filter_;
    std::optional<TimeRange> zoom_;
};

} // namespace daemonscope
