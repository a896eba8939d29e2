// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/captions.h"
#include "ui/model/summary.h"
#include "ui/support/story.h"

#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {
ProcessTree treeOf(const std::vector<StoryEvent>& story)
{
    ProcessTree tree;
    for (const StoryEvent& entry : story)
        tree.apply(entry.event);
    return tree;
}
} // namespace

class TestCaptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellTheStoryInOrder()
    {
        const std::vector<Caption> all = captions(treeOf(daemonStory()), at(6));
        QCOMPARE(all.size(), std::size_t(4));
        const QStringList expected{QStringLiteral("The code of MainProcess ended."),
            QStringLiteral("Process-1 was killed by SIGTERM from MainProcess."),
            QStringLiteral("Process-2 ended by itself, exit code 0."),
            QStringLiteral("MainProcess ended by itself, exit code 0.")};
        for (std::size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(all[i].text, expected[static_cast<qsizetype>(i)]);
            QCOMPARE(all[i].number, static_cast<int>(i + 1));
        }
        QCOMPARE(all[1].process, 1);
    }

    void tellNothingOfTheFuture()
    {
        QCOMPARE(captions(treeOf(daemonStory()), at(2)).size(), std::size_t(0));
        QCOMPARE(captions(treeOf(daemonStory()), at(4)).size(), std::size_t(2));
    }

    void areFewForACrowd()
    {
        const std::vector<Caption> all = captions(treeOf(crowdStory(500)), at(1000), 5);
        QVERIFY(all.size() >= 3 && all.size() <= 5);
    }

    void theProgramIsNamedInShort_data()
    {
        QTest::addColumn<QStringList>("argv");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, const char* words, const char* text) {
            QTest::newRow(name) << QString::fromLatin1(words).split(QLatin1Char(' ')) << QString::fromLatin1(text);
        };
        row("script", "/usr/bin/python3 /home/a/story.py -v", "python3 story.py -v");
        row("lesson", "/opt/daemonscope-engine /opt/lessons/08-daemon-cut-off/scenario.yaml --start-method spawn",
            "lesson daemon-cut-off (engine, spawn)");
        row("own scenario", "daemonscope-engine /home/a/mine.yaml", "daemonscope-engine mine.yaml");
    }
    void theProgramIsNamedInShort()
    {
        QFETCH(QStringList, argv);
        QFETCH(QString, text);
        payload::RecordingStarted started;
        for (const QString& word : argv)
            started.argv.push_back(word.toStdString());
        ProcessTree tree;
        tree.apply({at(0), {}, Witness::Recorder, started});
        QCOMPARE(programText(tree), text);
    }

    void summaryCountsKindsAndStates_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("one") << 0.05 << QStringLiteral("1 process: 1 running.");
        QTest::newRow("all run") << 1.0 << QStringLiteral("3 processes, 1 of them a daemon: 3 running.");
        QTest::newRow("waiting") << 4.0
                                 << QStringLiteral(
                                        "3 processes, 1 of them a daemon: 1 running, 1 waiting for a child, 1 killed.");
        QTest::newRow("over") << 6.0 << QStringLiteral("3 processes, 1 of them a daemon: 2 finished, 1 killed.");
    }

    void summaryCountsKindsAndStates()
    {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(summaryText(treeOf(daemonStory()), at(seconds)), text);
    }

    void momentsAscendWithoutRepetition()
    {
        const std::vector<EventTime> times = moments(treeOf(crowdStory(50)));
        QVERIFY(times.size() > 50);
        QVERIFY(std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) == times.end());
    }
};

QTEST_GUILESS_MAIN(TestCaptions)
#include "tst_captions.moc"
