// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a person can do with the diagram: mouse, wheel and keys.
#include "diagramstage.h"

#include <QLineF>
#include <QWheelEvent>

using namespace daemonscope;
using namespace daemonscope::test;

class DiagramInputTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void clickSelects();
    void selectionOfOthersIsShown();
    void stacksUnfoldAndFold();
    void keysGoAlongTheLines();
    void zoomAndDrag();
};

void DiagramInputTest::clickSelects()
{
    Stage stage(daemonStory());
    for (const int node : {2, 0, 1}) {
        stage.click(stage.middle(node));
        QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(stage.item().nodes().at(node).process));
        QCOMPARE(stage.item().selectedNode(), node);
    }
    // The ground selects nothing, and a drag is no click.
    stage.click({5, 5});
    QCOMPARE(stage.item().selectedNode(), 1);
    QTest::mousePress(stage.view().viewport(), Qt::LeftButton, {}, stage.middle(2));
    QTest::mouseMove(stage.view().viewport(), stage.middle(2) + QPoint(60, 30));
    QTest::mouseRelease(stage.view().viewport(), Qt::LeftButton, {}, stage.middle(2) + QPoint(60, 30));
    QCOMPARE(stage.item().selectedNode(), 1);
}

void DiagramInputTest::selectionOfOthersIsShown()
{
    Stage stage(daemonStory());
    const QRectF card = stage.view().cardInView(2);
    const QRectF ring(card.left() + 30, card.bottom() + 2, card.width() - 60, 8);
    QCOMPARE(stage.count(stage.theme.selectionLine, ring), 0);
    stage.state.select(2);
    QVERIFY(stage.count(stage.theme.selectionLine, ring) > 100);
    stage.state.select(std::nullopt);
    QCOMPARE(stage.count(stage.theme.selectionLine, ring), 0);
    // In a stack that hides it, the stack is marked.
    Stage pool(poolStory(200));
    pool.state.select(42);
    QCOMPARE(pool.item().selectedNode(), pool.item().nodes().nodeOf(42));
    QVERIFY(pool.item().nodes().at(pool.item().selectedNode()).stack());
}

void DiagramInputTest::stacksUnfoldAndFold()
{
    Stage stage(poolStory(300), {1200, 800});
    QCOMPARE(stage.item().nodes().size(), 4);
    stage.click(stage.middle(3));
    QVERIFY(!stage.state.selection());
    QCOMPARE(stage.item().nodes().size(), 3 + 100);
    QVERIFY(stage.item().layout().shape.compact);
    QVERIFY(stage.item().nodes().at(0).unfolded);
    // All of it is shown, and the disc on the parent's card folds it again.
    QVERIFY(QRectF(stage.view().viewport()->rect()).contains(stage.view().cardInView(102)));
    stage.view().zoom(4, stage.middle(0));
    const QPointF disc = DiagramPainter::handle(stage.item().layout(), 0);
    stage.click(stage.view().mapFromScene(disc));
    QCOMPARE(stage.item().nodes().size(), 4);
    QVERIFY(!stage.item().nodes().at(0).unfolded);
    // The same with keys.
    stage.view().fit();
    stage.state.select(stage.item().nodes().at(3).process);
    stage.key(Qt::Key_Return);
    QCOMPARE(stage.item().nodes().size(), 3 + 100);
    stage.state.select(0);
    stage.key(Qt::Key_Return);
    QCOMPARE(stage.item().nodes().size(), 4);
}

void DiagramInputTest::keysGoAlongTheLines()
{
    Stage stage(daemonStory());
    QVERIFY(stage.item().layout().shape.topDown);
    const std::vector<std::pair<Qt::Key, ProcessIndex>> steps{{Qt::Key_Down, 0}, {Qt::Key_Down, 1}, {Qt::Key_Right, 2},
        {Qt::Key_Right, 2}, {Qt::Key_Left, 1}, {Qt::Key_Up, 0}, {Qt::Key_Up, 0}, {Qt::Key_Down, 1}, {Qt::Key_Home, 0}};
    for (const auto& [key, process] : steps) {
        stage.key(key);
        QCOMPARE(stage.state.selection(), std::optional<ProcessIndex>(process));
    }
    Stage pool(poolStory(12), {500, 600}); // from left to right
    QVERIFY(!pool.item().layout().shape.topDown);
    pool.state.select(0);
    for (const auto& [key, process] : std::vector<std::pair<Qt::Key, ProcessIndex>>{
             {Qt::Key_Right, 1}, {Qt::Key_Down, 2}, {Qt::Key_Down, 3}, {Qt::Key_Up, 2}, {Qt::Key_Left, 0}}) {
        pool.key(key);
        QCOMPARE(pool.state.selection(), std::optional<ProcessIndex>(process));
    }
}

void DiagramInputTest::zoomAndDrag()
{
    Stage stage(daemonStory());
    const QRectF before = stage.view().cardInView(1);
    const QPointF point = before.center();
    QWheelEvent wheel(point, stage.view().viewport()->mapToGlobal(point), {}, QPoint(0, 240), Qt::NoButton, {},
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(stage.view().viewport(), &wheel);
    const QRectF after = stage.view().cardInView(1);
    QVERIFY(after.width() > before.width() * 1.4);
    QVERIFY(QLineF(after.center(), point).length() < 4); // what is under the pointer stays there
    QVERIFY(!stage.view().fitted());
    QTest::mousePress(stage.view().viewport(), Qt::LeftButton, {}, {10, 10});
    QTest::mouseMove(stage.view().viewport(), {60, 50});
    QTest::mouseMove(stage.view().viewport(), {110, 40});
    QTest::mouseRelease(stage.view().viewport(), Qt::LeftButton, {}, {110, 40});
    QVERIFY(QLineF(stage.view().cardInView(1).center(), after.center() + QPointF(100, 30)).length() < 3);
    // The time does not undo it; a double click on the ground does.
    stage.seek(1);
    QVERIFY(QLineF(stage.view().cardInView(1).center(), after.center() + QPointF(100, 30)).length() < 3);
    stage.view().zoom(0.1, {100, 100});
    QTest::mouseDClick(stage.view().viewport(), Qt::LeftButton, {}, {3, 3});
    QVERIFY(stage.view().fitted());
    QCOMPARE(stage.view().cardInView(1), before);
    stage.key(Qt::Key_Plus);
    QVERIFY(stage.view().cardInView(1).width() > before.width());
    stage.key(Qt::Key_F);
    QCOMPARE(stage.view().cardInView(1), before);
    // In another size all of it is shown again.
    stage.pane->resize(500, 300);
    stage.settle();
    for (int node = 0; node < 3; ++node)
        QVERIFY(QRectF(stage.view().viewport()->rect()).contains(stage.view().cardInView(node)));
}

int main(int argc, char** argv)
{
    return daemonscope::test::runDiagramTest<DiagramInputTest>(argc, argv);
}
#include "tst_diagraminput.moc"
