// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a reader makes of files that are damaged, cut off, or made to harm it.

#include "recording/format.h"
#include "recording/reader.h"
#include "recording/writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <cstring>
#include <limits>

using namespace daemonscope;

namespace {

Event numbered(int number)
{
    return {EventTime{number}, {1000 + number, static_cast<std::uint32_t>(number)}, Witness::Runtime,
        payload::NameSet{{{1, 0}, std::to_string(number)}, "process " + std::to_string(number)}};
}

/// A whole record with any header and payload, whose checksum is right.
QByteArray recordOf(format::RecordHeader header, std::string_view payload)
{
    header.length = static_cast<std::uint32_t>(payload.size());
    header.crc = format::recordCrc(header, payload);
    QByteArray bytes{reinterpret_cast<const char*>(&header), sizeof header};
    bytes.append(payload.data(), static_cast<qsizetype>(payload.size()));
    bytes.resize(static_cast<qsizetype>(format::recordSize(header.length)), '\0');
    return bytes;
}

QByteArray recordOf(const Event& event)
{
    format::RecordHeader header;
    header.type = static_cast<std::uint8_t>(event.payload.index());
    header.witness = static_cast<std::uint8_t>(event.witness);
    header.pid = event.process.pid;
    header.serial = event.process.serial;
    header.timeNs = event.time.count();
    return recordOf(header, encode(event.payload));
}

QByteArray fileOf(const QByteArray& records, std::uint64_t committed = 0)
{
    format::FileHeader header;
    header.state = static_cast<std::uint32_t>(format::FileState::Closed);
    header.committedLength =
        committed != 0 ? committed : format::kHeaderSize + static_cast<std::uint64_t>(records.size());
    QByteArray bytes{reinterpret_cast<const char*>(&header), sizeof header};
    bytes.resize(static_cast<qsizetype>(format::kHeaderSize), '\0');
    return bytes + records;
}

std::size_t peakMemoryBytes()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

} // namespace

class TestSalvage : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;

    [[nodiscard]] RecordingReader open(const QByteArray& bytes) const
    {
        QFile file{folder_.filePath(QStringLiteral("x.dscope"))};
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write a test's file");
        file.close();
        auto reader = RecordingReader::open(file.fileName().toStdString());
        if (!reader.ok())
            qFatal("%s", reader.error().message.c_str());
        return std::move(reader).value();
    }
    /// The numbers of the events that can be read.
    static std::vector<int> numbersIn(RecordingReader& reader)
    {
        std::vector<int> numbers;
        for (auto batch = reader.poll(7); !batch.empty(); batch = reader.poll(7)) {
            for (const Event& event : batch)
                numbers.push_back(static_cast<int>(event.time.count()));
        }
        return numbers;
    }

