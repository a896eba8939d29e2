// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/svgglyphs.h"

#include "ui/picture/svgwords.h"

#include <QGlyphRun>
#include <QPainterPath>
#include <QTextLayout>
#include <QXmlStreamWriter>

namespace daemonscope {

int SvgGlyphs::numberOf(const QRawFont& font)
{
    if (const qsizetype known = fonts_.indexOf(font); known >= 0)
        return static_cast<int>(known);
    fonts_.push_back(font);
    return static_cast<int>(fonts_.size()) - 1;
}

QString SvgGlyphs::outline(QXmlStreamWriter& xml, int font, quint32 glyph)
{
    const auto known = ids_.constFind({font, glyph});
    if (known != ids_.constEnd())
        return *known;
    const QPainterPath path = fonts_.at(font).pathForGlyph(glyph);
    QString id = path.isEmpty() ? QString() : QStringLiteral("letter%1").arg(ids_.size());
    ids_.insert({font, glyph}, id);
    if (path.isEmpty())
        return id;
    xml.writeStartElement(QStringLiteral("defs"));
    xml.writeEmptyElement(QStringLiteral("path"));
    xml.writeAttribute(QStringLiteral("id"), id);
    xml.writeAttribute(QStringLiteral("d"), svg::pathData(path));
    xml.writeEndElement();
    return id;
}

bool SvgGlyphs::write(QXmlStreamWriter& xml, QPointF origin, const QString& text, const QFont& font)
{
    QTextLayout layout(text, font);
    layout.beginLayout();
    const QTextLine line = layout.createLine(); // of any width
    layout.endLayout();
    const QPointF shift = origin - QPointF(0, line.ascent());
    QList<Letter> letters;
    for (const QGlyphRun& run : layout.glyphRuns()) {
        const int number = numberOf(run.rawFont());
        const QList<quint32> glyphs = run.glyphIndexes();
        const QList<QPointF> places = run.positions();
        for (qsizetype i = 0; i < glyphs.size(); ++i) {
            if (QString id = outline(xml, number, glyphs.at(i)); !id.isEmpty())
                letters.push_back({std::move(id), places.at(i) + shift});
            else if (run.rawFont().boundingRect(glyphs.at(i)).width() > 0)
                return false;
        }
    }
    for (const Letter& letter : letters) {
        xml.writeEmptyElement(QStringLiteral("use"));
        xml.writeAttribute(QStringLiteral("xlink:href"), QLatin1Char('#') + letter.id);
        xml.writeAttribute(QStringLiteral("x"), svg::number(letter.at.x()));
        xml.writeAttribute(QStringLiteral("y"), svg::number(letter.at.y()));
    }
    return true;
}

} // namespace daemonscope
