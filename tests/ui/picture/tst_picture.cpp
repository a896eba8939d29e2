// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of widgets in files: what a reader of SVG and PDF sees is what is on the screen.

#include "ui/picture/picture.h"
#include "ui/picture/svgwords.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QProcess>
#include <QScrollArea>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <cstdlib>
#include <memory>

using namespace daemonscope;

namespace {
constexpr QRgb kGround = qRgb(255, 255, 255);
constexpr QRgb kInk = qRgb(200, 0, 0);

/// Draws what tells whether a picture is true: more than it has room for, dashes, a turned text, half opaque colours.
class Drawing : public QWidget {
public:
    Drawing() { setMinimumSize(300, 300); } // in a scroll area of less

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), QColor(kGround));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillRect(QRect(60, 0, 240, 40), QColor(kInk)); // goes on beyond what is seen
        painter.setPen(QPen(Qt::blue, 3));
        painter.drawRoundedRect(QRectF(10, 50, 80, 30), 8, 8);
        painter.setPen(QPen(Qt::blue, 4, Qt::DashLine, Qt::FlatCap));
        painter.drawLine(QPointF(15, 65), QPointF(85, 65));
        painter.save();
        painter.setClipRect(QRect(10, 90, 20, 20));
        painter.fillRect(QRect(0, 80, 200, 60), QColor(0, 120, 0));
        painter.restore();
        painter.setOpacity(0.5);
        painter.fillRect(QRect(40, 90, 20, 20), Qt::black);
        painter.setOpacity(1);
        painter.setPen(Qt::black);
        QFont small = font();
        small.setPixelSize(12);
        painter.setFont(small);
        painter.drawText(QPointF(5, 30), QStringLiteral("<b>&"));
        painter.translate(100, 110);
        painter.rotate(-90);
        painter.drawText(QPointF(0, 0), QStringLiteral("up"));
    }
};

/// The picture in `path` as pixels, by a program that knows nothing of this project; null if there is none.
QImage readBack(const QString& path, const QString& folder)
{
    const bool svg = path.endsWith(QLatin1String(".svg"));
    const QString made = folder + QStringLiteral("/read.png");
    const QStringList arguments = svg ? QStringList{QStringLiteral("--output"), made, path}
                                      : QStringList{QStringLiteral("-r"), QStringLiteral("96"), QStringLiteral("-png"),
                                          QStringLiteral("-singlefile"), path, folder + QStringLiteral("/read")};
    QProcess program;
    program.start(svg ? QStringLiteral("rsvg-convert") : QStringLiteral("pdftoppm"), arguments);
    return program.waitForFinished() && program.exitCode() == 0 ? QImage(made) : QImage();
}

bool near(QRgb a, QRgb b)
{
    constexpr int kMost = 40;
    return std::abs(qRed(a) - qRed(b)) <= kMost && std::abs(qGreen(a) - qGreen(b)) <= kMost
        && std::abs(qBlue(a) - qBlue(b)) <= kMost;
}

/// The pixels that are not as in the other picture, but for the edges: none like them is beside.
int strangers(const QImage& picture, const QImage& truth)
{
    int count = 0;
    for (int y = 1; y + 1 < truth.height(); ++y) {
        for (int x = 1; x + 1 < truth.width(); ++x) {
            bool known = false;
            for (int dy = -1; dy <= 1; ++dy) {
                for (int dx = -1; dx <= 1; ++dx)
                    known = known || near(picture.pixel(x, y), truth.pixel(x + dx, y + dy));
            }
            count += known ? 0 : 1;
        }
    }
    return count;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
} // namespace

class PictureTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    QString path(const char* name) const { return folder_.filePath(QLatin1String(name)); }

    /// A window of 120 x 120 pixels with a drawing of which a part is seen in the middle.
    static std::unique_ptr<QWidget> window()
    {
        auto made = std::make_unique<QWidget>();
        made->resize(120, 120);
        auto* area = new QScrollArea(made.get());
        area->setGeometry(0, 0, 110, 115);
        area->setFrameShape(QFrame::NoFrame);
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setWidget(new Drawing);
        QPalette palette = made->palette();
        palette.setColor(QPalette::Window, QColor(kGround));
        made->setPalette(palette);
        made->show();
        return made;
    }

