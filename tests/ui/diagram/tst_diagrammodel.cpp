// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the diagram shows at a time, what it says, and where everything stands.
#include "ui/model/diagramlayout.h"
#include "ui/model/diagramtext.h"
#include "ui/support/story.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {

/// A recording of a story, read to its end.
struct Recorded {
    explicit Recorded(const std::vector<StoryEvent>& story)
    {
        const std::string path = folder.filePath(QStringLiteral("story.dscope")).toStdString();
        writeStory(path, story);
        if (!feed.open(path).ok())
            qFatal("cannot open the story");
        feed.readAll();
    }
    [[nodiscard]] DiagramNodes nodes(double seconds, const UnfoldedStacks& unfolded = {}) const
    {
        return {feed, test::at(seconds), unfolded};
    }
    /// Each card in a line: name | detail | kind | state.
    [[nodiscard]] QString asText(const DiagramNodes& nodes) const
    {
        QString text;
        for (const DiagramNode& node : nodes.all()) {
            if (!node.born())
                continue;
            text +=
                QStringList{diagramtext::name(feed.tree(), node), diagramtext::detail(feed.tree(), node),
                    diagramtext::kind(feed.tree(), node, nodes.time()), diagramtext::state(feed, node, nodes.time())}
                    .join(QStringLiteral(" | "))
                + QLatin1Char('\n');
        }
        return text;
    }
    /// Each link in a line: from > to: label, explanation.
    [[nodiscard]] QString linksAsText(const DiagramNodes& nodes) const
    {
        QString text;
        for (const DiagramLink& link : diagramLinks(feed.tree(), nodes))
            text += QStringLiteral("%1 > %2: %3, %4\n")
                        .arg(diagramtext::name(feed.tree(), nodes.at(link.from)),
                            diagramtext::name(feed.tree(), nodes.at(link.to)), diagramtext::label(feed.tree(), link),
                            diagramtext::explanation(feed.tree(), link));
        return text;
    }

    QTemporaryDir folder;
    RecordingFeed feed;
};

DiagramLayout layOut(const DiagramNodes& nodes, const DiagramShape& shape)
{
    const std::vector<std::int32_t> parents = nodes.parents();
    return {tidyTree(parents), shape};
}

} // namespace

class DiagramModelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cardsOfAMoment_data();
    void cardsOfAMoment();
    void placesAreKept();
    void siblingsAreFolded();
    void stacksHideWhatIsBelow();
    void cardsDoNotOverlap_data();
    void cardsDoNotOverlap();
    void routesEndAtTheCards();
    void shapes_data();
    void shapes();
    void words();
};

void DiagramModelTest::cardsOfAMoment_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("cards");
    QTest::addColumn<QString>("links");
    const QString main = QStringLiteral("MainProcess | PID 4242 | main (non-daemon) | ");
    const QString ghost = QStringLiteral("Process-1 | PID 4243 | daemon | ");
    const QString worker = QStringLiteral("Process-2 | PID 4244 | non-daemon | ");
    const QString kill = QStringLiteral("MainProcess > Process-1: SIGTERM, Python's exit sequence\n");
    QTest::newRow("at first") << 0.05 << main + QStringLiteral("running\n") << QString();
    QTest::newRow("all run") << 1.0
                             << main + QStringLiteral("running\n") + ghost + QStringLiteral("running\n") + worker
            + QStringLiteral("running\n")
                             << QString();
    QTest::newRow("waiting") << 4.0
                             << main + QStringLiteral("waits for Process-2\n") + ghost
            + QStringLiteral("killed by SIGTERM\n") + worker + QStringLiteral("running\n")
                             << QStringLiteral("MainProcess > Process-2: waits for, since 3.00 s\n") + kill;
    QTest::newRow("the end") << 6.0
                             << main + QStringLiteral("finished, exit 0\n") + ghost
            + QStringLiteral("killed by SIGTERM\n") + worker + QStringLiteral("finished, exit 0\n")
                             << QStringLiteral("MainProcess > Process-2: waited, 3.00 to 5.00 s\n") + kill;
}

void DiagramModelTest::cardsOfAMoment()
{
    QFETCH(const double, seconds);
    QFETCH(const QString, cards);
    QFETCH(const QString, links);
    const Recorded story(daemonStory());
    const DiagramNodes nodes = story.nodes(seconds);
    QCOMPARE(story.asText(nodes), cards);
    QCOMPARE(story.linksAsText(nodes), links);
}

