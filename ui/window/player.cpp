// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/player.h"

#include "ui/model/recordingfeed.h"
#include "ui/model/summary.h"
#include "ui/model/viewstate.h"

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kTickMs = 17;
}

Player::Player(const RecordingFeed& feed, ViewState& state, QObject* parent)
    : QObject(parent)
    , feed_(feed)
    , state_(state)
{
    timer_.setInterval(kTickMs);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Player::tick);
    connect(&feed, &RecordingFeed::aboutToReset, this, &Player::pause);
}

void Player::play()
{
    if (playing() || feed_.tree().size() == 0)
        return;
    if (state_.following() || state_.time() >= feed_.now())
        state_.setTime(feed_.tree().start());
    sinceTick_.start();
    timer_.start();
    Q_EMIT playingChanged(true);
}

void Player::pause()
{
    if (!playing())
        return;
    timer_.stop();
    Q_EMIT playingChanged(false);
}

void Player::toggle()
{
    if (playing())
        pause();
    else
        play();
}

void Player::tick()
{
    // What a busy machine lost between two ticks is caught up, so that seconds stay seconds.
    const EventTime next = state_.time() + std::chrono::nanoseconds(sinceTick_.nsecsElapsed());
    sinceTick_.start();
    if (next < feed_.now()) {
        state_.setTime(next);
        return;
    }
    pause();
    toEnd();
}

void Player::toStart()
{
    pause();
    state_.setTime(feed_.tree().start());
}

void Player::toEnd()
{
    pause();
    state_.follow();
}

void Player::stepForward()
{
    pause();
    const std::vector<EventTime> times = moments(feed_.tree());
    const auto next = std::upper_bound(times.begin(), times.end(), state_.time());
    if (next == times.end())
        toEnd();
    else
        state_.setTime(*next);
}

void Player::stepBack()
{
    pause();
    const std::vector<EventTime> times = moments(feed_.tree());
    const auto here = std::lower_bound(times.begin(), times.end(), state_.time());
    state_.setTime(here == times.begin() ? feed_.tree().start() : *std::prev(here));
}

} // namespace daemonscope
