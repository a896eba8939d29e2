// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/viewstate.h"

namespace daemonscope {

ViewState::ViewState(QObject* parent)
    : QObject(parent)
{
}

void ViewState::setTime(EventTime time)
{
    if (!following_ && time == time_)
        return;
    following_ = false;
    time_ = time;
    Q_EMIT timeChanged();
}

void ViewState::follow()
{
    if (following_ && time_ == latest_)
        return;
    following_ = true;
    time_ = latest_;
    Q_EMIT timeChanged();
}

void ViewState::setLatest(EventTime latest)
{
    latest_ = latest;
    if (!following_ || time_ == latest)
        return;
    time_ = latest;
    Q_EMIT timeChanged();
}

void ViewState::select(std::optional<ProcessIndex> process)
{
    if (process == selection_)
        return;
    selection_ = process;
    Q_EMIT selectionChanged();
}

void ViewState::setFilter(const QString& filter)
{
    if (filter == filter_)
        return;
    filter_ = filter;
    Q_EMIT filterChanged();
}

void ViewState::setZoom(std::optional<TimeRange> zoom)
{
    if (zoom == zoom_)
        return;
    zoom_ = zoom;
    Q_EMIT zoomChanged();
}

void ViewState::reset()
{
    select(std::nullopt);
    setFilter({});
    setZoom(std::nullopt);
    latest_ = {};
    time_ = {};
    following_ = true;
    Q_EMIT timeChanged();
}

} // namespace daemonscope
