// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/process.h"

#include <QWidget>

class QAction;
class QHBoxLayout;

namespace daemonscope {

class GlyphButton;
class RecordingFeed;
class Scrubber;
class ViewState;
enum class Glyph;
struct Theme;

/// The top of the window: what is shown, one sentence on how it stands, the clock ("at 3.00 of 5.02 s"), the time
/// cursor's slider and the buttons.
class HeaderBar : public QWidget {
    Q_OBJECT
public:
    HeaderBar(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    /// Adds a button at the right end.
    GlyphButton* addButton(QAction& action, Glyph glyph, bool primary = false);
    void addGap();
    [[nodiscard]] QString title() const { return title_; }
    [[nodiscard]] QString subtitle() const { return subtitle_; }
    /// "at 3.00 of 5.02 s", or "live, 3.00 s".
    [[nodiscard]] QString clockText() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void refreshTime();
    void showTime();
    void paintClock(QPainter& painter, const QRectF& rect) const;

    const RecordingFeed& feed_;
    ViewState& state_;
    const Theme& theme_;
    QString title_;
    QString subtitle_;
    EventTime summarizedAt_{}; ///< the time that subtitle_ tells of
    QHBoxLayout* row_;
    QWidget* clock_;
    Scrubber* scrubber_;
};

} // namespace daemonscope
