// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSlider>

#include <chrono>

namespace daemonscope {

class ViewState;
struct Theme;

/// The time cursor as a slider from the recording's start to its latest moment, in milliseconds.
class Scrubber : public QAbstractSlider {
    Q_OBJECT
public:
    Scrubber(ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    /// The moments between which it slides, in the clock of the events.
    void setSpan(std::chrono::nanoseconds start, std::chrono::nanoseconds latest);
    [[nodiscard]] QSize sizeHint() const override { return {220, 28}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void sliderChange(SliderChange change) override;

private:
    void seekTo(double x);

    ViewState& state_;
    const Theme& theme_;
    std::chrono::nanoseconds start_{};
    std::chrono::nanoseconds latest_{};
    bool showing_ = false; ///< the value is being set from the state, not by the person
};

} // namespace daemonscope
