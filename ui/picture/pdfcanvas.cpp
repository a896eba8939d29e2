// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/pdfcanvas.h"

#include <QMarginsF>
#include <QPageSize>

namespace daemonscope {

namespace {
constexpr double kPointsPerPixel = 72.0 / 96.0;
/// Qt rounds coordinates to the writer's dots: a tenth of a pixel.
constexpr int kPdfDotsPerInch = 960;
constexpr double kDotsPerPixel = kPdfDotsPerInch / 96.0;
} // namespace

PdfCanvas::PdfCanvas(QIODevice& device, QSize size, double scale, const QString& title)
    : writer_(&device)
{
    writer_.setResolution(kPdfDotsPerInch);
    writer_.setPageSize(
        QPageSize(QSizeF(size) * scale * kPointsPerPixel, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer_.setPageMargins(QMarginsF());
    writer_.setTitle(title);
    writer_.setCreator(QStringLiteral("daemonscope"));
    painter_.begin(&writer_);
    base_ = QTransform::fromScale(kDotsPerPixel * scale, kDotsPerPixel * scale);
}

void PdfCanvas::setClip(const QPainterPath& clip)
{
    painter_.setTransform(base_);
    if (clip.isEmpty())
        painter_.setClipping(false);
    else
        painter_.setClipPath(clip, Qt::ReplaceClip);
}

void PdfCanvas::take(const Look& look)
{
    painter_.setTransform(look.transform * base_);
    painter_.setPen(look.pen);
    painter_.setBrush(look.brush);
    painter_.setOpacity(look.opacity);
}

void PdfCanvas::drawPath(const QPainterPath& path, const Look& look)
{
    take(look);
    painter_.drawPath(path);
}

void PdfCanvas::drawText(QPointF origin, const QTextItem& item, const Look& look)
{
    take(look);
    painter_.drawTextItem(origin, item);
}

void PdfCanvas::drawImage(const QRectF& target, const QImage& image, const Look& look)
{
    take(look);
    painter_.drawImage(target, image);
}

bool PdfCanvas::finish()
{
    return painter_.end();
}

void makePdfReproducible(QByteArray& pdf)
{
    // What is as long can take the time's place: the file's table of offsets stays true.
    static const QByteArray key = "/CreationDate (D:";
    const qsizetype begin = pdf.lastIndexOf(key) + key.size();
    const qsizetype length = pdf.indexOf(')', begin) - begin;
    for (const QByteArray date : {"19700101000000Z", "19700101000000+00'00'"}) {
        if (begin >= key.size() && date.size() == length)
            pdf.replace(begin, length, date);
    }
}

} // namespace daemonscope