void DiagramModelTest::placesAreKept()
{
    const Recorded story(daemonStory());
    const DiagramNodes first = story.nodes(0.05);
    QVERIFY(first.steady());
    QCOMPARE(first.bornCount(), 1);
    QCOMPARE(first.parents(), story.nodes(6).parents());
    QVERIFY(!first.at(1).born() && !first.at(2).born());
    QVERIFY(first.at(0).born());
}

void DiagramModelTest::siblingsAreFolded()
{
    const Recorded story(poolStory(1000));
    const DiagramNodes running = story.nodes(0.95);
    QCOMPARE(story.asText(running),
        QStringLiteral("MainProcess | PID 100 | main (non-daemon) | running\n"
                       "Process-1 \u2026 Process-1000 |  | 667 non-daemons | running\n"
                       "Process-3 \u2026 Process-999 |  | 333 daemons | running\n"));
    const DiagramNodes end = story.nodes(5);
    QCOMPARE(story.asText(end),
        QStringLiteral("MainProcess | PID 100 | main (non-daemon) | finished, exit 0\n"
                       "Process-1 \u2026 Process-995 |  | 96 non-daemons | finished, exit 1\n"
                       "Process-2 \u2026 Process-1000 |  | 571 non-daemons | finished, exit 0\n"
                       "Process-3 \u2026 Process-999 |  | 333 daemons | killed by SIGTERM\n"));
    QCOMPARE(story.linksAsText(end),
        QStringLiteral("MainProcess > Process-3 \u2026 Process-999: SIGTERM, Python's exit sequence\n"));
    QCOMPARE(diagramLinks(story.feed.tree(), end).front().count, 333);
    // One stack unfolded: its members stand each where it was born.
    const DiagramNodes open = story.nodes(5, {end.keyOf(3)});
    QCOMPARE(open.size(), 3 + 333);
    QVERIFY(open.at(0).unfolded && !end.at(0).unfolded);
    QCOMPARE(open.at(open.nodeOf(3)).members, 1);
    QCOMPARE(diagramLinks(story.feed.tree(), open).size(), std::size_t(333));
    for (int node = 2; node < open.size(); ++node)
        QVERIFY(open.at(node).process > open.at(node - 1).process);
    // Few are never folded.
    const Recorded few(poolStory(DiagramNodes::kMostChildren));
    QCOMPARE(few.nodes(5).size(), 1 + DiagramNodes::kMostChildren);
}

void DiagramModelTest::stacksHideWhatIsBelow()
{
    const Recorded story(crowdStory(600));
    for (const double seconds : {0.5, 3.0, 10.0, 18.0, 40.0}) {
        const DiagramNodes nodes = story.nodes(seconds);
        int all = 0;
        bool hidden = false;
        for (const DiagramNode& node : nodes.all()) {
            all += node.members + node.below;
            hidden = hidden || node.below > 0;
        }
        QCOMPARE(all, nodes.bornCount());
        QCOMPARE(hidden, seconds > 5);
        for (const Process& process : story.feed.tree().processes()) {
            const int node = nodes.nodeOf(process.index);
            QCOMPARE(node >= 0, process.born <= nodes.time());
            if (node >= 0 && !nodes.at(node).stack())
                QCOMPARE(nodes.at(node).process, process.index);
        }
    }
}

void DiagramModelTest::cardsDoNotOverlap_data()
{
    QTest::addColumn<int>("shape");
    QTest::newRow("top down") << 0;
    QTest::newRow("left to right") << 1;
    QTest::newRow("compact") << 2;
    QTest::newRow("top down, no links") << 3;
}

void DiagramModelTest::cardsDoNotOverlap()
{
    QFETCH(const int, shape);
    const DiagramShape shapes[]{DiagramShape::cardsTopDown(true), DiagramShape::cardsLeftToRight(true),
        DiagramShape::compactCards(), DiagramShape::cardsTopDown(false)};
    const Recorded story(crowdStory(60));
    const DiagramLayout layout = layOut(story.nodes(30), shapes[shape]);
    QVERIFY(layout.tidy.size() > 20);
    for (int a = 0; a < layout.tidy.size(); ++a) {
        QVERIFY(layout.bounds().contains(layout.card(a)));
        QCOMPARE(layout.nodeAt(layout.card(a).center()), a);
        QCOMPARE(layout.nodeAt(layout.card(a).topLeft() + QPointF(1, 1)), a);
        QCOMPARE(layout.nodeAt(layout.card(a).bottomRight() - QPointF(1, 1)), a);
        QVERIFY(layout.nodeAt(layout.card(a).topLeft() - QPointF(3, 3)) != a);
        for (int b = a + 1; b < layout.tidy.size(); ++b)
            QVERIFY(!layout.card(a).adjusted(-4, -4, 4, 4).intersects(layout.card(b)));
    }
    QCOMPARE(layout.nodeAt(layout.bounds().topLeft() - QPointF(500, 500)), -1);
    QCOMPARE(layout.nodeAt(layout.bounds().bottomRight() + QPointF(500, 500)), -1);
}

