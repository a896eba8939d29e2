// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QImage>
#include <QPainterPath>
#include <QPen>
#include <QTransform>

class QTextItem;

namespace daemonscope {

/// How something is drawn: the part of a painter's state that pictures of shapes have words for.
struct Look {
    QTransform transform; ///< from what is drawn to the picture's pixels
    QPen pen;
    QBrush brush; ///< of one colour
    double opacity = 1;
    bool antialiased = true;
};

/// Where shapes and text go, in the order in which they cover each other. One picture each; in the GUI thread.
class Canvas {
public:
    Canvas() = default;
    virtual ~Canvas() = default;
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    /// What follows is seen only within `clip`, in the picture's pixels; empty: everywhere.
    virtual void setClip(const QPainterPath& clip) = 0;
    virtual void drawPath(const QPainterPath& path, const Look& look) = 0;
    /// `item` with its baseline beginning at `origin`.
    virtual void drawText(QPointF origin, const QTextItem& item, const Look& look) = 0;
    virtual void drawImage(const QRectF& target, const QImage& image, const Look& look) = 0;
};

} // namespace daemonscope
