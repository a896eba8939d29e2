// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/viewstate.h"
#include "ui/support/story.h"
#include "ui/theme/theme.h"
#include "ui/view/diagramitem.h"
#include "ui/view/diagrampane.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace daemonscope::test {

/// A diagram over a recorded story.
struct Stage {
    explicit Stage(const std::vector<StoryEvent>& story, QSize size = {900, 560}, const Theme& look = Theme::light())
        : theme(look)
    {
        const std::string path = folder.filePath(QStringLiteral("story.dscope")).toStdString();
        writeStory(path, story);
        if (!feed.open(path).ok())
            qFatal("cannot open the story");
        pane = std::make_unique<DiagramPane>(feed, state, look);
        QObject::connect(&feed, &RecordingFeed::changed, &state, [this] { state.setLatest(feed.now()); });
        feed.readAll();
        state.setLatest(feed.now());
        pane->resize(size);
        pane->show();
        settle();
    }
    [[nodiscard]] DiagramView& view() const { return pane->view(); }
    [[nodiscard]] const DiagramItem& item() const { return pane->view().item(); }
    [[nodiscard]] QPoint middle(int node) const { return view().cardInView(node).center().toPoint(); }
    void settle() const
    {
        QTRY_VERIFY_WITH_TIMEOUT(!view().busy(), 60000);
        QApplication::processEvents();
    }
    void click(QPoint where) const
    {
        QTest::mouseClick(view().viewport(), Qt::LeftButton, {}, where);
        settle();
    }
    void key(Qt::Key key) const
    {
        QTest::keyClick(&view(), key);
        settle();
    }
    void seek(double seconds)
    {
        state.setTime(at(seconds));
        settle();
    }
    [[nodiscard]] int count(const QColor& colour, const QRectF& where) const
    {
        const QImage image = view().viewport()->grab(where.toAlignedRect()).toImage();
        int found = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                found += image.pixelColor(x, y) == colour ? 1 : 0;
        }
        return found;
    }
    [[nodiscard]] int count(const QColor& colour) const { return count(colour, view().viewport()->rect()); }

    QTemporaryDir folder;
    RecordingFeed feed;
    ViewState state;
    const Theme& theme;
    std::unique_ptr<DiagramPane> pane;
};

/// A main() that makes every picture the same, then runs the test.
template <class Test> int runDiagramTest(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace daemonscope::test
