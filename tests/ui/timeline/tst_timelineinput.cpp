// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "timelinestage.h"

#include "ui/view/timelinecaptions.h"

#include <QMouseEvent>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace daemonscope;

class TimelineInputTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void clickSelectsAndSeeks();
    void gutterOnlySelects();
    void dragSeeks();
    void dragToTheEndFollows();
    void keys();
    void wheel();
    void captionGoesThere();
};

void TimelineInputTest::clickSelectsAndSeeks()
{
    Stage stage(stories::writeTeaching);
    QSignalSpy selected(&stage.state, &ViewState::selectionChanged);
    QTest::mouseClick(stage.lanes, Qt::LeftButton, {}, stage.point(1, 1.5));
    QCOMPARE(selected.count(), 1);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(1));
    QVERIFY(std::abs(secondsOf(stage, stage.state.time()) - 1.5) < 0.01);
    QVERIFY(!stage.state.following());
    // The selected lane is shown as such.
    QCOMPARE(stage.pixel(QPoint(1, stage.point(1, 0).y())), Theme::light().selectionLine);
}

void TimelineInputTest::gutterOnlySelects()
{
    Stage stage(stories::writeTeaching);
    const EventTime before = stage.state.time();
    QTest::mouseClick(stage.lanes, Qt::LeftButton, {}, QPoint(40, stage.point(2, 0).y()));
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(2));
    QCOMPARE(stage.state.time(), before);
    QVERIFY(stage.state.following());
}

void TimelineInputTest::dragSeeks()
{
    Stage stage(stories::writeTeaching);
    QTest::mousePress(stage.lanes, Qt::LeftButton, {}, stage.point(0, 4));
    for (const double seconds : {3.2, 2.0, 1.0}) {
        const QPoint to = stage.point(0, seconds);
        QMouseEvent move(QEvent::MouseMove, to, stage.lanes->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(stage.lanes, &move);
        QVERIFY(std::abs(secondsOf(stage, stage.state.time()) - seconds) < 0.01);
    }
    QTest::mouseRelease(stage.lanes, Qt::LeftButton, {}, stage.point(0, 1));
    const EventTime last = stage.state.time();
    const QPoint to = stage.point(0, 4);
    QMouseEvent move(QEvent::MouseMove, to, stage.lanes->mapToGlobal(to), Qt::NoButton, Qt::NoButton, {});
    QApplication::sendEvent(stage.lanes, &move);
    QCOMPARE(stage.state.time(), last);
}

void TimelineInputTest::dragToTheEndFollows()
{
    Stage stage(stories::writeTeaching);
    stage.state.setTime(stage.at(1));
    QTest::mouseClick(stage.lanes, Qt::LeftButton, {}, stage.point(0, 5.5));
    QVERIFY(stage.state.following());
    QCOMPARE(stage.state.time(), stage.feed.now());
}

void TimelineInputTest::keys()
{
    Stage stage(stories::writeTeaching);
    const auto press = [&stage](Qt::Key key) { QTest::keyClick(stage.lanes, key); };
    press(Qt::Key_Down);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(0));
    press(Qt::Key_Down);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(1));
    press(Qt::Key_End);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(2));
    press(Qt::Key_Down);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(2));
    press(Qt::Key_Home);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(0));
    QSignalSpy output(stage.view.get(), &TimelineView::outputRequested);
    press(Qt::Key_Return);
    QCOMPARE(output.count(), 1);

    const TimelineRange whole = stage.lanes->range();
    stage.state.setTime(stage.at(2));
    press(Qt::Key_Plus);
    QVERIFY(stage.state.zoom().has_value());
    const TimelineRange zoomed = stage.lanes->range();
    QVERIFY(zoomed.span() < whole.span() * 0.9);
    press(Qt::Key_Right);
    QVERIFY(stage.lanes->range().begin > zoomed.begin);
    press(Qt::Key_A);
    QVERIFY(std::abs(stage.lanes->range().begin - zoomed.begin) < whole.span() / 500);
    press(Qt::Key_BracketLeft);
    QVERIFY(stage.lanes->laneHeight() <= 66);
    press(Qt::Key_F);
    QCOMPARE(stage.lanes->range(), whole);
    QCOMPARE(stage.lanes->laneHeight(), 66.0);
    press(Qt::Key_W);
    press(Qt::Key_Escape);
    QCOMPARE(stage.lanes->range(), whole);
    QVERIFY(!stage.state.following());
    press(Qt::Key_L);
    QVERIFY(stage.state.following());
}

void TimelineInputTest::wheel()
{
    Stage stage(stories::writeTeaching);
    const auto turn = [&stage](QPoint at, int notches, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, stage.lanes->mapToGlobal(at), {}, QPoint(0, notches * 120), Qt::NoButton, modifiers,
            Qt::NoScrollPhase, false);
        QApplication::sendEvent(stage.lanes, &event);
    };
    const QPoint at = stage.point(0, 3);
    turn(at, 2, Qt::ControlModifier);
    const TimelineRange zoomed = stage.lanes->range();
    QVERIFY(zoomed.span() < 5);
    // The moment under the pointer stays under it.
    QVERIFY(std::abs(stage.lanes->viewport().scale.x(3) - at.x()) < 2);
    turn(at, -1, Qt::ShiftModifier);
    QVERIFY(stage.lanes->range().begin > zoomed.begin);
    stage.lanes->fit();
    turn(at, 3, {}); // all lanes are seen: nothing to scroll, so it zooms
    QVERIFY(stage.state.zoom().has_value());

    Stage many(hundredAndSixty);
    many.lanes->setLaneHeight(26);
    QVERIFY(many.lanes->greatestScroll() > 0);
    QWheelEvent down(QPoint(400, 100), many.lanes->mapToGlobal(QPoint(400, 100)), {}, QPoint(0, -120), Qt::NoButton, {},
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(many.lanes, &down);
    QVERIFY(many.lanes->scroll() > 0);
    QVERIFY(!many.state.zoom().has_value());
}

void TimelineInputTest::captionGoesThere()
{
    Stage stage(stories::writeTeaching);
    auto* captions = stage.view->findChild<TimelineCaptions*>(QStringLiteral("timelineCaptions"));
    QVERIFY(captions != nullptr);
    QVERIFY(captions->accessibleName().contains(QStringLiteral("Process-1")));
    QVERIFY(captions->height() >= 20);
    QTest::mouseClick(captions, Qt::LeftButton, {}, QPoint(30, 12));
    QVERIFY(std::abs(secondsOf(stage, stage.state.time()) - 3.0) < 0.001);
    QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(0));
}

int main(int argc, char** argv)
{
    return runOnStage<TimelineInputTest>(argc, argv);
}
#include "tst_timelineinput.moc"
