// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/badges.h"

#include <QPainterPathStroker>
#include <QPolygonF>

namespace daemonscope {

namespace {
void triangle(QPainterPath& path, double left, double right)
{
    path.addPolygon(QPolygonF{{left, -0.3}, {right, 0}, {left, 0.3}});
    path.closeSubpath();
}

void bar(QPainterPath& path, double left, double width)
{
    path.addRect(QRectF(left, -0.3, width, 0.6));
}

QPainterPath outline(const QPainterPath& line)
{
    QPainterPathStroker stroker;
    stroker.setWidth(0.11);
    stroker.setCapStyle(Qt::RoundCap);
    stroker.setJoinStyle(Qt::RoundJoin);
    return stroker.createStroke(line);
}

QPainterPath rerunPath()
{
    QPainterPath arc;
    arc.arcMoveTo(QRectF(-0.3, -0.3, 0.6, 0.6), 60);
    arc.arcTo(QRectF(-0.3, -0.3, 0.6, 0.6), 60, 290);
    QPainterPath path = outline(arc);
    path.addPolygon(QPolygonF{{0.05, -0.44}, {0.36, -0.3}, {0.08, -0.1}});
    path.closeSubpath();
    path.setFillRule(Qt::WindingFill);
    return path;
}

QPainterPath openPath()
{
    QPainterPath line;
    line.addPolygon(
        QPolygonF{{-0.36, 0.28}, {-0.36, -0.28}, {-0.12, -0.28}, {-0.02, -0.16}, {0.36, -0.16}, {0.36, 0.28}});
    line.closeSubpath();
    return outline(line);
}

QPainterPath savePath()
{
    QPainterPath line;
    line.moveTo(0, -0.36);
    line.lineTo(0, 0.14);
    line.moveTo(-0.2, -0.06);
    line.lineTo(0, 0.14);
    line.lineTo(0.2, -0.06);
    line.moveTo(-0.34, 0.14);
    line.lineTo(-0.34, 0.36);
    line.lineTo(0.34, 0.36);
    line.lineTo(0.34, 0.14);
    return outline(line);
}
/// Three books on a shelf, the last one leaning.
QPainterPath libraryPath()
{
    QPainterPath line;
    line.addRect(QRectF(-0.36, -0.3, 0.17, 0.6));
    line.addRect(QRectF(-0.1, -0.3, 0.17, 0.6));
    line.addPolygon(QPolygonF{{0.16, -0.25}, {0.31, -0.3}, {0.46, 0.25}, {0.31, 0.3}});
    line.closeSubpath();
    return outline(line);
}
} // namespace

QPainterPath glyphPath(Glyph glyph)
{
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    switch (glyph) {
    case Glyph::ToStart:
        bar(path, -0.32, 0.1);
        triangle(path, 0.3, -0.18);
        break;
    case Glyph::ToEnd:
        triangle(path, -0.3, 0.18);
        bar(path, 0.22, 0.1);
        break;
    case Glyph::Play:
        triangle(path, -0.24, 0.34);
        break;
    case Glyph::Pause:
        bar(path, -0.24, 0.16);
        bar(path, 0.08, 0.16);
        break;
    case Glyph::StepBack: {
        QPainterPath line;
        line.addPolygon(QPolygonF{{0.12, -0.26}, {-0.16, 0}, {0.12, 0.26}});
        return outline(line);
    }
    case Glyph::StepForward: {
        QPainterPath line;
        line.addPolygon(QPolygonF{{-0.12, -0.26}, {0.16, 0}, {-0.12, 0.26}});
        return outline(line);
    }
    case Glyph::Stop:
        path.addRect(QRectF(-0.26, -0.26, 0.52, 0.52));
        break;
    case Glyph::Rerun:
        return rerunPath();
    case Glyph::Open:
        return openPath();
    case Glyph::Save:
        return savePath();
    case Glyph::Library:
        return libraryPath();
    case Glyph::Follow:
        path.addEllipse(QPointF(0, 0), 0.22, 0.22);
        break;
    }
    return path;
}

} // namespace daemonscope
