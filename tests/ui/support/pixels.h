// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QPixmap>
#include <QRect>
#include <QWidget>

namespace daemonscope::test {

/// Whether a picture of the widget holds the colour inside `rect` (in its pixels).
inline bool holdsColor(QWidget& widget, const QRect& rect, const QColor& color)
{
    const QImage image = widget.grab(rect).toImage();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixel(x, y) == color.rgb())
                return true;
        }
    }
    return false;
}

} // namespace daemonscope::test
