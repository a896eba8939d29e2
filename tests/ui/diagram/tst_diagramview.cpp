// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The diagram on the screen: what is painted, and that it keeps up.
#include "diagramstage.h"

#include <QSignalSpy>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {

/// A chain of processes, each with two children that have none.
std::vector<StoryEvent> backboneStory(int links)
{
    std::vector<StoryEvent> story;
    const auto add = [&](double seconds, ProcessId process, Payload payload, Witness witness = Witness::Kernel) {
        story.push_back({{at(seconds), process, witness, std::move(payload)}, {}});
    };
    payload::RecordingStarted started;
    started.argv = {"backbone"};
    started.kernelWitness = true;
    ProcessId parent{1000, 0};
    add(0, parent, started, Witness::Recorder);
    add(0, parent, payload::Born{std::nullopt, payload::Born::How::Launch, 0});
    std::uint32_t serial = 0;
    for (int i = 0; i < links; ++i) {
        ProcessId first{};
        for (int child = 0; child < 3; ++child) {
            const ProcessId id{1000 + static_cast<std::int32_t>(++serial), serial};
            add(1 + 0.001 * serial, id, payload::Born{parent, payload::Born::How::Fork, parent.pid});
            if (child == 0)
                first = id;
        }
        parent = first;
    }
    payload::Exited killed;
    killed.bySignal = true;
    killed.code = 9;
    add(2 + 0.001 * serial, parent, killed);
    return story;
}

} // namespace

class DiagramViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pixelsThatMatter_data();
    void pixelsThatMatter();
    void followsTheCursor();
    void nothingMovesWhenTimeDoes();
    void legendExplainsWhatOccurs();
    void largeOnesAreLaidOutBesides();
    void everyPixelOfALargeOne();
    void anotherRecording();
    void hiddenOnesCostNothing();
    void itIsDescribed();
};

void DiagramViewTest::pixelsThatMatter_data()
{
    QTest::addColumn<QString>("theme");
    QTest::newRow("light") << QStringLiteral("light");
    QTest::newRow("dark") << QStringLiteral("dark");
}

void DiagramViewTest::pixelsThatMatter()
{
    QFETCH(const QString, theme);
    const Theme& look = *Theme::byName(theme);
    Stage stage(daemonStory(), {900, 560}, look);
    const QRectF main = stage.view().cardInView(0);
    const QRectF ghost = stage.view().cardInView(1);
    const QRectF worker = stage.view().cardInView(2);
    const QRectF view(stage.view().viewport()->rect());
    QVERIFY(view.contains(main) && view.contains(ghost) && view.contains(worker));
    QVERIFY(main.width() > 220); // it fills the view
    // The killed daemon: a cross on its corner, the word, and an arrow from who killed it, on the outer side.
    const QRectF corner(ghost.topRight() - QPointF(25, 15), QSizeF(40, 40));
    QVERIFY(stage.count(look.kill, corner) > 150);
    const QRectF gap(ghost.left(), main.bottom() + 6, ghost.width() / 2 - 6, ghost.top() - main.bottom() - 12);
    QVERIFY(stage.count(look.kill, gap) > 400);
    QCOMPARE(stage.count(look.kill, QRectF(worker.left(), main.bottom() + 6, worker.width() + 20, gap.height())), 0);
    QVERIFY(stage.count(look.daemon.line, ghost) > 100);
    QCOMPARE(stage.count(look.nonDaemon.line, ghost), 0);
    QVERIFY(stage.count(look.nonDaemon.line, worker) > 100);
    QCOMPARE(stage.count(look.kill, worker.adjusted(0, 0, 20, 0)), 0);
    // The start edges reach both.
    for (const QRectF& card : {ghost, worker})
        QVERIFY(stage.count(look.neutral.bar, QRectF(card.center().x() - 4, card.top() - 12, 8, 9)) >= 6);

    stage.seek(1);
    QCOMPARE(stage.count(look.kill), 0);
    // One that lives has the whole tint, one that ended does not; a daemon's outline is dashed.
    QVERIFY(stage.count(look.nonDaemon.tint, worker) > 4000);
    QVERIFY(stage.count(look.daemon.tint, ghost) > 4000);
    const auto solid = [&](const QRectF& card, const QColor& colour) {
        return stage.count(colour, QRectF(card.left() + 30, card.bottom() - 4, card.width() - 60, 5));
    };
    QVERIFY(solid(ghost, look.daemon.line) > solid(worker, look.nonDaemon.line) / 4);
    QVERIFY(solid(ghost, look.daemon.line) < solid(worker, look.nonDaemon.line) * 3 / 4);
    stage.seek(6);
    QCOMPARE(stage.count(look.nonDaemon.tint, worker), 0);
}

void DiagramViewTest::followsTheCursor()
{
    Stage stage(daemonStory());
    stage.seek(0.05);
    QCOMPARE(stage.item().nodes().bornCount(), 1);
    QCOMPARE(stage.count(stage.theme.daemon.line), 0);
    stage.seek(4);
    QCOMPARE(stage.item().nodes().bornCount(), 3);
    QVERIFY(stage.count(stage.theme.daemon.line) > 0);
    QCOMPARE(stage.item().links().size(), std::size_t(2));
    // What is not born cannot be selected.
    stage.seek(0.05);
    stage.click(stage.middle(1));
    QVERIFY(!stage.state.selection());
}

