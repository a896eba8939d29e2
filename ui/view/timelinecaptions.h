// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/captions.h"

#include <QWidget>

#include <vector>

namespace daemonscope {

struct Theme;

/// The story in a few numbered sentences below the lanes: number, time, what happened. What lies after the time cursor
/// is faded. A click goes to that moment and process.
class TimelineCaptions : public QWidget {
    Q_OBJECT
public:
    TimelineCaptions(const Theme& theme, QWidget* parent);

    void setCaptions(const std::vector<Caption>& captions, EventTime start);
    void setCursorTime(EventTime time);
    /// The height that all captions need at this width.
    [[nodiscard]] int heightFor(int width) const;

    [[nodiscard]] int lineHeight() const;

Q_SIGNALS:
    void chosen(const daemonscope::Caption& caption);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    /// Where each caption stands at this width, in lines from left to right.
    [[nodiscard]] std::vector<QRectF> places(int width) const;
    [[nodiscard]] QString timeText(const Caption& caption) const;

    const Theme& theme_;
    std::vector<Caption> captions_;
    EventTime start_{};
    EventTime cursor_{};
};

} // namespace daemonscope
