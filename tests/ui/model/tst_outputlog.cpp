// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/writer.h"
#include "ui/model/outputlog.h"
#include "ui/support/story.h"

#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

class TestOutputLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAndNotesStandInOrderOfTime()
    {
        open(daemonStory());
        // started, 5 lines, a line of stderr, killed
        QCOMPARE(log_->rowCount(1, at(6)), 8);
        QCOMPARE(log_->lineCount(1, at(6)), 6);
        const OutputRow first = log_->row(1, 0, at(6));
        QVERIFY(first.note);
        QCOMPARE(first.text, QStringLiteral("started by MainProcess"));
        const OutputRow warning = log_->row(1, 3, at(6));
        QVERIFY(!warning.note && warning.stream == payload::Stream::Stderr);
        QCOMPARE(warning.text, QStringLiteral("a warning of its own"));
        const OutputRow last = log_->row(1, 7, at(6));
        QVERIFY(last.note && last.tone == OutputNote::Tone::Kill);
        QCOMPARE(last.text, QStringLiteral("killed by SIGTERM (15), exit code \u221215"));
        EventTime before{};
        for (int i = 0; i < log_->rowCount(OutputLog::kAll, at(6)); ++i) {
            const OutputRow row = log_->row(OutputLog::kAll, i, at(6));
            QVERIFY(row.time >= before);
            before = row.time;
        }
    }

    void showsOnlyWhatWasWrittenUntilTheCursor()
    {
        open(daemonStory());
        QCOMPARE(log_->rowCount(1, at(0.05)), 0);
        QCOMPARE(log_->lineCount(1, at(1.2)), 2);
        QCOMPARE(log_->rowCount(1, at(1.2)), 3);
        QCOMPARE(log_->lineCount(OutputLog::kAll, at(1.2)), 4);
        QCOMPARE(log_->lineCount(77, at(6)), 0);
    }

    /// Of a line without an end, in any number of pieces, no more is kept than can be shown.
    void piecesThatWouldNotBeShownAreNotKept()
    {
        OutputIndex index;
        std::uint64_t offset = 0;
        const auto write = [&](std::string_view bytes) {
            index.add(at(1), 0, payload::OutputWritten{payload::Stream::Stdout, bytes.size(), offset}, bytes);
            offset += bytes.size();
        };
        for (std::size_t i = 0; i < 10 * OutputIndex::kMaxShownBytes; ++i)
            write("x");
        QCOMPARE(index.lines().size(), std::size_t(1));
        QCOMPARE(index.pieceCount(), OutputIndex::kMaxShownBytes - 1);
        QVERIFY(!index.lines().front().complete);
        write("\n");
        QVERIFY(index.lines().front().complete);
        // The next line has the same room again.
        const std::string large(2 * OutputIndex::kMaxShownBytes, 'y');
        write("a");
        write(large);
        write(large);
        QCOMPARE(index.lines().size(), std::size_t(2));
        QCOMPARE(index.pieceCount(), OutputIndex::kMaxShownBytes);
    }

    void aLineWrittenInPiecesIsOneLine()
    {
        std::vector<StoryEvent> story = daemonStory();
        const auto piece = [&](double seconds, std::uint32_t serial, const char* text) {
            const ProcessId process{4242 + static_cast<std::int32_t>(serial), serial};
            story.push_back({{at(seconds), process, Witness::Output, payload::OutputWritten{}}, text});
        };
        piece(7.0, 0, "one ");
        piece(7.1, 2, "of another\n");
        piece(7.2, 0, "line");
        piece(7.3, 0, "\nnext\n");
        open(story);
        const int lines = log_->lineCount(0, at(8));
        QCOMPARE(log_->lineCount(0, at(6)) + 2, lines);
        const int rows = log_->rowCount(0, at(8));
        QCOMPARE(log_->row(0, rows - 2, at(8)).text, QStringLiteral("one line"));
        QCOMPARE(log_->row(0, rows - 1, at(8)).text, QStringLiteral("next"));
        QCOMPARE(log_->row(0, log_->rowCount(0, at(7.1)) - 1, at(7.1)).text, QStringLiteral("one "));
    }

    void hostileBytesAreMadeVisible_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << QByteArray("hello") << QStringLiteral("hello");
        QTest::newRow("colours are left out") << QByteArray("\x1b[1;31mred\x1b[0m") << QStringLiteral("red");
        QTest::newRow("other sequences stay visible") << QByteArray("\x1b[2Jx") << QStringLiteral("\\x1b[2Jx");
        QTest::newRow("sequence cut off") << QByteArray("a\x1b[3") << QStringLiteral("a\\x1b[3");
        QTest::newRow("tab") << QByteArray("ab\tc") << QStringLiteral("ab      c");
        QTest::newRow("carriage return at the end") << QByteArray("dos\r") << QStringLiteral("dos");
        QTest::newRow("not UTF-8") << QByteArray("\xff!") << QStringLiteral("\\xff!");
        QTest::newRow("turned direction") << QByteArray("a\xe2\x80\xae"
                                                        "b")
                                          << QStringLiteral("a\\u202eb");
    }

    void hostileBytesAreMadeVisible()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, shown);
        QCOMPARE(shownLine(bytes.toStdString()), shown);
    }

    void aVeryLongLineIsCut()
    {
        std::vector<StoryEvent> story = daemonStory();
        story.push_back({{at(7), {4242, 0}, Witness::Output, payload::OutputWritten{}}, std::string(500'000, 'x')});
        open(story);
        const QString text = log_->row(0, log_->rowCount(0, at(8)) - 1, at(8)).text;
        QCOMPARE(text.size(), static_cast<qsizetype>(OutputIndex::kMaxShownBytes));
    }

private:
    void open(const std::vector<StoryEvent>& story)
    {
        const std::string path = directory_.filePath(QStringLiteral("story")).toStdString();
        writeStory(path, story);
        log_.reset();
        feed_ = std::make_unique<RecordingFeed>();
        log_ = std::make_unique<OutputLog>(*feed_);
        QVERIFY(feed_->open(path).ok());
        feed_->readAll();
    }

    QTemporaryDir directory_;
    std::unique_ptr<RecordingFeed> feed_;
    std::unique_ptr<OutputLog> log_;
};

QTEST_GUILESS_MAIN(TestOutputLog)
#include "tst_outputlog.moc"