void DiagramViewTest::nothingMovesWhenTimeDoes()
{
    Stage stage(daemonStory());
    const QRectF main = stage.view().cardInView(0);
    const QRectF worker = stage.view().cardInView(2);
    for (const double seconds : {0.05, 0.13, 1.0, 3.5, 6.0}) {
        stage.seek(seconds);
        QCOMPARE(stage.view().cardInView(0), main);
        QCOMPARE(stage.view().cardInView(2), worker);
    }
}

void DiagramViewTest::legendExplainsWhatOccurs()
{
    using Entry = DiagramLegend::Mark;
    Stage stage(daemonStory());
    auto* legend = stage.pane->findChild<DiagramLegend*>();
    QVERIFY(legend);
    QCOMPARE(legend->marks(),
        (std::vector<Entry>{Entry::NonDaemon, Entry::Daemon, Entry::Started, Entry::Kill, Entry::Waited}));
    QVERIFY(legend->accessibleName().contains(DiagramLegend::words(Entry::Kill)));
    stage.seek(4);
    QCOMPARE(legend->marks(),
        (std::vector<Entry>{Entry::NonDaemon, Entry::Daemon, Entry::Started, Entry::Kill, Entry::Waits}));
    stage.seek(0.05);
    QCOMPARE(legend->marks(), (std::vector<Entry>{Entry::NonDaemon}));
}

void DiagramViewTest::largeOnesAreLaidOutBesides()
{
    Stage stage(backboneStory(3000), {900, 600});
    QVERIFY(stage.item().nodes().size() > DiagramView::kThreaded);
    QCOMPARE(stage.item().nodes().size(), 9001);
    const QSignalSpy shown(&stage.view(), &DiagramView::shown);
    stage.state.setTime(at(2));
    stage.settle();
    QCOMPARE(stage.item().nodes().size(), 1001);
    stage.state.setTime(at(8));
    stage.settle();
    QCOMPARE(stage.item().nodes().size(), 7001);
    QVERIFY(shown.size() >= 2);
}

void DiagramViewTest::everyPixelOfALargeOne()
{
    // However small, who was killed is seen; and nothing is where no card is.
    Stage stage(backboneStory(3000), {900, 600});
    QVERIFY(stage.view().transform().m11() < 0.01);
    QVERIFY(stage.count(stage.theme.kill) >= 1);
    QVERIFY(stage.count(stage.theme.neutral.bar) > 400);
    // Nearer, there are words, on every card that is in sight.
    const DiagramItem& item = stage.item();
    const auto level = static_cast<std::size_t>(item.layout().tidy.levelAt[1500]);
    stage.state.select(item.nodes().at(static_cast<int>(level)).process);
    stage.view().zoom(900, {450, 300});
    stage.view().centerOn(item.layout().card(static_cast<int>(level)).center());
    int seen = 0;
    for (int node = 0; node < item.nodes().size(); ++node) {
        const QRectF card = stage.view().cardInView(node);
        if (!QRectF(stage.view().viewport()->rect()).contains(card))
            continue;
        ++seen;
        QVERIFY(stage.count(stage.theme.neutral.tint, card) > 200);
    }
    QVERIFY(seen >= 3);
}

void DiagramViewTest::anotherRecording()
{
    Stage stage(poolStory(500));
    stage.click(stage.middle(3));
    QVERIFY(stage.item().nodes().size() > 100);
    stage.feed.close();
    stage.state.reset();
    stage.settle();
    QCOMPARE(stage.item().nodes().size(), 0);
    (void)stage.view().grab();
    const std::string path = stage.folder.filePath(QStringLiteral("other.dscope")).toStdString();
    writeStory(path, daemonStory());
    QVERIFY(stage.feed.open(path).ok());
    stage.feed.readAll();
    stage.settle();
    QCOMPARE(stage.item().nodes().size(), 3);
    QVERIFY(stage.view().fitted());
}

void DiagramViewTest::hiddenOnesCostNothing()
{
    Stage stage(daemonStory());
    stage.pane->hide();
    const QSignalSpy shown(&stage.view(), &DiagramView::shown);
    stage.state.setTime(at(1));
    stage.state.setTime(at(4));
    QApplication::processEvents();
    QCOMPARE(shown.size(), 0);
    stage.pane->show();
    stage.settle();
    QCOMPARE(stage.item().nodes().time(), at(4));
    // One that makes pictures is up to date at any time, visible or not.
    stage.pane->hide();
    stage.view().setPatient(true);
    stage.state.setTime(at(0.05));
    QCOMPARE(stage.item().nodes().bornCount(), 1);
}

void DiagramViewTest::itIsDescribed()
{
    Stage stage(daemonStory());
    QVERIFY(!stage.view().accessibleName().isEmpty());
    QVERIFY(stage.view().accessibleDescription().startsWith(QStringLiteral("3 processes")));
    QVERIFY(stage.view().toolTipOf(1).contains(QStringLiteral("killed by SIGTERM")));
}

int main(int argc, char** argv)
{
    return daemonscope::test::runDiagramTest<DiagramViewTest>(argc, argv);
}
#include "tst_diagramview.moc"
