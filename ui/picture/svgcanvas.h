// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/picture/canvas.h"
#include "ui/picture/svgglyphs.h"

#include <QHash>
#include <QXmlStreamWriter>

class QIODevice;

namespace daemonscope {

/// Writes an SVG 1.1 picture. Letters are drawn by their outlines, so that nothing depends on the fonts of who looks;
/// the text itself lies over them unseen, to be found, selected and read aloud.
class SvgCanvas final : public Canvas {
public:
    /// `size` in pixels; shown `scale` times as large. Begins the picture in `device`, which outlives this.
    SvgCanvas(QIODevice& device, QSize size, double scale, const QString& title);

    void setClip(const QPainterPath& clip) override;
    void drawPath(const QPainterPath& path, const Look& look) override;
    void drawText(QPointF origin, const QTextItem& item, const Look& look) override;
    void drawImage(const QRectF& target, const QImage& image, const Look& look) override;
    /// Ends the picture; false if something of it could not be written. To be called once, last.
    [[nodiscard]] bool finish();

private:
    void writeTransform(const QTransform& transform);
    void writeFill(const QBrush& brush, double opacity);
    void writeStroke(const QPen& pen, const Look& look);
    void writeWords(QPointF at, const QString& text, const QTextItem& item, bool visible);
    void writeLine(QPointF at, const QTextItem& item);
    void writeShape(const QPainterPath& path, const Look& look, bool fill, bool stroke);

    QXmlStreamWriter xml_;
    QHash<QString, int> clips_; ///< numbers of the clips that are in the picture, by their path data
    bool inClip_ = false;
    SvgGlyphs glyphs_;
};

} // namespace daemonscope
