// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `daemonscope screenshot` on the recording of a real program.

#include "trial.h"

#include <QFile>
#include <QImage>
#include <QMap>
#include <QTest>

#include <algorithm>

using trial::Words;

class ScreenshotCommandTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
        const trial::Outcome outcome = bench_.daemonscope({"record", "-o", bench_.recording(), "--", trial::python(),
            trial::sourceFile("tests/fixtures/python/family.py"), "fork"});
        QVERIFY2(outcome.end() == "exit 0", outcome.err.constData());
    }

    void pictures_data()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::addColumn<QSize>("size"); ///< no size: a part of the window
        QTest::addColumn<bool>("dark");
        const auto row = [](const char* name, const QByteArrayList& options, QSize size, bool dark = false) {
            QTest::newRow(name) << options << size << dark;
        };
        row("as is", {}, {1440, 1000});
        row("window", {"--view", "window", "--size", "1600x1100", "--at", "end"}, {1600, 1100});
        row("twice as fine", {"--scale", "2", "--reproducible"}, {2880, 2000});
        row("dark", {"--theme", "dark"}, {1440, 1000}, true);
        row("light", {"--theme", "light", "--at", "300ms"}, {1440, 1000});
        row("tree", {"--view", "tree"}, {});
        row("timeline", {"--view", "timeline", "--theme", "dark"}, {}, true);
        row("output", {"--view", "output", "--at", "0.5s"}, {});
        row("inspector", {"--view", "inspector"}, {1440, 1000});
        row("narrow inspector", {"--view", "inspector", "--size", "420x1600", "--theme", "dark"}, {420, 1600}, true);
        row("inspector of one", {"--view", "inspector", "--process", "MainProcess", "--at", "300ms"}, {1440, 1000});
        row("one is selected", {"--process", "1"}, {1440, 1000});
        row("diagram", {"--view", "diagram"}, {1440, 1000});
        row("small diagram", {"--view", "diagram", "--size", "640x360", "--theme", "dark"}, {640, 360}, true);
        row("fine diagram", {"--view", "diagram", "--size", "900x600", "--scale", "2"}, {1800, 1200});
    }

    void pictures()
    {
        QFETCH(const QByteArrayList, options);
        QFETCH(const QSize, size);
        QFETCH(const bool, dark);
        Words words{"screenshot", bench_.recording(), "-o", bench_.path("x.png")};
        for (const QByteArray& option : options)
            words.push_back(option.toStdString());
        const trial::Outcome outcome = bench_.daemonscope(words);
        QVERIFY2(outcome.end() == "exit 0" && outcome.err.isEmpty(), outcome.err.constData());
        const QImage image(QString::fromStdString(bench_.path("x.png")));
        QVERIFY(!image.isNull());
        if (size.isEmpty())
            QVERIFY(image.width() > 100 && image.height() > 50 && image.width() < 1440 && image.height() < 1000);
        else
            QCOMPARE(image.size(), size);
        QMap<QRgb, int> counts;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                ++counts[image.pixel(x, y)];
        }
        QVERIFY2(counts.size() > 20, "a blank picture");
        const auto most = std::max_element(counts.begin(), counts.end());
        QCOMPARE(qGray(most.key()) < 128, dark);
        QVERIFY(QFile::remove(QString::fromStdString(bench_.path("x.png"))));
    }

    /// The time is one of the recording's, not that of its end.
    void picturesOfAMoment_data()
    {
        QTest::addColumn<QByteArray>("view");
        QTest::newRow("tree") << QByteArray("tree");
        QTest::newRow("diagram") << QByteArray("diagram");
    }

    void picturesOfAMoment()
    {
        QFETCH(const QByteArray, view);
        const auto at = [&](const char* time) {
            const trial::Outcome outcome = bench_.daemonscope({"screenshot", bench_.recording(), "-o",
                bench_.path("at.png"), "--view", view.toStdString(), "--at", time});
            return outcome.end() == "exit 0" ? QImage(QString::fromStdString(bench_.path("at.png"))) : QImage();
        };
        const QImage end = at("end");
        QVERIFY(!end.isNull());
        QCOMPARE(at("end"), end);
        QCOMPARE(at("600s"), end);
        QVERIFY(at("0s") != end);
    }

    /// Of shapes and text: the names are in them as text, and they are as large as the window or as the scale wants.
    void picturesOfShapes()
    {
        const auto made = [this](const char* name, const Words& options) {
            Words words{
                "screenshot", bench_.recording(), "-o", bench_.path(name), "--view", "window", "--reproducible"};
            words.insert(words.end(), options.begin(), options.end());
            const trial::Outcome outcome = bench_.daemonscope(words);
            QFile file(QString::fromStdString(bench_.path(name)));
            return outcome.end() == "exit 0" && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray svg = made("x.svg", {"--scale", "2"});
        QVERIFY(svg.contains("width=\"2880\"") && svg.contains("viewBox=\"0 0 1440 1000\""));
        QVERIFY(svg.contains(">MainProcess</text>") && svg.contains(">daemon</text>"));
        QVERIFY2(!svg.contains("<image"), "a part of the picture is pixels");
        const QByteArray pdf = made("x.pdf", {});
        QVERIFY(pdf.startsWith("%PDF-") && pdf.contains("/MediaBox [0 0 1080.000000 750.000000]"));
    }

    /// A name and the id mean the same process, another name another one; what nobody is called is an error.
    void picturesOfAProcess()
    {
        const auto of = [this](const char* process, const char* view) {
            const trial::Outcome outcome = bench_.daemonscope(
                {"screenshot", bench_.recording(), "-o", bench_.path("of.png"), "--view", view, "--process", process});
            return outcome.end() == "exit 0" ? QImage(QString::fromStdString(bench_.path("of.png"))) : QImage();
        };
        for (const char* view : {"inspector", "window"}) {
            const QImage main = of("MainProcess", view);
            QVERIFY(!main.isNull());
            QCOMPARE(of("0", view), main);
            const QImage other = of("1", view);
            QVERIFY(!other.isNull() && other != main);
        }
        const trial::Outcome outcome =
            bench_.daemonscope({"screenshot", bench_.recording(), "-o", bench_.path("no.png"), "--process", "nobody"});
        QVERIFY2(outcome.end() == "exit 125" && outcome.err.contains("nobody"), outcome.err.constData());
        QVERIFY(!QFile::exists(QString::fromStdString(bench_.path("no.png"))));
    }

    void wrongPictures_data()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::newRow("no such view") << QByteArrayList{"-o", "no.png", "--view", "cellar"};
        QTest::newRow("no such time") << QByteArrayList{"-o", "no.png", "--at", "noon"};
        QTest::newRow("no such size") << QByteArrayList{"-o", "no.png", "--size", "large"};
        QTest::newRow("no process") << QByteArrayList{"-o", "no.png", "--process", ""};
        QTest::newRow("too small an inspector")
            << QByteArrayList{"-o", "no.png", "--view", "inspector", "--size", "20x20"};
        QTest::newRow("too small") << QByteArrayList{"-o", "no.png", "--size", "20x20"};
        QTest::newRow("no such scale") << QByteArrayList{"-o", "no.png", "--scale", "99"};
        QTest::newRow("no such theme") << QByteArrayList{"-o", "no.png", "--theme", "pink"};
        QTest::newRow("no such form") << QByteArrayList{"-o", "no.gif"};
        QTest::newRow("no name") << QByteArrayList{};
    }

    void wrongPictures()
    {
        QFETCH(const QByteArrayList, options);
        Words words{"screenshot", bench_.recording()};
        for (const QByteArray& option : options)
            words.push_back(option.toStdString());
        const trial::Outcome outcome = bench_.daemonscope(words);
        QVERIFY2(outcome.end() == "exit 2" && !outcome.err.isEmpty(), outcome.err.constData());
        QVERIFY(!QFile::exists(QString::fromStdString(bench_.path("no.png"))));
        QVERIFY(!QFile::exists(QString::fromStdString(bench_.path("no.gif"))));
    }
};

QTEST_GUILESS_MAIN(ScreenshotCommandTest)
#include "tst_screenshot_command.moc"
