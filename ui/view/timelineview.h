// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/recordingfeed.h"
#include "ui/model/timelinelanes.h"
#include "ui/model/viewstate.h"

#include <QWidget>

class QLabel;
class QScrollBar;

namespace daemonscope {

struct Theme;
class LaneAxisChart;
class LaneOverlay;
class LiveCountChart;
class TimelineCaptions;
class TimelineLegend;

/// The timeline panel: how many processes live, one lane per process in tree order over an axis in seconds, and the
/// story in numbered captions. Follows the feed batch by batch and the ViewState; the state at the cursor is drawn,
/// what is known to come later only as faint bars.
class TimelineView : public QWidget {
    Q_OBJECT
public:
    TimelineView(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent);

    [[nodiscard]] LaneOverlay* overlay() const { return overlay_; }
    [[nodiscard]] const TimelineLanes& lanes() const { return lanes_; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The person wants to see what this process printed.
    void outputRequested(daemonscope::ProcessIndex process);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void rebuild();
    void takeBatch(const ProcessTree::Changes& changes);
    void refreshContent();
    void refreshTime();
    void refreshIdle();
    void refreshLegend();
    void refreshLiveCount();
    void refreshRange();
    void refreshScroll();
    void keepCursorInView();
    void place();
    [[nodiscard]] double nowSeconds() const;

    const RecordingFeed& feed_;
    ViewState& state_;
    const Theme& theme_;
    TimelineLanes lanes_;
    std::vector<LiveCount> counts_;
    bool placing_ = false;
    EventTime shownAt_{};      ///< the time of the last refresh
    int uncountedBatches_ = 0; ///< since counts_ were made
    QString subtitle_;
    QLabel* liveLabel_ = nullptr;
    TimelineLegend* legend_ = nullptr;
    LiveCountChart* liveCount_ = nullptr;
    LaneAxisChart* axis_ = nullptr;
    LaneOverlay* overlay_ = nullptr;
    QScrollBar* scrollBar_ = nullptr;
    TimelineCaptions* captions_ = nullptr;
};

} // namespace daemonscope
