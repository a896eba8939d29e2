// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/writer.h"
#include "ui/model/recordingfeed.h"
#include "ui/support/story.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

class TestRecordingFeed : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsAFinishedRecordingInOneBatch()
    {
        const std::string path = file("finished");
        writeStory(path, daemonStory());
        RecordingFeed feed;
        QSignalSpy changed(&feed, &RecordingFeed::changed);
        QSignalSpy finished(&feed, &RecordingFeed::finished);
        QVERIFY(feed.open(path).ok());
        QCOMPARE(changed.count(), 0);
        feed.readAll();
        QCOMPARE(changed.count(), 1);
        QCOMPARE(finished.count(), 1);
        QCOMPARE(feed.tree().size(), std::size_t(3));
        QCOMPARE(feed.output().lines().size(), std::size_t(14));
        QVERIFY(!feed.growing());
        QCOMPARE(feed.now(), feed.tree().latest());
    }

    void followsAGrowingRecordingWithItsClock()
    {
        const std::string path = file("growing");
        auto created = RecordingWriter::create(path, true);
        QVERIFY(created.ok());
        EventTime now = at(0);
        RecordingFeed feed([&now] { return now; }, nullptr);
        QVERIFY(feed.open(path).ok());
        QSignalSpy changed(&feed, &RecordingFeed::changed);
        QSignalSpy passed(&feed, &RecordingFeed::timePassed);
        QSignalSpy finished(&feed, &RecordingFeed::finished);
        feed.start();
        const auto story = daemonStory();
        created.value()->append(story.front().event);
        QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, 30000);
        QVERIFY(feed.growing());
        now = at(1.5);
        QTRY_VERIFY_WITH_TIMEOUT(passed.count() >= 1, 30000);
        QCOMPARE(feed.now(), at(1.5));
        QCOMPARE(finished.count(), 0);
        QVERIFY(created.value()->close().ok());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
        QCOMPARE(feed.now(), feed.tree().latest());
    }

    void anErrorLeavesTheOpenRecordingAlone()
    {
        const std::string path = file("good");
        writeStory(path, daemonStory());
        QFile foreign(QString::fromStdString(file("foreign")));
        QVERIFY(foreign.open(QIODevice::WriteOnly));
        foreign.write(QByteArray("this is no recording, but longer than a header might be").repeated(10));
        foreign.close();
        RecordingFeed feed;
        QVERIFY(feed.open(path).ok());
        feed.readAll();
        QSignalSpy reset(&feed, &RecordingFeed::aboutToReset);
        const Outcome missing = feed.open(file("missing"));
        QVERIFY(!missing.ok());
        QVERIFY(missing.error().message.find("missing") != std::string::npos);
        QVERIFY(!feed.open(foreign.fileName().toStdString()).ok());
        QCOMPARE(reset.count(), 0);
        QCOMPARE(feed.tree().size(), std::size_t(3));
    }

    void tellsOfDamageOnce()
    {
        const std::string path = file("damaged");
        writeStory(path, daemonStory());
        QFile damaged(QString::fromStdString(path));
        QVERIFY(damaged.open(QIODevice::ReadWrite));
        QVERIFY(damaged.seek(damaged.size() * 2 / 3));
        damaged.write("daemon daemon daemon");
        damaged.close();
        RecordingFeed feed;
        QVERIFY(feed.open(path).ok());
        QSignalSpy told(&feed, &RecordingFeed::damaged);
        feed.readAll();
        feed.readAll();
        QCOMPARE(told.count(), 1);
        QVERIFY(feed.tree().size() > 0);
        QVERIFY(told.front().front().toString().contains(QStringLiteral("damaged")));
    }

    void anotherRecordingTakesThePlaceOfTheFirst()
    {
        const std::string first = file("first");
        const std::string second = file("second");
        writeStory(first, crowdStory(30));
        writeStory(second, daemonStory());
        RecordingFeed feed;
        QVERIFY(feed.open(first).ok());
        feed.readAll();
        QCOMPARE(feed.tree().size(), std::size_t(30));
        QVERIFY(feed.open(second).ok());
        QCOMPARE(feed.tree().size(), std::size_t(0));
        QCOMPARE(feed.output().lines().size(), std::size_t(0));
        feed.readAll();
        QCOMPARE(feed.tree().size(), std::size_t(3));
    }

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return (directory_.path() + QLatin1Char('/') + QLatin1String(name)).toStdString();
    }

    QTemporaryDir directory_;
};

QTEST_GUILESS_MAIN(TestRecordingFeed)
#include "tst_recordingfeed.moc"
