// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/visibletext.h"

#include <QTest>

using namespace daemonscope;
using namespace std::chrono_literals;

/// The small functions that every text goes through.
class TestLifecycleText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void moments_data();
    void moments();
    void lengths_data();
    void lengths();
    void visible_data();
    void visible();
    void visibleIsBounded();
    void commands();
    void spellings();
};

void TestLifecycleText::moments_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << "0.00 s";
    QTest::newRow("three") << qint64(3'000'000'000) << "3.00 s";
    QTest::newRow("just below") << qint64(3'004'999'999) << "3.00 s";
    QTest::newRow("half up") << qint64(3'005'000'000) << "3.01 s";
    QTest::newRow("carry") << qint64(2'999'999'999) << "3.00 s";
    QTest::newRow("negative") << qint64(-20'000'000) << "-0.02 s";
    QTest::newRow("negative half") << qint64(-5'000'000) << "0.00 s";
    QTest::newRow("long") << qint64(3'600'000'000'000) << "3600.00 s";
}

void TestLifecycleText::moments()
{
    QFETCH(qint64, ns);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(timeText(EventTime(ns))), text);
}

void TestLifecycleText::lengths_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << "0.0 ms";
    QTest::newRow("short") << qint64(340'000) << "0.3 ms";
    QTest::newRow("edge of short") << qint64(9'949'999) << "9.9 ms";
    QTest::newRow("rounded over the edge") << qint64(9'960'000) << "10 ms";
    QTest::newRow("milliseconds") << qint64(12'400'000) << "12 ms";
    QTest::newRow("edge of a second") << qint64(999'500'000) << "1.00 s";
    QTest::newRow("seconds") << qint64(2'010'000'000) << "2.01 s";
}

void TestLifecycleText::lengths()
{
    QFETCH(qint64, ns);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(durationText(EventTime(ns))), text);
}

void TestLifecycleText::visible_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << QByteArray("Process-1") << QByteArray("Process-1");
    QTest::newRow("umlaut") << QByteArray("größe") << QByteArray("größe");
    QTest::newRow("emoji") << QByteArray("\xf0\x9f\x90\x8d") << QByteArray("\xf0\x9f\x90\x8d");
    QTest::newRow("controls") << QByteArray("a\nb\tc\rd\x1b[0m\x7f") << QByteArray("a\\nb\\tc\\rd\\x1b[0m\\x7f");
    QTest::newRow("C1") << QByteArray("\xc2\x9b"
                                      "31m")
                        << QByteArray("\\u009b31m");
    QTest::newRow("direction") << QByteArray("\u202eabc\u2066") << QByteArray("\\u202eabc\\u2066");
    QTest::newRow("invisible") << QByteArray("a\u200b\ufeff") << QByteArray("a\\u200b\\ufeff");
    QTest::newRow("line separator") << QByteArray("a\u2028b") << QByteArray("a\\u2028b");
    QTest::newRow("not UTF-8") << QByteArray("a\xff\xc3") << QByteArray("a\\xff\\xc3");
    QTest::newRow("overlong") << QByteArray("\xc0\xaf") << QByteArray("\\xc0\\xaf");
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << QByteArray("\\xed\\xa0\\x80");
    QTest::newRow("beyond Unicode") << QByteArray("\xf4\x90\x80\x80") << QByteArray("\\xf4\\x90\\x80\\x80");
    QTest::newRow("null") << QByteArray("a\0b", 3) << QByteArray("a\\x00b");
}

void TestLifecycleText::visible()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(visibleText(bytes.toStdString())), text);
}

void TestLifecycleText::visibleIsBounded()
{
    QCOMPARE(visibleText(std::string(10, 'a'), 10), std::string(10, 'a'));
    QCOMPARE(visibleText(std::string(11, 'a'), 10), std::string(9, 'a') + "…");
    QCOMPARE(visibleText("aaaaaaaa\x1b", 10), std::string("aaaaaaaa…")); // no half escapes
    QVERIFY(visibleText(std::string(1'000'000, '\xff'), 50).size() < 60);
}

void TestLifecycleText::commands()
{
    QCOMPARE(visibleCommand({"python3", "-c", "print('a b')"}), std::string("python3 -c 'print('\\''a b'\\'')'"));
    QCOMPARE(visibleCommand({"x", ""}), std::string("x ''"));
    QCOMPARE(visibleCommand({}), std::string());
    QVERIFY(visibleCommand(std::vector<std::string>(100'000, "argument")).size() < 300);
}

void TestLifecycleText::spellings()
{
    QCOMPARE(terms::spellings(ExitStatus::signal(Signal(15))), std::string("Python: −15, shell: 143"));
    QCOMPARE(terms::signalAndNumber(Signal(15)), std::string("SIGTERM (15)"));
    QCOMPARE(terms::ended(ExitStatus::code(3)), std::string("finished, exit 3"));
}

QTEST_APPLESS_MAIN(TestLifecycleText)
#include "tst_lifecycletext.moc"
