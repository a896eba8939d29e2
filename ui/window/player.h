// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>

namespace daemonscope {

class RecordingFeed;
class ViewState;

/// Moves the time cursor: plays the recording as fast as it happened, or steps from one event to the next.
class Player : public QObject {
    Q_OBJECT
public:
    Player(const RecordingFeed& feed, ViewState& state, QObject* parent = nullptr);

    [[nodiscard]] bool playing() const { return timer_.isActive(); }
    /// From the cursor on; from the start if the cursor is at the end.
    void play();
    void pause();
    void toggle();
    void toStart();
    /// The latest moment, and with it while the recording grows.
    void toEnd();
    void stepForward();
    void stepBack();

Q_SIGNALS:
    void playingChanged(bool playing);

private:
    void tick();

    const RecordingFeed& feed_;
    ViewState& state_;
    QTimer timer_;
    QElapsedTimer sinceTick_;
};

} // namespace daemonscope
