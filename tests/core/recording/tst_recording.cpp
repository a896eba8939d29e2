// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/crc32c.h"
#include "recording/format.h"
#include "recording/reader.h"
#include "recording/writer.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace daemonscope;

namespace {

Event numbered(int number)
{
    return {EventTime{number}, {1000 + number, static_cast<std::uint32_t>(number)}, Witness::Runtime,
        payload::Lost{"event " + std::to_string(number), std::string(static_cast<std::size_t>(number % 50), 'x')}};
}

std::vector<Event> readAll(RecordingReader& reader)
{
    std::vector<Event> all;
    for (auto batch = reader.poll(100); !batch.empty(); batch = reader.poll(100))
        all.insert(all.end(), batch.begin(), batch.end());
    return all;
}

} // namespace

class TestRecording : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    [[nodiscard]] std::string path(const char* name) const
    {
        return folder_.filePath(QString::fromLatin1(name)).toStdString();
    }

    std::string write(const char* name, int count, bool close = true)
    {
        const std::string file = path(name);
        auto writer = RecordingWriter::create(file, true);
        for (int number = 0; number < count; ++number)
            writer.value()->append(numbered(number));
        if (close && !writer.value()->close().ok())
            return {};
        return file;
    }

private Q_SLOTS:
    void crcIsThatOfTheStandard()
    {
        // RFC 3720, appendix B.4.
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8a9136aaU);
        QCOMPARE(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
        QCOMPARE(crc32c("123456789"), 0xe3069283U);
        for (std::size_t size = 0; size < 40; ++size) {
            const std::string bytes(size, 'q');
            QCOMPARE(crc32c(bytes, 77), crc32cPortable(bytes, 77));
        }
        // Long ones are taken in blocks side by side; every length around their edges, at every alignment of the
        // memory.
        std::string bytes;
        for (unsigned index = 0; index < 40000; ++index)
            bytes.push_back(static_cast<char>(index * index * 2654435761U >> 24));
        for (const std::size_t edge : {std::size_t{3 * 256}, std::size_t{6 * 256}, std::size_t{3 * 4096},
                 std::size_t{6 * 4096}, std::size_t{6 * 4096 + 3 * 256}}) {
            for (std::size_t size = edge - 9; size <= edge + 9; ++size) {
                const std::string_view part = std::string_view{bytes}.substr(size % 8, size);
                QCOMPARE(crc32c(part, 0x12345678), crc32cPortable(part, 0x12345678));
            }
        }
    }
    void whatIsWrittenIsRead()
    {
        auto reader = RecordingReader::open(write("plain", 1000));
        QVERIFY(reader.ok());
        const auto events = readAll(reader.value());
        QCOMPARE(events.size(), std::size_t{1000});
        for (int number = 0; number < 1000; ++number) {
            const auto index = static_cast<std::size_t>(number);
            QCOMPARE(toJsonLine(events[index], {}), toJsonLine(numbered(number), {}));
        }
        QCOMPARE(int(reader.value().state()), int(RecordingReader::State::Closed));
        QVERIFY(reader.value().atEnd());
        QVERIFY(reader.value().damage().empty());
    }
    void growsAcrossSegments()
    {
        const std::string file = path("big");
        auto writer = RecordingWriter::create(file, true);
        const std::string block(1 << 20, 'b');
        for (int number = 0; number < 40; ++number)
            writer.value()->appendOutput(EventTime{number}, {1, 0}, payload::Stream::Stdout, block);
        QVERIFY(writer.value()->failure().empty());
        QVERIFY(writer.value()->close().ok());
        auto reader = RecordingReader::open(file);
        const auto events = readAll(reader.value());
        QCOMPARE(events.size(), std::size_t{40});
        for (const Event& event : events)
            QCOMPARE(reader.value().readOutput(std::get<payload::OutputWritten>(event.payload)).value(), block);
    }
    void outputKeepsItsBytes()
    {
        const std::string file = path("output");
        auto writer = RecordingWriter::create(file, true);
        const std::string bytes{"line\n\0\xff half", 11};
        writer.value()->appendOutput(EventTime{1}, {5, 2}, payload::Stream::Stderr, bytes);
        QVERIFY(writer.value()->close().ok());
        auto reader = RecordingReader::open(file);
        const auto events = reader.value().poll();
        QCOMPARE(events.size(), std::size_t{1});
        const auto& output = std::get<payload::OutputWritten>(events[0].payload);
        QCOMPARE(int(output.stream), int(payload::Stream::Stderr));
        QCOMPARE(reader.value().readOutput(output).value(), bytes);
    }
    void isReadWhileItGrows()
    {
        const std::string file = path("growing");
        auto writer = RecordingWriter::create(file, true);
        auto reader = RecordingReader::open(file);
        QVERIFY(reader.ok());
        QVERIFY(reader.value().poll().empty());
        for (int number = 0; number < 100; ++number) {
            writer.value()->append(numbered(number));
            const auto events = reader.value().poll();
            QCOMPARE(events.size(), std::size_t{1});
            QCOMPARE(events[0].time, EventTime{number});
        }
        QCOMPARE(int(reader.value().state()), int(RecordingReader::State::Growing));
        QVERIFY(writer.value()->close().ok());
        QCOMPARE(int(reader.value().state()), int(RecordingReader::State::Closed));
    }
    void severalThreadsMayAppend()
    {
        const std::string file = path("threads");
        auto writer = RecordingWriter::create(file, true);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                for (int number = 0; number < 2000; ++number)
                    writer.value()->append(numbered(number));
            });
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(writer.value()->close().ok());
        auto reader = RecordingReader::open(file);
        QCOMPARE(readAll(reader.value()).size(), std::size_t{8000});
    }
    void nothingIsLostWhenTheWriterIsKilled()
    {
        const std::string file = path("killed");
        const pid_t child = ::fork();
        if (child == 0) {
            auto writer = RecordingWriter::create(file, true);
            for (int number = 0; number < 500; ++number)
                writer.value()->append(numbered(number));
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        auto reader = RecordingReader::open(file);
        QVERIFY(reader.ok());
        QCOMPARE(readAll(reader.value()).size(), std::size_t{500});
        QVERIFY(reader.value().damage().empty());
        QCOMPARE(int(reader.value().state()), int(RecordingReader::State::Abandoned));
    }
    void foreignFilesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << QByteArray{} << QStringLiteral("is empty");
        QTest::newRow("text") << QByteArray{"hello\n"} << QStringLiteral("not a daemonscope recording");
        QTest::newRow("another binary") << QByteArray(10000, '\x7f') << QStringLiteral("not a daemonscope recording");
        format::FileHeader header;
        const QByteArray begun{reinterpret_cast<const char*>(&header), sizeof header};
        QTest::newRow("cut off behind its first bytes")
            << begun.left(8) << QStringLiteral("truncated: it ends at byte 8");
        QTest::newRow("cut off in its header") << begun.left(39) << QStringLiteral("truncated: it ends at byte 39");
        QTest::newRow("less than its first bytes") << begun.left(7) << QStringLiteral("not a daemonscope recording");
        header.version = 99;
        QTest::newRow("newer version") << QByteArray{reinterpret_cast<const char*>(&header), sizeof header}
                                       << QStringLiteral("version 99");
        header.version = format::kVersion;
        header.headerSize = 5;
        QTest::newRow("impossible header")
            << QByteArray{reinterpret_cast<const char*>(&header), sizeof header} << QStringLiteral("damaged");
    }
    void foreignFilesAreRefused()
    {
        QFETCH(QByteArray, contents);
        QFETCH(QString, words);
        const std::string name = path("foreign");
        QFile file{QString::fromStdString(name)};
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(contents);
        file.close();
        const auto reader = RecordingReader::open(name);
        QVERIFY(!reader.ok());
        QVERIFY2(reader.error().message.find(words.toStdString()) != std::string::npos, reader.error().message.c_str());
        QVERIFY(reader.error().message.find(name) != std::string::npos);
    }
    void missingFilesAndFoldersAreRefused()
    {
        QVERIFY(!RecordingReader::open(path("nothing")).ok());
        QVERIFY(!RecordingReader::open(folder_.path().toStdString()).ok());
        QVERIFY(!RecordingWriter::create("/no/such/folder/x.dscope", false).ok());
    }
    void truncatedFilesShowWhatIsThere()
    {
        const std::string file = write("truncated", 200);
        for (const auto size : {9000LL, 5000LL, 4100LL, 4096LL, 3000LL, 40LL}) {
            QFile handle{QString::fromStdString(file)};
            QVERIFY(handle.resize(size));
            auto reader = RecordingReader::open(file);
            QVERIFY(reader.ok());
            const auto events = readAll(reader.value());
            QVERIFY(events.size() < 200);
            for (std::size_t index = 0; index < events.size(); ++index)
                QCOMPARE(events[index].time, EventTime{static_cast<int>(index)});
            // What is left of the last record is cut off, too, so the end of what can be read is told.
            const std::string damage = reader.value().damage();
            static const QRegularExpression told{QStringLiteral("truncated: it ends at byte ([0-9]+)")};
            const auto match = told.match(QString::fromStdString(damage));
            QVERIFY2(match.hasMatch() && match.captured(1).toLongLong() <= size, damage.c_str());
        }
    }
    void everyFlippedByteIsNoticedOrHarmless()
    {
        const std::string file = write("flipped", 20);
        QFile handle{QString::fromStdString(file)};
        QVERIFY(handle.open(QIODevice::ReadOnly));
        const QByteArray good = handle.readAll();
        handle.close();
        for (qsizetype at = static_cast<qsizetype>(format::kHeaderSize); at < good.size(); at += 3) {
            QByteArray bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x55);
            QVERIFY(handle.open(QIODevice::WriteOnly));
            handle.write(bad);
            handle.close();
            auto reader = RecordingReader::open(file);
            const auto events = readAll(reader.value());
            // Padding is covered by no checksum; everything else must be noticed.
            if (events.size() == 20 && reader.value().damage().empty())
                continue;
            QVERIFY(!reader.value().damage().empty());
            // One record is lost, and nothing else.
            QCOMPARE(events.size(), std::size_t{19});
            for (const Event& event : events)
                QCOMPARE(toJsonLine(event, {}), toJsonLine(numbered(static_cast<int>(event.time.count())), {}));
        }
    }
    void existingFilesAreKept()
    {
        const std::string file = write("kept", 3);
        const auto writer = RecordingWriter::create(file, false);
        QVERIFY(!writer.ok());
        QVERIFY(writer.error().message.find("--force") != std::string::npos);
        auto reader = RecordingReader::open(file);
        QCOMPARE(readAll(reader.value()).size(), std::size_t{3});
    }
};

QTEST_GUILESS_MAIN(TestRecording)
#include "tst_recording.moc"