private Q_SLOTS:
    void initTestCase() { setupApplication(*qApp, Theme::light()); }

    void isSeenByOthersAsOnTheScreen_data()
    {
        QTest::addColumn<QString>("reader");
        QTest::newRow("p.svg") << QStringLiteral("rsvg-convert");
        QTest::newRow("p.pdf") << QStringLiteral("pdftoppm");
    }

    void isSeenByOthersAsOnTheScreen()
    {
        QFETCH(const QString, reader);
        if (QStandardPaths::findExecutable(reader).isEmpty())
            QSKIP(qPrintable(reader + QStringLiteral(" is not installed")));
        const std::unique_ptr<QWidget> shown = window();
        const QString file = path(QTest::currentDataTag());
        const Outcome saved = savePicture(*shown, file);
        QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().message.c_str());
        const QImage picture = readBack(file, folder_.path());
        const QImage screen = shown->grab().toImage();
        QCOMPARE(picture.size(), screen.size());
        QVERIFY2(near(picture.pixel(100, 20), kInk), "what is within the scroll area is missing");
        QVERIFY2(near(picture.pixel(115, 20), kGround), "what the scroll area cuts off is seen");
        QVERIFY2(near(picture.pixel(35, 100), kGround), "what the painter cuts off is seen");
        const int strange = strangers(picture, screen);
        QVERIFY2(strange < 20, qPrintable(QStringLiteral("%1 pixels are not those of the screen").arg(strange)));
    }

    void grows()
    {
        const std::unique_ptr<QWidget> shown = window();
        const QString file = path("twice.svg");
        QVERIFY(savePicture(*shown, file, {.scale = 2, .title = QStringLiteral("a < b"), .reproducible = false}).ok());
        QXmlStreamReader xml(contentOf(file));
        QVERIFY(xml.readNextStartElement());
        QCOMPARE(xml.attributes().value(QStringLiteral("width")), QStringLiteral("240"));
        QCOMPARE(xml.attributes().value(QStringLiteral("viewBox")), QStringLiteral("0 0 120 120"));
        QVERIFY(xml.readNextStartElement());
        QCOMPARE(xml.name(), QStringLiteral("title"));
        QCOMPARE(xml.readElementText(), QStringLiteral("a < b"));
    }

    /// Also what would be an element.
    void keepsTheText()
    {
        const std::unique_ptr<QWidget> shown = window();
        const QString file = path("text.svg");
        QVERIFY(savePicture(*shown, file).ok());
        QXmlStreamReader xml(contentOf(file));
        QStringList texts;
        int letters = 0;
        while (!xml.atEnd()) {
            xml.readNext();
            if (xml.isStartElement() && xml.name() == QLatin1String("use"))
                ++letters;
            if (xml.isStartElement() && xml.name() == QLatin1String("text"))
                texts << xml.readElementText();
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY2(texts.join(QString()).startsWith(QStringLiteral("<b>&")), qPrintable(texts.join(QLatin1Char('|'))));
        QVERIFY(texts.contains(QStringLiteral("up")));
        QVERIFY(letters >= 6);
    }

    void isTheSameFileAgain_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"again.png", "again.svg", "again.pdf"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void isTheSameFileAgain()
    {
        QFETCH(const QString, name);
        const std::unique_ptr<QWidget> shown = window();
        const QString file = folder_.filePath(name);
        const PictureOptions options{.scale = 1, .title = {}, .reproducible = true};
        QVERIFY(savePicture(*shown, file, options).ok());
        const QByteArray first = contentOf(file);
        // The time in a PDF is in seconds.
        QVERIFY(!name.endsWith(QLatin1String("pdf")) || first.contains("(D:19700101000000"));
        QVERIFY(savePicture(*shown, file, options).ok());
        QVERIFY(contentOf(file) == first);
    }

    void failsInWords_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("no such folder") << QStringLiteral("/no-such-folder/x.svg");
        QTest::newRow("no such format") << QStringLiteral("x.gif");
        QTest::newRow("a folder") << folder_.path() + QStringLiteral("/folder.pdf");
    }

    void failsInWords()
    {
        QFETCH(const QString, file);
        QVERIFY(QDir(folder_.path()).mkpath(QStringLiteral("folder.pdf")));
        const std::unique_ptr<QWidget> shown = window();
        const Outcome saved = savePicture(*shown, file);
        QVERIFY(!saved.ok());
        QVERIFY(QString::fromStdString(saved.error().message).contains(file));
    }

    void svgWords_data()
    {
        QTest::addColumn<QString>("got");
        QTest::addColumn<QString>("wanted");
        const auto row = [](const char* name, const QString& got, const char* wanted) {
            QTest::newRow(name) << got << QString::fromUtf8(wanted);
        };
        row("whole", svg::number(3), "3");
        row("rounded", svg::number(0.12345), "0.123");
        row("no minus zero", svg::number(-0.0001), "0");
        row("large", svg::number(12345678.5), "12345678.5");
        row("plain text", svg::text(QStringLiteral("a <b> \t\u00e9")), "a <b> \t\u00e9");
        row("control characters", svg::text(QStringLiteral("a\x1b[0m\n")), "a\ufffd[0m\ufffd");
        row("half a pair", svg::text(QStringLiteral("a") + QChar(0xD83D) + QStringLiteral("b")), "a\ufffdb");
        row("a pair", svg::text(QStringLiteral("\U0001F47B")), "\U0001F47B");
        QPainterPath open;
        open.moveTo(0, 0);
        open.lineTo(10, 0.5);
        row("open path", svg::pathData(open), "M0 0L10 0.5");
        QPainterPath closed;
        closed.addRect(1, 2, 3, 4);
        row("closed path", svg::pathData(closed), "M1 2L4 2L4 6L1 6Z");
        QPainterPath curve;
        curve.moveTo(0, 0);
        curve.cubicTo(1, 1, 2, 1, 3, 0);
        row("curve", svg::pathData(curve), "M0 0C1 1 2 1 3 0");
    }

    void svgWords()
    {
        QFETCH(const QString, got);
        QFETCH(const QString, wanted);
        QCOMPARE(got, wanted);
    }
};

QTEST_MAIN(PictureTest)
#include "tst_picture.moc"
