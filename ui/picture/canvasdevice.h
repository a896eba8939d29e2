// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/picture/canvas.h"

#include <QPaintDevice>
#include <QPaintEngine>

namespace daemonscope {

/// Turns what painters do into calls of a canvas. Qt's own devices for SVG and PDF know no system clip, by which a
/// widget's content is kept within it when QWidget::render() paints it, and its SVG no clip at all.
class CanvasEngine final : public QPaintEngine {
public:
    explicit CanvasEngine(Canvas& canvas);

    bool begin(QPaintDevice* device) override;
    bool end() override;
    void updateState(const QPaintEngineState& changed) override;
    void drawPath(const QPainterPath& path) override;
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override;
    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override;
    void drawTextItem(const QPointF& origin, const QTextItem& item) override;
    [[nodiscard]] Type type() const override { return User; }

private:
    /// Tells the canvas the clip if it is another than before; false if nothing can be seen within it.
    bool prepare();
    [[nodiscard]] QPainterPath wholeClip() const;

    Canvas& canvas_;
    Look look_;
    bool paintersClipChanged_ = true;
    QPainterPath paintersClip_; ///< in pixels; empty if there is none
    bool paintersClipIsSet_ = false;
    QRegion systemClip_; ///< which `clip_` was made with
    QPainterPath clip_;  ///< which the canvas has
};

/// A paint device of `size` pixels, 96 an inch, whose painters draw on `canvas`, which outlives it.
class CanvasDevice final : public QPaintDevice {
public:
    CanvasDevice(Canvas& canvas, QSize size);
    [[nodiscard]] QPaintEngine* paintEngine() const override { return &engine_; }

protected:
    [[nodiscard]] int metric(PaintDeviceMetric metric) const override;

private:
    mutable CanvasEngine engine_; ///< which QPaintDevice wants from a const device
    QSize size_;
};

} // namespace daemonscope
