// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/picture/canvas.h"

#include <QPainter>
#include <QPdfWriter>

class QIODevice;

namespace daemonscope {

/// Writes a PDF of one page, which is the picture; the fonts' glyphs are within.
class PdfCanvas final : public Canvas {
public:
    /// `size` in pixels of 1/96 inch; shown `scale` times as large. Begins the picture in `device`, which outlives
    /// this.
    PdfCanvas(QIODevice& device, QSize size, double scale, const QString& title);

    void setClip(const QPainterPath& clip) override;
    void drawPath(const QPainterPath& path, const Look& look) override;
    void drawText(QPointF origin, const QTextItem& item, const Look& look) override;
    void drawImage(const QRectF& target, const QImage& image, const Look& look) override;
    /// Ends the picture; false if it could not be begun. To be called once, last.
    [[nodiscard]] bool finish();

private:
    void take(const Look& look);

    QPdfWriter writer_;
    QPainter painter_;
    QTransform base_;
};

/// Puts a fixed time into the place of that at which QPdfWriter wrote `pdf`.
void makePdfReproducible(QByteArray& pdf);

} // namespace daemonscope
