// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "timelinestories.h"

#include "ui/model/recordingfeed.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/laneoverlay.h"
#include "ui/view/timelineview.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <memory>

namespace daemonscope {

/// A timeline over a recorded story.
struct Stage {
    explicit Stage(void (*write)(RecordingWriter&), const Theme& look = Theme::light(), QSize size = {1400, 480})
    {
        const std::string path = folder.filePath(QStringLiteral("story.dscope")).toStdString();
        stories::record(path, write);
        if (!feed.open(path).ok()) {
            qFatal("cannot open the story");
        }
        view = std::make_unique<TimelineView>(feed, state, look, nullptr);
        QObject::connect(&feed, &RecordingFeed::changed, &state, [this] { state.setLatest(feed.now()); });
        feed.readAll();
        state.setLatest(feed.now());
        view->resize(size);
        view->show();
        QApplication::processEvents();
        lanes = view->findChild<LaneOverlay*>(QStringLiteral("timelineLanes"));
    }
    [[nodiscard]] EventTime at(double seconds) const
    {
        return feed.tree().start() + EventTime(std::llround(seconds * 1e9));
    }
    /// The point of a lane's middle at a time, in the overlay.
    [[nodiscard]] QPoint point(ProcessIndex process, double seconds) const
    {
        return QPointF(lanes->viewport().scale.x(seconds), lanes->rowOf(process).center().y()).toPoint();
    }
    [[nodiscard]] QColor pixel(QPoint at) const { return lanes->grab().toImage().pixelColor(at); }
    [[nodiscard]] int count(const QColor& colour, QRect where) const
    {
        const QImage image = lanes->grab(where).toImage();
        int found = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                found += image.pixelColor(x, y) == colour ? 1 : 0;
            }
        }
        return found;
    }

    QTemporaryDir folder;
    RecordingFeed feed;
    ViewState state;
    std::unique_ptr<TimelineView> view;
    LaneOverlay* lanes = nullptr;
};

inline double secondsOf(const Stage& stage, EventTime time)
{
    return static_cast<double>((time - stage.feed.tree().start()).count()) * 1e-9;
}

inline void hundredAndSixty(RecordingWriter& writer)
{
    stories::writeFamilies(writer, 160, 7);
}

/// A main() that makes every picture the same, then runs the test.
template <class Test> int runOnStage(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace daemonscope