private Q_SLOTS:
    void goesOnAfterDamage_data()
    {
        QTest::addColumn<int>("first"); ///< of the records that are overwritten
        QTest::addColumn<int>("count");
        QTest::addColumn<bool>("lengthsToo");
        QTest::newRow("one payload") << 3 << 1 << false;
        QTest::newRow("one record") << 3 << 1 << true;
        QTest::newRow("many records") << 2 << 5 << true;
        QTest::newRow("the first") << 0 << 1 << true;
        QTest::newRow("the last") << 9 << 1 << true;
        QTest::newRow("all") << 0 << 10 << true;
    }
    void goesOnAfterDamage()
    {
        QFETCH(const int, first);
        QFETCH(const int, count);
        QFETCH(const bool, lengthsToo);
        QByteArray records;
        std::vector<int> expected;
        qsizetype lost = 0;
        for (int number = 0; number < 10; ++number) {
            QByteArray record = recordOf(numbered(number));
            if (number >= first && number < first + count) {
                const qsizetype from = lengthsToo ? 0 : static_cast<qsizetype>(sizeof(format::RecordHeader));
                std::memset(record.data() + from, 'z', static_cast<std::size_t>(record.size() - from));
                lost += record.size();
            } else {
                expected.push_back(number);
            }
            records += record;
        }
        RecordingReader reader = open(fileOf(records));
        QCOMPARE(numbersIn(reader), expected);
        QVERIFY(reader.atEnd());
        const QString said = QString::fromStdString(reader.damage());
        QVERIFY2(said.contains(QStringLiteral("%1 bytes were passed over").arg(lost)), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("damaged")), qPrintable(said));
    }

    /// What a program writes may look like records of any content.
    void outputIsNotTakenForRecords()
    {
        format::RecordHeader header;
        header.type = static_cast<std::uint8_t>(Payload{payload::OutputWritten{}}.index());
        const QByteArray forged = recordOf(numbered(666));
        const std::string written = encode(
            Payload{payload::OutputWritten{payload::Stream::Stdout, static_cast<std::uint64_t>(forged.size()), 0}});
        QByteArray output = recordOf(header, written + std::string(4, 'x') + forged.toStdString());
        output[static_cast<qsizetype>(sizeof header)] ^= 0x7f;
        RecordingReader reader = open(fileOf(recordOf(numbered(1)) + output + recordOf(numbered(2))));
        QCOMPARE(numbersIn(reader), (std::vector<int>{1, 2}));
    }

    void believesNoCommittedLength_data()
    {
        QTest::addColumn<quint64>("committed");
        QTest::addColumn<QString>("words");
        QTest::newRow("within the header") << quint64{8} << QStringLiteral("header is damaged");
        QTest::newRow("not aligned") << quint64{4099} << QStringLiteral("header is damaged");
        QTest::newRow("beyond the file") << (quint64{1} << 20) << QStringLiteral("truncated");
        QTest::newRow("beyond everything") << std::numeric_limits<quint64>::max() - 7 << QStringLiteral("truncated");
    }
    void believesNoCommittedLength()
    {
        QFETCH(const quint64, committed);
        QFETCH(const QString, words);
        QByteArray records;
        for (int number = 0; number < 5; ++number)
            records += recordOf(numbered(number));
        RecordingReader reader = open(fileOf(records, committed));
        QCOMPARE(numbersIn(reader), (std::vector<int>{0, 1, 2, 3, 4}));
        QVERIFY(reader.atEnd());
        QVERIFY2(QString::fromStdString(reader.damage()).contains(words), reader.damage().c_str());
    }

    void headerOnly()
    {
        RecordingReader reader = open(fileOf({}));
        QVERIFY(reader.poll().empty());
        QVERIFY(reader.atEnd());
        QCOMPARE(reader.damage(), std::string{});
    }

    void impossibleContentsAreCounted()
    {
        format::RecordHeader header;
        header.type = static_cast<std::uint8_t>(Payload{payload::Executed{}}.index());
        // 2^62 arguments; 100000 of which none is there; a text that is longer than the record.
        QByteArray records;
        for (const char* payload : {"\x80\x80\x80\x80\x80\x80\x80\x80\x40", "\xa0\x8d\x06", "\x01\x7fxyz"})
            records += recordOf(header, payload);
        header.type = 250; // of a later version
        records += recordOf(header, "what is to come") + recordOf(numbered(7));
        RecordingReader reader = open(fileOf(records));
        QCOMPARE(numbersIn(reader), std::vector<int>{7});
        QVERIFY2(QString::fromStdString(reader.damage()).contains(QStringLiteral("3 records make no sense")),
            reader.damage().c_str());
    }

    void longListsTakeBoundedMemory()
    {
        format::RecordHeader header;
        header.type = static_cast<std::uint8_t>(Payload{payload::ExitSequenceBegun{}}.index());
        QByteArray records;
        const std::string items(format::kMaxRecordSize - 100, '\0');
        for (int number = 0; number < 8; ++number)
            records += recordOf(header, "\xff\xff\xff\x01" + items); // 4194303 items
        const std::size_t before = peakMemoryBytes();
        RecordingReader reader = open(fileOf(records));
        QVERIFY(numbersIn(reader).empty());
        constexpr std::size_t kPlenty = 64UL << 20;
        QVERIFY(peakMemoryBytes() - before < kPlenty);
    }

    void timesAreWithinReason()
    {
        QByteArray records;
        for (const std::int64_t time : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{5},
                 std::numeric_limits<std::int64_t>::max()}) {
            Event event = numbered(0);
            event.time = EventTime{time};
            records += recordOf(event);
        }
        RecordingReader reader = open(fileOf(records));
        const auto events = reader.poll();
        QCOMPARE(events.size(), std::size_t{4});
        QCOMPARE(events[0].time, EventTime{0});
        QCOMPARE(events[1].time, EventTime{0});
        QCOMPARE(events[2].time, EventTime{5});
        QCOMPARE(events[3].time, RecordingReader::kLatestTime);
    }

    /// A file may claim to be larger than any disk, with nothing in it.
    void holesArePassedOver()
    {
        const QByteArray first = recordOf(numbered(1));
        const QByteArray last = recordOf(numbered(2));
        constexpr qint64 kSize = 1LL << 40;
        QFile file{folder_.filePath(QStringLiteral("sparse.dscope"))};
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(fileOf(first, kSize));
        if (!file.resize(kSize))
            QSKIP("this file system takes no file of 1 TiB");
        QVERIFY(file.seek(kSize - last.size()));
        file.write(last);
        file.close();
        auto reader = RecordingReader::open(file.fileName().toStdString());
        QVERIFY(reader.ok());
        QCOMPARE(numbersIn(reader.value()), (std::vector<int>{1, 2}));
    }

    /// Every 8 bytes of the file claim to be the beginning of a record of 4 MiB.
    void theSearchIsGivenUp()
    {
        format::RecordHeader header;
        header.length = format::kMaxRecordSize;
        QByteArray claims;
        for (std::uint32_t at = 0; at < (16U << 20) / 8; ++at) {
            // Length and checksum, and at the same time type, witness and time of other records.
            const std::uint64_t word = at % 2 == 0 ? header.length : 0;
            claims.append(reinterpret_cast<const char*>(&word), sizeof word);
        }
        RecordingReader reader = open(fileOf(claims + recordOf(numbered(1))));
        QVERIFY(numbersIn(reader).size() <= 1);
        QVERIFY(reader.atEnd());
        QVERIFY(!reader.damage().empty());
    }

    void goesOnWhenMoreComes()
    {
        const std::string path = folder_.filePath(QStringLiteral("growing.dscope")).toStdString();
        auto writer = RecordingWriter::create(path, true);
        QVERIFY(writer.ok());
        for (int number = 0; number < 3; ++number)
            writer.value()->append(numbered(number));
        QFile file{QString::fromStdString(path)};
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(static_cast<qint64>(format::kHeaderSize) + recordOf(numbered(0)).size() + 34));
        file.write("##########");
        file.close();
        auto reader = RecordingReader::open(path);
        QVERIFY(reader.ok());
        QCOMPARE(numbersIn(reader.value()), (std::vector<int>{0, 2}));
        writer.value()->append(numbered(3));
        QCOMPARE(numbersIn(reader.value()), std::vector<int>{3});
        QVERIFY(!reader.value().damage().empty());
    }
};

QTEST_GUILESS_MAIN(TestSalvage)
#include "tst_salvage.moc"