void DiagramModelTest::routesEndAtTheCards()
{
    const Recorded story(crowdStory(40));
    const DiagramNodes nodes = story.nodes(30);
    for (const DiagramShape& shape :
        {DiagramShape::cardsTopDown(true), DiagramShape::cardsLeftToRight(true), DiagramShape::compactCards()}) {
        const DiagramLayout layout = layOut(nodes, shape);
        for (int from = 0; from < nodes.size(); ++from) {
            for (int to = 0; to < nodes.size(); ++to) {
                if (from == to)
                    continue;
                for (const auto what : {DiagramLink::What::Kill, DiagramLink::What::Waits}) {
                    DiagramLink link;
                    link.what = what;
                    link.from = from;
                    link.to = to;
                    const LinkRoute route = layout.route(link);
                    QVERIFY(route.points.size() >= 2);
                    const double near = 0.01;
                    QVERIFY(layout.card(from).adjusted(-near, -near, near, near).contains(route.points.front()));
                    QVERIFY(layout.card(to).adjusted(-near, -near, near, near).contains(route.points.back()));
                    for (std::size_t i = 1; i < route.points.size(); ++i) {
                        const QPointF piece = route.points[i] - route.points[i - 1];
                        QVERIFY(std::abs(piece.x()) < near || std::abs(piece.y()) < near);
                    }
                    // Its label stands between the generations, on no card.
                    QCOMPARE(layout.nodeAt(route.label), -1);
                }
            }
        }
    }
}

void DiagramModelTest::shapes_data()
{
    QTest::addColumn<int>("children");
    QTest::addColumn<QSize>("view");
    QTest::addColumn<bool>("topDown");
    QTest::addColumn<bool>("compact");
    QTest::newRow("few") << 2 << QSize(1400, 900) << true << false;
    QTest::newRow("few in a small view") << 2 << QSize(860, 280) << true << false;
    QTest::newRow("many beside each other") << 9 << QSize(1400, 900) << false << false;
    QTest::newRow("too many for words") << 29 << QSize(860, 280) << false << true;
    QTest::newRow("very many") << 40 << QSize(4000, 4000) << false << true;
}

void DiagramModelTest::shapes()
{
    QFETCH(const int, children);
    QFETCH(const QSize, view);
    QFETCH(const bool, topDown);
    QFETCH(const bool, compact);
    std::vector<std::int32_t> parents(static_cast<std::size_t>(children) + 1, 0);
    parents[0] = -1;
    const DiagramShape shape = bestShape(tidyTree(parents), view, true);
    QCOMPARE(shape.topDown, topDown);
    QCOMPARE(shape.compact, compact);
}

void DiagramModelTest::words()
{
    const Recorded story(daemonStory());
    const DiagramNodes end = story.nodes(6);
    QCOMPARE(diagramtext::summary(end), QStringLiteral("3 processes: 1 main process, 1 non-daemon, 1 daemon"));
    QCOMPARE(diagramtext::card(story.feed, end.at(1), end.time()),
        QStringLiteral("Process-1, PID 4243, daemon, killed by SIGTERM, from 0.12 s to 3.00 s"));
    QVERIFY(diagramtext::toolTip(story.feed, end.at(1), end.time())
                .endsWith(QStringLiteral("\nsent by MainProcess: Python's exit sequence")));
    const Recorded pool(poolStory(100));
    const DiagramNodes stacks = pool.nodes(5);
    QCOMPARE(diagramtext::summary(stacks), QStringLiteral("101 processes: 1 main process, 67 non-daemons, 33 daemons"));
    QVERIFY(diagramtext::toolTip(pool.feed, stacks.at(1), stacks.time()).contains(QStringLiteral("Click")));
}

QTEST_GUILESS_MAIN(DiagramModelTest)
#include "tst_diagrammodel.moc"
