// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/svgcanvas.h"

#include "ui/picture/svgwords.h"

#include <QBuffer>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QPaintEngine>

#include <cmath>

namespace daemonscope {

namespace {
QString dashes(const QPen& pen, double width)
{
    QStringList lengths;
    for (const double length : pen.dashPattern())
        lengths << svg::number(length * width);
    return lengths.join(QLatin1Char(' '));
}

/// Only moves: shapes are written where they are, without a transform of their own.
bool onlyMoves(const QTransform& transform)
{
    return transform.type() <= QTransform::TxTranslate;
}

const char* capName(Qt::PenCapStyle cap)
{
    return cap == Qt::RoundCap ? "round" : cap == Qt::SquareCap ? "square" : "butt";
}

const char* joinName(Qt::PenJoinStyle join)
{
    return join == Qt::RoundJoin ? "round" : join == Qt::BevelJoin ? "bevel" : "miter";
}
} // namespace

SvgCanvas::SvgCanvas(QIODevice& device, QSize size, double scale, const QString& title)
    : xml_(&device)
{
    xml_.writeStartDocument();
    xml_.writeStartElement(QStringLiteral("svg"));
    xml_.writeDefaultNamespace(QStringLiteral("http://www.w3.org/2000/svg"));
    xml_.writeNamespace(QStringLiteral("http://www.w3.org/1999/xlink"), QStringLiteral("xlink"));
    xml_.writeAttribute(QStringLiteral("version"), QStringLiteral("1.1"));
    xml_.writeAttribute(QStringLiteral("width"), svg::number(size.width() * scale));
    xml_.writeAttribute(QStringLiteral("height"), svg::number(size.height() * scale));
    xml_.writeAttribute(QStringLiteral("viewBox"), QStringLiteral("0 0 ") + svg::pair(size.width(), size.height()));
    xml_.writeAttribute(QStringLiteral("role"), QStringLiteral("img"));
    if (!title.isEmpty())
        xml_.writeTextElement(QStringLiteral("title"), svg::text(title));
    xml_.writeCharacters(QStringLiteral("\n"));
}

void SvgCanvas::setClip(const QPainterPath& clip)
{
    if (inClip_)
        xml_.writeEndElement();
    inClip_ = !clip.isEmpty();
    if (!inClip_)
        return;
    const QString data = svg::pathData(clip);
    auto known = clips_.find(data);
    if (known == clips_.end()) {
        known = clips_.insert(data, static_cast<int>(clips_.size()) + 1);
        xml_.writeStartElement(QStringLiteral("clipPath"));
        xml_.writeAttribute(QStringLiteral("id"), QStringLiteral("clip%1").arg(*known));
        xml_.writeEmptyElement(QStringLiteral("path"));
        xml_.writeAttribute(QStringLiteral("d"), data);
        if (clip.fillRule() == Qt::OddEvenFill)
            xml_.writeAttribute(QStringLiteral("clip-rule"), QStringLiteral("evenodd"));
        xml_.writeEndElement();
    }
    xml_.writeStartElement(QStringLiteral("g"));
    xml_.writeAttribute(QStringLiteral("clip-path"), QStringLiteral("url(#clip%1)").arg(*known));
    xml_.writeCharacters(QStringLiteral("\n"));
}

void SvgCanvas::writeTransform(const QTransform& transform)
{
    if (!transform.isIdentity())
        xml_.writeAttribute(QStringLiteral("transform"),
            QStringLiteral("matrix(%1 %2 %3)")
                .arg(svg::pair(transform.m11(), transform.m12()), svg::pair(transform.m21(), transform.m22()),
                    svg::pair(transform.dx(), transform.dy())));
}

void SvgCanvas::writeFill(const QBrush& brush, double opacity)
{
    xml_.writeAttribute(QStringLiteral("fill"), brush.color().name());
    if (const double alpha = brush.color().alphaF() * opacity; alpha < 1)
        xml_.writeAttribute(QStringLiteral("fill-opacity"), svg::number(alpha));
}

void SvgCanvas::writeStroke(const QPen& pen, const Look& look)
{
    const bool cosmetic = pen.isCosmetic() || pen.widthF() == 0;
    const double width = pen.widthF() == 0 ? 1 : pen.widthF();
    xml_.writeAttribute(QStringLiteral("stroke"), pen.color().name());
    if (const double alpha = pen.color().alphaF() * look.opacity; alpha < 1)
        xml_.writeAttribute(QStringLiteral("stroke-opacity"), svg::number(alpha));
    if (width != 1)
        xml_.writeAttribute(QStringLiteral("stroke-width"), svg::number(width));
    if (cosmetic && !onlyMoves(look.transform))
        xml_.writeAttribute(QStringLiteral("vector-effect"), QStringLiteral("non-scaling-stroke"));
    if (pen.capStyle() != Qt::FlatCap)
        xml_.writeAttribute(QStringLiteral("stroke-linecap"), QLatin1String(capName(pen.capStyle())));
    if (pen.joinStyle() == Qt::RoundJoin || pen.joinStyle() == Qt::BevelJoin)
        xml_.writeAttribute(QStringLiteral("stroke-linejoin"), QLatin1String(joinName(pen.joinStyle())));
    if (pen.style() != Qt::SolidLine) {
        xml_.writeAttribute(QStringLiteral("stroke-dasharray"), dashes(pen, width));
        if (pen.dashOffset() != 0)
            xml_.writeAttribute(QStringLiteral("stroke-dashoffset"), svg::number(pen.dashOffset() * width));
    }
}

void SvgCanvas::writeShape(const QPainterPath& path, const Look& look, bool fill, bool stroke)
{
    xml_.writeEmptyElement(QStringLiteral("path"));
    xml_.writeAttribute(
        QStringLiteral("d"), svg::pathData(onlyMoves(look.transform) ? look.transform.map(path) : path));
    if (fill)
        writeFill(look.brush, look.opacity);
    else
        xml_.writeAttribute(QStringLiteral("fill"), QStringLiteral("none"));
    if (fill && path.fillRule() == Qt::OddEvenFill)
        xml_.writeAttribute(QStringLiteral("fill-rule"), QStringLiteral("evenodd"));
    if (stroke)
        writeStroke(look.pen, look);
    // A line that is no whole number of pixels wide would get thinner or wider by it.
    const bool crisp = !stroke || look.pen.widthF() == std::floor(look.pen.widthF());
    if (!look.antialiased && crisp)
        xml_.writeAttribute(QStringLiteral("shape-rendering"), QStringLiteral("crispEdges"));
    if (!onlyMoves(look.transform))
        writeTransform(look.transform);
    xml_.writeCharacters(QStringLiteral("\n"));
}

void SvgCanvas::drawPath(const QPainterPath& path, const Look& look)
{
    const bool fill = look.brush.style() != Qt::NoBrush;
    const bool stroke = look.pen.style() != Qt::NoPen;
    if (path.isEmpty() || (!fill && !stroke))
        return;
    if (look.antialiased || !stroke) {
        writeShape(path, look, fill, stroke);
        return;
    }
    if (fill)
        writeShape(path, look, true, false);
    // Without antialiasing, a line has the pixels that its points are in: it runs through their middles.
    Look line = look;
    line.transform = look.transform * QTransform::fromTranslate(0.5, 0.5);
    writeShape(path, line, false, true);
}

void SvgCanvas::drawText(QPointF origin, const QTextItem& item, const Look& look)
{
    const QString text = svg::text(item.text());
    if (QStringView(text).trimmed().isEmpty())
        return;
    const bool moves = onlyMoves(look.transform);
    const QPointF at = moves ? look.transform.map(origin) : origin;
    xml_.writeStartElement(QStringLiteral("g"));
    writeFill(QBrush(look.pen.color()), look.opacity);
    if (!moves)
        writeTransform(look.transform);
    const bool drawn = glyphs_.write(xml_, at, text, item.font());
    writeWords(at, text, item, !drawn);
    if (const auto lines = item.renderFlags() & (QTextItem::Underline | QTextItem::StrikeOut); drawn && lines)
        writeLine(at, item);
    xml_.writeEndElement();
    xml_.writeCharacters(QStringLiteral("\n"));
}

void SvgCanvas::writeWords(QPointF at, const QString& text, const QTextItem& item, bool visible)
{
    const QFont font = item.font();
    const QFontInfo info(font);
    xml_.writeStartElement(QStringLiteral("text"));
    xml_.writeAttribute(QStringLiteral("x"), svg::number(at.x()));
    xml_.writeAttribute(QStringLiteral("y"), svg::number(at.y()));
    xml_.writeAttribute(QStringLiteral("font-family"),
        QStringLiteral("'%1', %2").arg(font.family(), QLatin1String(info.fixedPitch() ? "monospace" : "sans-serif")));
    xml_.writeAttribute(QStringLiteral("font-size"), svg::number(info.pixelSize()));
    if (font.weight() != QFont::Normal)
        xml_.writeAttribute(QStringLiteral("font-weight"), svg::number(font.weight()));
    if (!visible)
        xml_.writeAttribute(QStringLiteral("fill-opacity"), QStringLiteral("0"));
    xml_.writeAttribute(QStringLiteral("textLength"), svg::number(item.width()));
    xml_.writeAttribute(QStringLiteral("lengthAdjust"), QStringLiteral("spacingAndGlyphs"));
    xml_.writeAttribute(QStringLiteral("xml:space"), QStringLiteral("preserve"));
    xml_.writeCharacters(text);
    xml_.writeEndElement();
}

void SvgCanvas::writeLine(QPointF at, const QTextItem& item)
{
    const QFontMetricsF metrics(item.font());
    const double y =
        at.y() + (item.renderFlags() & QTextItem::Underline ? metrics.underlinePos() : -metrics.strikeOutPos());
    QPainterPath line;
    line.addRect(at.x(), y, item.width(), metrics.lineWidth());
    xml_.writeEmptyElement(QStringLiteral("path"));
    xml_.writeAttribute(QStringLiteral("d"), svg::pathData(line));
}

void SvgCanvas::drawImage(const QRectF& target, const QImage& image, const Look& look)
{
    QByteArray png;
    QBuffer buffer(&png);
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return;
    xml_.writeEmptyElement(QStringLiteral("image"));
    xml_.writeAttribute(QStringLiteral("x"), svg::number(target.x()));
    xml_.writeAttribute(QStringLiteral("y"), svg::number(target.y()));
    xml_.writeAttribute(QStringLiteral("width"), svg::number(target.width()));
    xml_.writeAttribute(QStringLiteral("height"), svg::number(target.height()));
    xml_.writeAttribute(QStringLiteral("preserveAspectRatio"), QStringLiteral("none"));
    if (look.opacity < 1)
        xml_.writeAttribute(QStringLiteral("opacity"), svg::number(look.opacity));
    writeTransform(look.transform);
    xml_.writeAttribute(
        QStringLiteral("xlink:href"), QStringLiteral("data:image/png;base64,") + QLatin1String(png.toBase64()));
    xml_.writeCharacters(QStringLiteral("\n"));
}

bool SvgCanvas::finish()
{
    if (inClip_)
        xml_.writeEndElement();
    xml_.writeEndDocument();
    return !xml_.hasError();
}

} // namespace daemonscope
