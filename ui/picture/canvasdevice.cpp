// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/canvasdevice.h"

#include <QPainter>

#include <climits>
#include <cmath>

namespace daemonscope {

namespace {
constexpr int kDotsPerInch = 96; ///< CSS's pixel
constexpr double kMillimetresPerInch = 25.4;

// What is not among them, Qt paints into an image first, which then comes as a pixmap.
constexpr QPaintEngine::PaintEngineFeatures kFeatures = QPaintEngine::PrimitiveTransform
    | QPaintEngine::PatternTransform | QPaintEngine::PixmapTransform | QPaintEngine::AlphaBlend
    | QPaintEngine::PainterPaths | QPaintEngine::Antialiasing | QPaintEngine::ConstantOpacity
    | QPaintEngine::PaintOutsidePaintEvent;
} // namespace

CanvasEngine::CanvasEngine(Canvas& canvas)
    : QPaintEngine(kFeatures)
    , canvas_(canvas)
{
}

bool CanvasEngine::begin(QPaintDevice*)
{
    look_ = {};
    paintersClipChanged_ = true;
    return true;
}

bool CanvasEngine::end()
{
    return true;
}

void CanvasEngine::updateState(const QPaintEngineState& changed)
{
    const DirtyFlags dirty = changed.state();
    if (dirty & DirtyPen)
        look_.pen = changed.pen();
    if (dirty & DirtyBrush)
        look_.brush = changed.brush();
    if (dirty & DirtyTransform)
        look_.transform = changed.transform();
    if (dirty & DirtyOpacity)
        look_.opacity = changed.opacity();
    if (dirty & DirtyHints)
        look_.antialiased = changed.renderHints().testFlag(QPainter::Antialiasing);
    if (dirty & (DirtyClipRegion | DirtyClipPath | DirtyClipEnabled))
        paintersClipChanged_ = true;
}

QPainterPath CanvasEngine::wholeClip() const
{
    QPainterPath system;
    system.addRegion(systemClip_);
    if (!paintersClipIsSet_)
        return system.simplified();
    return systemClip_.isEmpty() ? paintersClip_ : system.intersected(paintersClip_);
}

bool CanvasEngine::prepare()
{
    // The system's clip has no flag that says that it is another.
    const QRegion system = systemClip();
    if (paintersClipChanged_ || system != systemClip_) {
        paintersClipChanged_ = false;
        systemClip_ = system;
        paintersClipIsSet_ = painter()->hasClipping();
        paintersClip_ = paintersClipIsSet_ ? look_.transform.map(painter()->clipPath()) : QPainterPath();
        if (QPainterPath clip = wholeClip(); clip != clip_) {
            clip_ = std::move(clip);
            canvas_.setClip(clip_);
        }
    }
    return !paintersClipIsSet_ || !clip_.isEmpty();
}

void CanvasEngine::drawPath(const QPainterPath& path)
{
    if (prepare())
        canvas_.drawPath(path, look_);
}

void CanvasEngine::drawPolygon(const QPointF* points, int count, PolygonDrawMode mode)
{
    if (count < 1 || !prepare())
        return;
    QPainterPath path(points[0]);
    for (int i = 1; i < count; ++i)
        path.lineTo(points[i]);
    Look look = look_;
    if (mode == PolylineMode)
        look.brush = Qt::NoBrush;
    else
        path.closeSubpath();
    path.setFillRule(mode == OddEvenMode ? Qt::OddEvenFill : Qt::WindingFill);
    canvas_.drawPath(path, look);
}

void CanvasEngine::drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source)
{
    if (!pixmap.isNull() && prepare())
        canvas_.drawImage(target, pixmap.toImage().copy(source.toAlignedRect()), look_);
}

void CanvasEngine::drawTextItem(const QPointF& origin, const QTextItem& item)
{
    // Glyphs alone, whose text is not told, are drawn as their outlines.
    if (item.text().isEmpty())
        QPaintEngine::drawTextItem(origin, item);
    else if (prepare())
        canvas_.drawText(origin, item, look_);
}

CanvasDevice::CanvasDevice(Canvas& canvas, QSize size)
    : engine_(canvas)
    , size_(size)
{
}

int CanvasDevice::metric(PaintDeviceMetric metric) const
{
    switch (metric) {
    case PdmWidth:
        return size_.width();
    case PdmHeight:
        return size_.height();
    case PdmWidthMM:
        return static_cast<int>(std::lround(size_.width() * kMillimetresPerInch / kDotsPerInch));
    case PdmHeightMM:
        return static_cast<int>(std::lround(size_.height() * kMillimetresPerInch / kDotsPerInch));
    case PdmNumColors:
        return INT_MAX;
    case PdmDepth:
        return 32;
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return kDotsPerInch;
    case PdmDevicePixelRatio:
        return 1;
    case PdmDevicePixelRatioScaled:
        return static_cast<int>(devicePixelRatioFScale());
    default:
        return QPaintDevice::metric(metric);
    }
}

} // namespace daemonscope
